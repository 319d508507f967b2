"""`no-outgoing-from-end`: no arrow leaves an end event (BPMN 10.5.3)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import EndEvent
from baton.bpm.definition.findings import Findings

NAME = "no-outgoing-from-end"


def check(drawing: Drawing, findings: Findings) -> None:
    """An error in both modes."""
    for scope, node in drawing.nodes():
        if isinstance(node, EndEvent) and node.id in scope.outgoing:
            findings.error(
                NAME,
                f"The {called(node)} has an outgoing sequence flow.",
                "Make it an intermediate event if the process goes on, or delete the arrow.",
                node_place(node),
            )
