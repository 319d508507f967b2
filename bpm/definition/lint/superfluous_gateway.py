"""`superfluous-gateway`: a gateway with one way in and one way out decides nothing."""

from __future__ import annotations

from baton.bpm.definition.drawing import called, node_place
from baton.bpm.definition.elements import (
    ComplexGateway,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from baton.bpm.definition.findings import Findings
from baton.bpm.definition.lint.severities import Level
from baton.bpm.definition.lint.subject import Subject

NAME = "superfluous-gateway"
LEVEL = Level.INFO


def check(subject: Subject, findings: Findings) -> None:
    """It is passed."""
    for scope, node in subject.drawing.nodes():
        if not isinstance(
            node, ExclusiveGateway | InclusiveGateway | ParallelGateway | ComplexGateway | EventBasedGateway
        ):
            continue
        if len(scope.incoming.get(node.id, ())) == 1 and len(scope.outgoing.get(node.id, ())) == 1:
            findings.info(
                NAME,
                f"The {called(node)} has one arrow in and one out: it decides and joins nothing.",
                "Delete it, or draw the arrow that is missing.",
                node_place(node),
            )
