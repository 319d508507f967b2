"""`fake-join`: several arrows into a task do not wait for each other."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import Activity, IntermediateCatchEvent, IntermediateThrowEvent
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "fake-join"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """What runs twice for sure is told by `lack-of-synchronisation`."""
    for scope, node in subject.drawing.nodes():
        if not isinstance(node, Activity | IntermediateCatchEvent | IntermediateThrowEvent):
            continue
        arrows = len(scope.incoming.get(node.id, ()))
        if arrows < 2:
            continue
        findings.info(
            NAME,
            f"{arrows} arrows lead to the {called(node)}: it begins once for each that is taken, and waits for none.",
            "Draw a gateway before it that says whether the ways are joined.",
            node_place(node),
        )
