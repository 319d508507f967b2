"""Terminate: the scope ends with everything that is live in it (BPMN 13.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution.event_definitions.base import EventDefinition

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Terminate(EventDefinition, TerminateEventDefinition):
    """Its own scope, no more."""

    def __init__(self, element: elements.TerminateEventDefinition) -> None:
        super().__init__()
        self.element = element

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        instance.close_listeners(token.workflow)
        instance.cancel_others(token)
        return True
