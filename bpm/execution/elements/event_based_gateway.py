"""Event-based gateways (BPMN 2.0.2, 10.6.6 and 13.4.4): the event that happens first chooses the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import triggers
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.events import FlowNodeCompleted, SequenceFlowTaken
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class EventBasedGateway(FlowNode, spiff.EventBasedGateway):
    """Its token waits for all the events behind it; the others are closed when one happens."""

    element: elements.EventBasedGateway

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        targets: list[Any] = [flow.target for flow in self.outgoing]
        openings = [target.prepare(instance, token) for target in targets]
        token.phase = Phase.WAITING
        instance.touch(token.workflow)
        for opening in openings:
            opening(token)

    def triggered(self, instance: ProcessInstance, host: Token, event: CatchingEvent) -> None:
        """The event is passed: it has happened already."""
        scope = host.workflow
        triggers.close_all(instance, host)
        instance.remove(host)
        instance.emit(FlowNodeCompleted(host.id, scope.id, self.name))
        flow = next(flow for flow in self.outgoing if flow.target is event)
        instance.emit(SequenceFlowTaken(flow.id, scope.id))
        instance.activate_happened(event, scope)

    def __init__(self, spec: ProcessSpec, element: elements.EventBasedGateway) -> None:
        super().__init__(spec, element, None)
