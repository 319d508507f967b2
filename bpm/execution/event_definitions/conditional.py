"""Conditions: fulfilled when a variable changes, see `execution.conditions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import triggers
from baton.bpm.execution.event_definitions.base import EventDefinition
from baton.bpm.execution.token import TriggerKind

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening


class Conditional(EventDefinition, ConditionalEventDefinition):
    """A condition, asked when it is opened and when what it reads changes."""

    opens = True

    def __init__(self, element: elements.ConditionalEventDefinition) -> None:
        super().__init__(element.condition.text)
        self.element = element

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        def open_(host: Token) -> None:
            id_ = triggers.open_subscription(instance, host, node, part, TriggerKind.CONDITION)
            instance.unsettled_conditions.opened(id_)

        return open_
