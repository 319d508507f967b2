"""Several DMN files at once, which may import each other by their namespaces: imported ones are read first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from baton.bpm.decisions import documents
from baton.bpm.decisions.importer import DecisionDiagram, read_root
from baton.bpm.decisions.model import DecisionModel
from baton.bpm.definition import xml
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.definition.xml import Element

_MARK = b"/DMN/"


def is_dmn(content: bytes, limits: Limits | None = None) -> bool:
    """True if the root is DMN's; a file that cannot be read is none."""
    if _MARK not in content.replace(b"\0", b""):
        return False
    try:
        return documents.is_dmn(xml.parse_document(content, limits or Limits()))
    except xml.UnreadableXml:
        return False


def read_bundle(files: Mapping[str, bytes], limits: Limits | None = None) -> dict[str, DecisionDiagram]:
    """Each file's diagram by the file's name. Files see the others as the models they may import."""
    return _Bundle(limits or Limits()).read(files)


def imported_files(files: Mapping[str, bytes], limits: Limits | None = None) -> dict[str, frozenset[str]]:
    """The names of the files that each file imports, directly or through others."""
    roots: dict[str, Element] = {}
    for name, content in files.items():
        with suppress(xml.UnreadableXml):
            roots[name] = documents.parse(content, limits or Limits())
    needed = _needed(roots)
    return {name: frozenset(_reached(name, needed) - {name}) for name in files}


class _Bundle:
    """One reading of several files."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._diagrams: dict[str, DecisionDiagram] = {}
        self._roots: dict[str, Element] = {}

    def read(self, files: Mapping[str, bytes]) -> dict[str, DecisionDiagram]:
        for name, content in files.items():
            try:
                self._roots[name] = documents.parse(content, self._limits)
            except xml.UnreadableXml as error:
                self._diagrams[name] = DecisionDiagram(None, (error.problem,), ok=False)
        needed = _needed(self._roots)
        in_cycles = {name: _in_cycle_with(name, needed) for name in needed}
        waiting = {name: needed[name] - in_cycles[name] for name in needed}
        while waiting:
            ready = [name for name, others in waiting.items() if not others & waiting.keys()]
            for name in ready:
                self._read_one(name, in_cycles[name])
                del waiting[name]
        return {name: self._diagrams[name] for name in files}

    def _read_one(self, name: str, in_cycle: set[str]) -> None:
        root = self._roots[name]
        by_namespace = _by_namespace(self._roots)
        imports: dict[str, DecisionModel] = {}
        problems: list[Problem] = []
        for namespace in dict.fromkeys(documents.imports(root)):
            names = by_namespace.get(namespace, [])
            if len(names) > 1:
                problems.append(_problem(root, "import-ambiguous", f"{_several(names)} have it", namespace))
            elif names and names[0] in in_cycle:
                problems.append(_problem(root, "import-cycle", f"'{names[0]}' imports '{name}' too", namespace))
            elif names:
                model = self._diagrams[names[0]].model
                if model is not None:
                    imports[namespace] = model
        diagram = read_root(root, imports=imports, limits=self._limits)
        self._diagrams[name] = (
            replace(diagram, problems=(*problems, *diagram.problems), ok=False) if problems else diagram
        )


def _needed(roots: Mapping[str, Element]) -> dict[str, set[str]]:
    """The files that each file imports itself."""
    by_namespace = _by_namespace(roots)
    return {
        name: {other for namespace in documents.imports(root) for other in by_namespace.get(namespace, ())}
        for name, root in roots.items()
    }


def _reached(name: str, needed: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        new = needed.get(waiting.pop(), set()) - seen
        seen |= new
        waiting.extend(new)
    return seen


def _in_cycle_with(name: str, needed: Mapping[str, set[str]]) -> set[str]:
    """The files that it needs and that need it."""
    return {other for other in needed[name] if name in _reached(other, needed) or other == name}


def _by_namespace(roots: Mapping[str, Element]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, root in roots.items():
        found.setdefault(xml.attribute(root, "namespace"), []).append(name)
    return found


def _several(names: list[str]) -> str:
    return " and ".join(f"'{name}'" for name in names[:3])


def _problem(root: Element, rule: str, reason: str, namespace: str) -> Problem:
    fixes = {
        "import-ambiguous": "Give each model a namespace of its own.",
        "import-cycle": "Move what both models need into a third one.",
    }
    place = xml.place(root)
    return Problem(
        rule=rule,
        severity=Severity.ERROR,
        message=f"The model of the namespace '{namespace[:200]}' cannot be imported: {reason}.",
        fix=fixes[rule],
        element_id=place.id,
        element_name=place.name,
        line=place.line,
    )
