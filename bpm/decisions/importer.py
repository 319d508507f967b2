"""The door of decisions: bytes in, a compiled model and problems out; never raises on content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed import BOXES
from baton.bpm.decisions.graph_reader import GraphReader
from baton.bpm.decisions.item_definitions import read_item_definitions
from baton.bpm.decisions.model import DecisionModel
from baton.bpm.decisions.names import Names
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition import xml
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.definition.xml import Element

_NO_IMPORTS: Final[Mapping[str, DecisionModel]] = MappingProxyType({})
_MEMBERS: Final = ("itemComponent", "column", "variable", "output", "parameters", "itemDefinition")


@dataclass(frozen=True, slots=True)
class DecisionDiagram:
    """What a file holds. `model` is None only if the file could not be read at all; deploy it only if `ok`.

    `ok` is False if any problem is an error. `problems` are sorted by line.
    """

    model: DecisionModel | None
    problems: tuple[Problem, ...]
    ok: bool


def read_decisions(
    content: bytes, *, imports: Mapping[str, DecisionModel] = _NO_IMPORTS, limits: Limits | None = None
) -> DecisionDiagram:
    """Read a DMN file of version 1.1 to 1.5. `imports` are the models it may import, by their namespace."""
    bounds = limits or Limits()
    try:
        root = documents.parse(content, bounds)
    except xml.UnreadableXml as error:
        return DecisionDiagram(None, (error.problem,), ok=False)
    return read_root(root, imports=imports, limits=bounds)


def read_root(root: Element, *, imports: Mapping[str, DecisionModel], limits: Limits) -> DecisionDiagram:
    """The same, from the root of a file that was parsed already."""
    findings = Findings(limits.max_problems)
    reading = Reading(root, findings, BOXES)
    try:
        model = _read(reading, imports)
    except RecursionError:
        scope = Scope("the file", Names.of(()))
        reading.error("too-deep", scope, root, "its parts nest too deeply", "Use fewer boxes inside each other.")
        model = None
    problems = findings.problems()
    return DecisionDiagram(model, problems, not any(problem.severity is Severity.ERROR for problem in problems))


def _read(reading: Reading, imports: Mapping[str, DecisionModel]) -> DecisionModel:
    root = reading.root
    imported = _imported(reading, imports)
    for name, model in imported.items():
        prefix = f"{name}." if name else ""
        reading.types.update({prefix + key: found for key, found in model.types.items()})
    members = _member_names(root)
    for model in imported.values():
        members |= model.member_names | {element.variable for element in model.elements.values()}
    read_item_definitions(reading)
    elements = GraphReader(reading, imported, Names.of(members)).read()
    if not elements:
        message = "it holds no decision"
        reading.error(
            "decision-required", Scope("the file", Names.of(())), root, message, "Draw at least one decision."
        )
    return DecisionModel(
        id=xml.attribute(root, "id"),
        name=xml.attribute(root, "name"),
        namespace=xml.attribute(root, "namespace"),
        elements=MappingProxyType(elements),
        imported=MappingProxyType(imported),
        types=MappingProxyType(reading.types),
        member_names=frozenset(members),
    )


def _imported(reading: Reading, imports: Mapping[str, DecisionModel]) -> dict[str, DecisionModel]:
    found: dict[str, DecisionModel] = {}
    for element in documents.children(reading.root, "import"):
        name, namespace = xml.attribute(element, "name"), xml.attribute(element, "namespace")
        model = imports.get(namespace)
        if model is None:
            message = f"no decision model of the namespace '{namespace[:200]}' is known"
            scope = Scope(f"import '{name}'", Names.of(()))
            reading.error("import-not-found", scope, element, message, "Upload the imported model together with it.")
            continue
        found[name] = model
        reading.import_names[namespace] = name
    return found


def _member_names(root: Element) -> set[str]:
    """Names that can follow a dot anywhere: only those that are more than one plain word need to be known."""
    names = {
        xml.attribute(element, "name")
        for kind in _MEMBERS
        for element in root.iter(str(root.tag).rpartition("}")[0] + "}" + kind)
    }
    return {name for name in names if name and not name.isidentifier()}
