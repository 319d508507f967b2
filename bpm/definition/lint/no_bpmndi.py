"""`no-bpmndi`: the file says where its elements are drawn."""

from __future__ import annotations

from baton.bpm.definition.findings import Findings, Place
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-bpmndi"
LEVEL = Level.INFO


_SHAPES = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"


def check(subject: Subject, findings: Findings) -> None:
    """Once for the file, with the number of elements."""
    drawn = {str(shape.get("bpmnElement") or "").rpartition(":")[2] for shape in subject.root.iter(_SHAPES)}
    missing = [node for _, node in subject.drawing.nodes() if node.id not in drawn]
    if not missing:
        return
    first = missing[0]
    findings.info(
        NAME,
        f"The file does not say where {len(missing)} of its elements are drawn: they are laid out automatically.",
        "Nothing has to be done; draw them in a modeler to choose their places.",
        Place(first.id or None, first.name or None, first.line),
    )
