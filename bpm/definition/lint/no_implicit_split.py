"""`no-implicit-split`: a task with several arrows out of it is a split that is easily overlooked."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import (
    Activity,
    BoundaryEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "no-implicit-split"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """Conditions make it a choice."""
    for scope, node in subject.drawing.nodes():
        if not isinstance(
            node, Activity | StartEvent | IntermediateCatchEvent | IntermediateThrowEvent | BoundaryEvent
        ):
            continue
        default = getattr(node, "default", None)
        plain = [flow for flow in scope.outgoing.get(node.id, ()) if flow.condition is None and flow.id != default]
        if len(plain) < 2:
            continue
        findings.info(
            NAME,
            f"{len(plain)} arrows leave the {called(node)}: all of them are taken, so that the ways run in parallel.",
            "Draw a parallel gateway to make that clear, or an exclusive one if only one of them is meant.",
            node_place(node),
        )
