"""`boundary-event-attached`: a boundary event sits on an activity beside it, and no arrow leads to it."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, node_place
from baton.bpm.definition.elements import Activity, BoundaryEvent
from baton.bpm.definition.findings import Findings

NAME = "boundary-event-attached"


def check(drawing: Drawing, findings: Findings) -> None:
    """An error in both modes: nothing says what it would watch."""
    for scope, node in drawing.nodes():
        if not isinstance(node, BoundaryEvent):
            continue
        wrong = _what_is_wrong(node, scope, drawing)
        if wrong:
            findings.error(
                NAME,
                f"The {called(node)} {wrong}.",
                "Draw it on the border of a task or sub-process.",
                node_place(node),
            )
        if node.id in scope.incoming:
            findings.error(
                NAME,
                f"The {called(node)} has an incoming sequence flow, but only its own activity starts it.",
                "Let the arrow lead to the activity, or draw an intermediate event.",
                node_place(node),
            )


def _what_is_wrong(event: BoundaryEvent, scope: Scope, drawing: Drawing) -> str:
    if not event.attached_to:
        return "is attached to nothing"
    host = scope.by_id.get(event.attached_to)
    if host is None:
        if event.attached_to in drawing.scope_of:
            return f"is attached to '{event.attached_to[:80]}', which is not in the same process or sub-process"
        return f"is attached to '{event.attached_to[:80]}', which the file does not have"
    if not isinstance(host, Activity):
        return f"is attached to the {called(host)}, expected a task or sub-process"
    return ""
