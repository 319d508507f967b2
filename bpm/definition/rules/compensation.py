"""`compensation`: what is to be undone has a handler, and cancel events belong to transactions (BPMN 10.5.7)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Scope, called, node_place
from baton.bpm.definition.elements import Activity, BoundaryEvent, EndEvent, Transaction
from baton.bpm.definition.event_definitions import CancelEventDefinition, CompensateEventDefinition
from baton.bpm.definition.findings import Findings

NAME = "compensation"


def check(drawing: Drawing, findings: Findings) -> None:
    """Warnings where something would silently not be undone; a cancel event outside a transaction is an error."""
    for scope, node in drawing.nodes():
        if isinstance(node, BoundaryEvent) and isinstance(node.event, CompensateEventDefinition):
            _check_handler(node, scope, findings)
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
