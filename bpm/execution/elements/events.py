"""Start, end, intermediate and boundary events (BPMN 2.0.2, 10.5 and 13.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition

from baton.bpm.definition import elements
from baton.bpm.execution import timers
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.event_definitions import timer_definition
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


def _definition(event: elements.TimerEventDefinition | None) -> Any:
    return NoneEventDefinition() if event is None else timer_definition(event)


class StartEvent(FlowNode, spiff.StartEvent):
    """Where a process or sub-process begins; what triggers it is decided outside."""

    element: elements.StartEvent

    def __init__(self, spec: ProcessSpec, element: elements.StartEvent) -> None:
        super().__init__(spec, element, _definition(element.event))


class EndEvent(FlowNode, spiff.EndEvent):
    """A none end event: the token ends."""

    element: elements.EndEvent

    def __init__(self, spec: ProcessSpec, element: elements.EndEvent) -> None:
        super().__init__(spec, element, NoneEventDefinition())


class TerminateEndEvent(FlowNode, spiff.EndEvent):
    """Ends its scope with everything that is live in it (BPMN 13.5.6)."""

    element: elements.EndEvent

    def __init__(self, spec: ProcessSpec, element: elements.EndEvent) -> None:
        super().__init__(spec, element, TerminateEventDefinition())

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        instance.cancel_others(token)
        instance.leave(token)


def end_event(spec: ProcessSpec, element: elements.EndEvent) -> FlowNode:
    """The end event's spec by its event definition."""
    return EndEvent(spec, element) if element.event is None else TerminateEndEvent(spec, element)


class IntermediateThrowEvent(FlowNode, spiff.IntermediateThrowEvent):
    """A none throw event: passed through."""

    element: elements.IntermediateThrowEvent

    def __init__(self, spec: ProcessSpec, element: elements.IntermediateThrowEvent) -> None:
        super().__init__(spec, element, NoneEventDefinition())


class CatchingEvent(FlowNode):
    """Waits for its event; guided without one, for a person to say continue."""

    def is_manual(self, token: Token) -> bool:
        return self.element.event is None

    def continue_task(self, token: Token) -> UserTaskCreated:
        """The question for the person."""
        return UserTaskCreated(
            token.id,
            token.workflow.id,
            self.name,
            kind="continue",
            name=self.title,
            candidate_groups=self.lane_groups,
        )


class IntermediateCatchEvent(CatchingEvent, spiff.IntermediateCatchEvent):
    """Waits in the flow."""

    element: elements.IntermediateCatchEvent

    def __init__(self, spec: ProcessSpec, element: elements.IntermediateCatchEvent) -> None:
        super().__init__(spec, element, _definition(element.event))

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.event is None:
            token.phase = Phase.WAITING
            instance.emit(self.continue_task(token))
            return
        schedule = timers.schedule(instance, token, self.element.event, self.title)
        token.phase = Phase.WAITING
        instance.open_timer(token, self, timers.once(schedule))


class BoundaryEvent(CatchingEvent, spiff.BoundaryEvent):
    """Waits beside its activity."""

    element: elements.BoundaryEvent

    def __init__(self, spec: ProcessSpec, element: elements.BoundaryEvent) -> None:
        super().__init__(spec, element, _definition(element.event), element.interrupting)

    def predecessors(self) -> Iterable[FlowNode]:
        return (self.spec_of.nodes[self.element.attached_to],)

    def schedule(self, instance: ProcessInstance, host: Token) -> timers.OpenTimer:
        """When it is due, if `host` begins now; an interrupting cycle fires once."""
        assert self.element.event is not None
        schedule = timers.schedule(instance, host, self.element.event, self.title)
        return timers.once(schedule) if self.element.interrupting else schedule
