"""`no-disconnected`: every element is joined to others by arrows."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Refused, called, is_begun_otherwise, node_place
from baton.bpm.definition.elements import BoundaryEvent
from baton.bpm.definition.findings import Findings

NAME = "no-disconnected"


def check(drawing: Drawing, findings: Findings) -> None:
    """A warning. Boundary events, event sub-processes, compensating activities and ad-hoc ones may stand alone."""
    for scope, node in drawing.nodes():
        if (
            len(scope.nodes) < 2
            or isinstance(node, BoundaryEvent | Refused)
            or scope.is_ad_hoc
            or is_begun_otherwise(node)
        ):
            continue
        if node.id not in scope.incoming and node.id not in scope.outgoing:
            findings.warning(
                NAME,
                f"The {called(node)} is not connected to anything.",
                "Connect it with arrows, or delete it.",
                node_place(node),
            )
