"""`no-disconnected`: every element is joined to others by arrows."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Refused, called, node_place
from baton.bpm.definition.elements import BoundaryEvent
from baton.bpm.definition.findings import Findings

NAME = "no-disconnected"


def check(drawing: Drawing, findings: Findings) -> None:
    """A warning. A boundary event may stand alone: it ends its activity. What is refused is told already."""
    for scope, node in drawing.nodes():
        if len(scope.nodes) < 2 or isinstance(node, BoundaryEvent | Refused):
            continue
        if node.id not in scope.incoming and node.id not in scope.outgoing:
            findings.warning(
                NAME,
                f"The {called(node)} is not connected to anything.",
                "Connect it with arrows, or delete it.",
                node_place(node),
            )
