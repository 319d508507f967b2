"""`boundary-event-twice`: of two events that catch the same on one activity, only the first ever happens."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import BoundaryEvent
from baton.bpm.definition.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from baton.bpm.definition.findings import Findings

NAME = "boundary-event-twice"


def check(drawing: Drawing, findings: Findings) -> None:
    """A warning: it runs, but not both ways as drawn. An error or escalation goes to one event alone (BPMN 13.5.3)."""
    first: dict[tuple[str, type, str], BoundaryEvent] = {}
    for _, node in drawing.nodes():
        if not isinstance(node, BoundaryEvent):
            continue
        if not isinstance(node.event, ErrorEventDefinition | EscalationEventDefinition):
            continue
        caught = (node.attached_to, type(node.event), str(node.event.code))
        earlier = first.setdefault(caught, node)
        if earlier is not node:
            findings.warning(
                NAME,
                f"The {called(node)} never happens: the {called(earlier)} catches the same on the same activity.",
                "Delete one of them, or give them different codes.",
                node_place(node),
            )
