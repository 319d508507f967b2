"""Errors: thrown by error end events (and workers), caught outward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import evaluation, propagation
from baton.bpm.execution.event_definitions.base import EventDefinition

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class Error(EventDefinition, ErrorEventDefinition):
    """An error by its code; catching without one means every error."""

    def __init__(self, element: elements.ErrorEventDefinition) -> None:
        code = element.code if isinstance(element.code, str) else None
        super().__init__(code or "error", code)
        self.element = element

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        title = token.task_spec.title
        code = evaluation.text(instance, token, self.element.code, type_="bpmn_error", what=f"error code of '{title}'")
        message = evaluation.text(
            instance, token, self.element.message, type_="bpmn_error", what=f"error message of '{title}'"
        )
        propagation.throw_error(instance, token, "" if code is None else str(code), str(message or ""), {})
        return instance.is_alive(token)
