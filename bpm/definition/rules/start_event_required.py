"""`start-event-required`: a process or sub-process has something to begin with."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Refused, Scope, called, is_begun_otherwise
from baton.bpm.definition.elements import BoundaryEvent, EventBasedGateway, FlowNode, ReceiveTask, StartEvent
from baton.bpm.definition.findings import Findings

NAME = "start-event-required"


def check(drawing: Drawing, findings: Findings) -> None:
    """Without a start event the nodes without incoming flow begin; if there are none either, nothing can."""
    for scope in drawing.scopes:
        if not scope.nodes or scope.is_ad_hoc or any(_begins(node) for node in scope.nodes):
            continue
        if scope.is_event_sub_process:
            _tell_never_begins(scope, drawing, findings)
            continue
        if _implicit_starts(scope):
            findings.info(
                NAME,
                f"The {called(scope)} has no start event: it begins at every element that no arrow leads to.",
                "Draw a start event to make the beginning clear.",
                scope.place,
            )
        else:
            findings.error(
                NAME,
                f"The {called(scope)} has no beginning: no start event, and nothing else that begins by itself.",
                "Draw a start event.",
                scope.place,
            )


def _tell_never_begins(scope: Scope, drawing: Drawing, findings: Findings) -> None:
    report = findings.warning if drawing.guided else findings.error
    report(
        NAME,
        f"The event {called(scope)} has no start event, so it never begins.",
        "Draw a start event in it that says what it waits for.",
        scope.place,
    )


def _begins(node: FlowNode) -> bool:
    """A start event that cannot be run yet is told as that, not as missing."""
    if isinstance(node, ReceiveTask | EventBasedGateway) and node.instantiate:
        return True
    return isinstance(node, StartEvent) or (isinstance(node, Refused) and node.kind.endswith("start event"))


def _implicit_starts(scope: Scope) -> bool:
    return any(
        not isinstance(node, BoundaryEvent) and not is_begun_otherwise(node) and node.id not in scope.incoming
        for node in scope.nodes
    )
