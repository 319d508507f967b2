"""Several DMN files at once, which may import each other by their namespaces: imported ones are read first."""

from __future__ import annotations

from collections.abc import Mapping
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
        try:
            roots[name] = documents.parse(content, limits or Limits())
        except xml.UnreadableXml:
            continue
    by_namespace = _by_namespace(roots)
    found: dict[str, frozenset[str]] = {}
    for name in files:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            root = roots.get(waiting.pop())
            for namespace in () if root is None else documents.imports(root):
                new = [other for other in by_namespace.get(namespace, ()) if other not in seen]
                seen.update(new)
                waiting.extend(new)
        found[name] = frozenset(seen - {name})
    return found


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
        by_namespace = _by_namespace(self._roots)
        waiting = {
            name: {other for namespace in documents.imports(root) for other in by_namespace.get(namespace, ())}
            for name, root in self._roots.items()
        }
        while waiting:
            ready = [name for name, needed in waiting.items() if not needed & waiting.keys()]
            for name in ready or list(waiting):
                self._read_one(name, by_namespace, in_cycle=not ready)
                del waiting[name]
        return {name: self._diagrams[name] for name in files}

    def _read_one(self, name: str, by_namespace: Mapping[str, list[str]], *, in_cycle: bool) -> None:
        root = self._roots[name]
        imports: dict[str, DecisionModel] = {}
        problems: list[Problem] = []
        for namespace in dict.fromkeys(documents.imports(root)):
            names = by_namespace.get(namespace, [])
            if len(names) > 1:
                problems.append(_problem(root, "import-ambiguous", f"{_several(names)} have it", namespace))
            elif names and in_cycle and names[0] not in self._diagrams:
                problems.append(_problem(root, "import-cycle", f"'{names[0]}' imports this file too", namespace))
            model = self._diagrams[names[0]].model if names and names[0] in self._diagrams else None
            if model is not None:
                imports[namespace] = model
        diagram = read_root(root, imports=imports, limits=self._limits)
        self._diagrams[name] = (
            replace(diagram, problems=(*problems, *diagram.problems), ok=False) if problems else diagram
        )


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
