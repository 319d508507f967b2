"""Start events (BPMN 2.0.2, 10.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.catching import CatchingEvent
from baton.bpm.execution.event_definitions import definition_of
from baton.bpm.execution.event_definitions.multiple import Multiple
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class StartEvent(CatchingEvent, spiff.StartEvent):
    """Where a process or sub-process begins. What starts a process is decided outside; in an event sub-process it
    waits while the scope around is alive. A parallel multiple one of a process waits for the parts that have not come.
    """

    element: elements.StartEvent

    def __init__(self, spec: ProcessSpec, element: elements.StartEvent) -> None:
        super().__init__(spec, element, definition_of(element.event))
        self.repeats = not element.interrupting

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        came = token.details.came
        if came is None or not isinstance(self.event_definition, Multiple):
            instance.finish(token)
            return
        opening = self.event_definition.prepare_without(came, instance, token, self)
        token.phase = Phase.WAITING
        opening(token)
        if not token.triggers:
            instance.done(token)
