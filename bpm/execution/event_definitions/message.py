"""Messages: what is waited for opens a subscription; what is sent travels to other instances by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import evaluation, events, in_process, triggers
from baton.bpm.execution.event_definitions.base import EventDefinition
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import TriggerKind
from baton.bpm.execution.work import begin_job

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening


class Message(EventDefinition, MessageEventDefinition):
    """A message by its name, and by a correlation key if the diagram gives one."""

    opens = True

    def __init__(self, element: elements.MessageEventDefinition) -> None:
        super().__init__(element.name if isinstance(element.name, str) else element.name.text)
        self.element = element

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        """The correlation key is evaluated now; null is a failure."""
        name = self._name(instance, host, node.title)
        key = self._key(instance, host, node.title)
        if self.element.correlation_key is not None and key is None:
            raise StepFailure("message", f"The correlation key of '{node.title}' must have a value, found null")

        def open_(host: Token) -> None:
            triggers.open_subscription(
                instance, host, node, part, TriggerKind.MESSAGE, name, correlation_key=key, flows=self.element.flows
            )

        return open_

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        """An expression or a worker sends it, if the diagram names one; else the engine does."""
        title = token.task_spec.title
        work = self.element.in_process
        if work is not None and not in_process.is_for_a_worker(token, work):
            in_process.do(instance, token, work)
            return True
        if self.element.job is not None:
            begin_job(instance, token, self.element.job)
            return False
        name, key = self._name(instance, token, title), self._key(instance, token, title)
        if not token.task_spec.element.message_flows:
            send(instance, token, name, key)
        return True

    def _name(self, instance: ProcessInstance, token: Token, title: str) -> str:
        what = f"message name of '{title}'"

        def checked(name: Any) -> str:
            if not isinstance(name, str) or (not name and not self.element.flows):
                raise StepFailure("message", f"The {what} must be a text, found {str(name)[:50]!r}")
            return name

        name: str = evaluation.text(instance, token, self.element.name, type_="message", what=what, convert=checked)
        return name

    def _key(self, instance: ProcessInstance, token: Token, title: str) -> Any:
        what = f"correlation key of '{title}'"
        return evaluation.text(instance, token, self.element.correlation_key, type_="message", what=what)


def send(
    instance: ProcessInstance, token: Token, name: str, correlation_key: Any = None, *, flows: tuple[str, ...] = ()
) -> None:
    """The message leaves, with what the token sees as its content."""
    instance.emit(
        events.MessageThrown(
            instance.next_id(),
            token.id,
            token.workflow.id,
            token.task_spec.name,
            name=name,
            correlation_key=correlation_key,
            variables=token.carried_variables(),
            flows=flows,
        )
    )
