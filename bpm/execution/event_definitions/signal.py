"""Signals: for everybody who waits for their name, in this instance at once, in others by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import evaluation, signals, triggers
from baton.bpm.execution.event_definitions.base import EventDefinition
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import TriggerKind

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening


class Signal(EventDefinition, SignalEventDefinition):
    """A signal by its name."""

    opens = True

    def __init__(self, element: elements.SignalEventDefinition) -> None:
        super().__init__(element.name if isinstance(element.name, str) else element.name.text)
        self.element = element

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        name = self._name(instance, host, node.title)

        def open_(host: Token) -> None:
            triggers.open_subscription(instance, host, node, part, TriggerKind.SIGNAL, name)
            if self.element.asks:
                node.arm(instance, host)

        return open_

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        signals.throw(instance, token, self._name(instance, token, token.task_spec.title), self.element.content)
        return instance.is_alive(token)

    def _name(self, instance: ProcessInstance, token: Token, title: str) -> str:
        what = f"signal name of '{title}'"

        def checked(name: Any) -> str:
            if not isinstance(name, str) or not name:
                raise StepFailure("signal", f"The {what} must be a text, found {str(name)[:50]!r}")
            return name

        name: str = evaluation.text(instance, token, self.element.name, type_="signal", what=what, convert=checked)
        return name
