"""Cancel: a transaction is undone and left by its cancel boundary event (BPMN 10.3.5, 13.5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.simple import CancelEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import compensation
from baton.bpm.execution.event_definitions.base import EventDefinition

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Cancel(EventDefinition, CancelEventDefinition):
    """Thrown by an end event inside the transaction."""

    def __init__(self, element: elements.CancelEventDefinition) -> None:
        super().__init__()
        self.element = element

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        """Everything live in the transaction ends, everything completed is compensated, then it is left."""
        instance.close_listeners(token.workflow)
        instance.cancel_others(token)
        compensation.compensate_scope(instance, token, token.workflow)
        return False
