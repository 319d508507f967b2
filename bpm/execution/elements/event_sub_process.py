"""Event sub-processes (BPMN 2.0.2, 10.3.5 and 13.5.4): they listen while the scope around them is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.definition.event_definitions import CompensateEventDefinition
from baton.bpm.execution.elements.start_event import StartEvent
from baton.bpm.execution.elements.sub_process import SubProcess
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class EventSubProcess(SubProcess, spiff.EventSubprocess):
    """A listener, which is no live token, waits for one of its start events; then a token runs what is inside."""

    element: elements.EventSubProcess

    @property
    def starts(self) -> tuple[StartEvent, ...]:
        """Its start events that happen by themselves; a compensation start is begun by compensation alone."""
        return tuple(
            event
            for event in self.inner.start_events.values()
            if isinstance(event, StartEvent) and not isinstance(event.element.event, CompensateEventDefinition)
        )

    def open(self, instance: ProcessInstance, listener: Token) -> None:
        """Begin to listen."""
        waiting = [event for event in self.starts if event.element.event is None or event.event_definition.opens]
        openings = [event.prepare(instance, listener) for event in waiting]
        listener.phase = Phase.LISTENING
        instance.touch(listener.workflow)
        for opening in openings:
            opening(listener)

    def triggered(self, instance: ProcessInstance, host: Token, event: CatchingEvent) -> None:
        """A start event happened: the scope around goes on, or is interrupted."""
        scope = host.workflow
        if event.element.interrupting:
            instance.close_listeners(scope)
            instance.cancel_all(scope, None)
        token = instance.activate(self, scope)
        token.detail().entry = event.name
        instance.take_brought(token, event)

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        token.phase = Phase.WAITING
        entry = token.details.entry
        assert entry is not None
        instance.open_scope(token, self.inner, (self.inner.start_events[entry],))
