"""Escalations: caught outward by the first who can; nobody has to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import EscalationEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import evaluation, propagation
from baton.bpm.execution.event_definitions.base import EventDefinition

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Escalation(EventDefinition, EscalationEventDefinition):
    """An escalation by its code; catching without one means every escalation."""

    def __init__(self, element: elements.EscalationEventDefinition) -> None:
        code = element.code if isinstance(element.code, str) else None
        super().__init__(code or "escalation", code)
        self.element = element

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        what = f"escalation code of '{token.task_spec.title}'"
        code = evaluation.text(instance, token, self.element.code, type_="bpmn_error", what=what)
        propagation.throw_escalation(instance, token, "" if code is None else str(code))
        return instance.is_alive(token)
