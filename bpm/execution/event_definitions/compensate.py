"""Compensation: completed activities are undone by their handlers, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import compensation
from baton.bpm.execution.event_definitions.base import EventDefinition

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Compensate(EventDefinition, NoneEventDefinition):
    """SpiffWorkflow has no compensation."""

    def __init__(self, element: elements.CompensateEventDefinition) -> None:
        super().__init__()
        self.element = element

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        return compensation.throw(instance, token, self.element)
