"""Receive tasks (BPMN 2.0.2, 10.3.3): wait for a message; guided without one, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.activities import Activity
from baton.bpm.execution.elements.catching import CatchingEvent
from baton.bpm.execution.event_definitions import definition_of
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class ReceiveTask(Activity, CatchingEvent, spiff.ReceiveTask):
    """An activity that waits as a catch event does, so it may stand behind an event-based gateway too."""

    element: elements.ReceiveTask

    def __init__(self, spec: ProcessSpec, element: elements.ReceiveTask) -> None:
        super().__init__(spec, element, definition_of(element.message))

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.message is None:
            self.begin_todo(instance, token)
            return
        opening = self.prepare(instance, token)
        token.phase = Phase.WAITING
        opening(token)

    def is_manual(self, token: Token) -> bool:
        return token.phase is Phase.ARMED or (self.element.message is None and token.details.loop is None)
