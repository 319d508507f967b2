"""`compensation`: what is to be undone has a handler, and cancel events belong to transactions (BPMN 10.5.7)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, node_place
from baton.bpm.definition.elements import (
    Activity,
    BoundaryEvent,
    EndEvent,
    IntermediateThrowEvent,
    StartEvent,
    Transaction,
)
from baton.bpm.definition.event_definitions import (
    CancelEventDefinition,
    CompensateEventDefinition,
    EventDefinition,
    MultipleEventDefinition,
)
from baton.bpm.definition.findings import Findings

NAME = "compensation"


def check(drawing: Drawing, findings: Findings) -> None:
    """Warnings where something would silently not be undone; a cancel event outside a transaction is an error."""
    first: dict[tuple[str, type[EventDefinition]], BoundaryEvent] = {}
    for scope, node in drawing.nodes():
        if isinstance(node, BoundaryEvent) and isinstance(node.event, CompensateEventDefinition):
            _check_handler(node, scope, findings)
        if isinstance(node, BoundaryEvent) and isinstance(
            node.event, CompensateEventDefinition | CancelEventDefinition
        ):
            _check_only_one(node, first.setdefault((node.attached_to, type(node.event)), node), findings)
        if isinstance(node, IntermediateThrowEvent | EndEvent):
            _check_throw(node, scope, findings)
        if isinstance(node, Activity) and node.for_compensation:
            _check_apart(node, scope, findings)
        if isinstance(node, StartEvent) and isinstance(node.event, CompensateEventDefinition):
            _check_start(node, scope, findings)
        if isinstance(node, BoundaryEvent | EndEvent) and isinstance(node.event, CancelEventDefinition):
            _check_cancel(node, scope, drawing, findings)


def _check_handler(event: BoundaryEvent, scope: Scope, findings: Findings) -> None:
    handler = scope.by_id.get(event.handler or "")
    if handler is None:
        findings.warning(
            NAME,
            f"The {called(event)} leads to no compensating activity: nothing is undone.",
            "Join it by an association (dotted line) with the activity that undoes the work.",
            node_place(event),
        )
    elif isinstance(handler, Activity) and not handler.for_compensation:
        findings.warning(
            NAME,
            f"The {called(handler)} undoes work but is not marked as for compensation: it may also begin by itself.",
            "Mark it as a compensation activity in the modeler.",
            node_place(handler),
        )


def _check_apart(activity: Activity, scope: Scope, findings: Findings) -> None:
    if activity.id in scope.incoming or activity.id in scope.outgoing:
        findings.warning(
            NAME,
            f"The {called(activity)} is for compensation, but arrows join it to the ordinary flow: it runs or leads on "
            "there too.",
            "Remove the arrows; draw a sub-process for compensation if several steps undo the work.",
            node_place(activity),
        )


def _check_start(start: StartEvent, scope: Scope, findings: Findings) -> None:
    if scope.is_event_sub_process and scope.parent is not None and scope.parent.parent is None:
        findings.warning(
            NAME,
            f"The {called(start)} would undo the whole process, which nothing compensates: it never begins.",
            "Draw the event sub-process inside the sub-process that it undoes.",
            node_place(start),
        )


def _check_only_one(event: BoundaryEvent, first: BoundaryEvent, findings: Findings) -> None:
    if event is first:
        return
    what = "cancel" if isinstance(event.event, CancelEventDefinition) else "compensation"
    findings.warning(
        NAME,
        f"The {called(event)} is the second {what} event of its activity: only one of them happens.",
        "Delete one of them, and lead what is left to all that has to be done.",
        node_place(event),
    )


def _check_throw(event: IntermediateThrowEvent | EndEvent, scope: Scope, findings: Findings) -> None:
    parts = event.event.parts if isinstance(event.event, MultipleEventDefinition) else (event.event,)
    for part in parts:
        if isinstance(part, CompensateEventDefinition) and part.activity and not _reaches(scope, part.activity):
            findings.warning(
                NAME,
                f"The {called(event)} compensates '{part.activity[:80]}', which is no activity beside it: nothing is "
                "undone.",
                "Choose an activity of the same process or sub-process, or none to undo all of it.",
                node_place(event),
            )


def _reaches(scope: Scope, activity: str) -> bool:
    """Beside the event, or outward through the event sub-processes that it is in."""
    while not isinstance(scope.by_id.get(activity), Activity):
        if scope.parent is None or not scope.is_event_sub_process:
            return False
        scope = scope.parent
    return True


def _check_cancel(node: BoundaryEvent | EndEvent, scope: Scope, drawing: Drawing, findings: Findings) -> None:
    if isinstance(node, BoundaryEvent):
        around = scope.by_id.get(node.attached_to)
    else:
        outer = scope.parent
        around = outer.by_id.get(scope.id) if outer is not None else None
    if isinstance(around, Transaction):
        return
    findings.error(
        NAME,
        f"The {called(node)} is a cancel event, but not of a transaction.",
        "Make the sub-process a transaction, or use an error event.",
        node_place(node),
    )
