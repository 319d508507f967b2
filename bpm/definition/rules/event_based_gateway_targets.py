"""`event-based-gateway`: behind an event-based gateway stand only events and receive tasks (BPMN 10.6.6)."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, called, node_place
from baton.bpm.definition.elements import EventBasedGateway, FlowNode, IntermediateCatchEvent, ReceiveTask
from baton.bpm.definition.event_definitions import LinkEventDefinition
from baton.bpm.definition.findings import Findings

NAME = "event-based-gateway"


def check(drawing: Drawing, findings: Findings) -> None:
    """Automatic: an error. Guided: people choose the way, with a warning."""
    report = findings.warning if drawing.guided else findings.error
    for scope, node in drawing.nodes():
        if not isinstance(node, EventBasedGateway):
            continue
        for flow in scope.outgoing.get(node.id, ()):
            target = scope.by_id.get(flow.target)
            if target is None or waits(target):
                continue
            instead = " A person chooses the way." if drawing.guided else ""
            report(
                NAME,
                f"The {called(node)} leads to the {called(target)}, which does not wait for anything.{instead}",
                "Lead it to intermediate catch events or receive tasks only, or draw an exclusive gateway.",
                node_place(node),
            )


def waits(target: FlowNode) -> bool:
    """True for what may stand there; a link only goes on where another one leads to it."""
    if isinstance(target, IntermediateCatchEvent):
        return not isinstance(target.event, LinkEventDefinition)
    return isinstance(target, ReceiveTask)
