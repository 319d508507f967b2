"""`no-incoming-to-start`: no arrow leads to a start event (BPMN 10.5.2)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import StartEvent
from baton.bpm.definition.findings import Findings

NAME = "no-incoming-to-start"


def check(drawing: Drawing, findings: Findings) -> None:
    """An error in both modes."""
    for scope, node in drawing.nodes():
        if isinstance(node, StartEvent) and node.id in scope.incoming:
            findings.error(
                NAME,
                f"The {called(node)} has an incoming sequence flow.",
                "Let the arrow lead to the element behind the start event, or make it an intermediate event.",
                node_place(node),
            )
