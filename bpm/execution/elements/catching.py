"""What all nodes share whose event may happen: catch, boundary and start events, receive tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.definition.event_definitions import MultipleEventDefinition
from baton.bpm.execution import triggers
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.event_definitions import EventDefinition
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening


class CatchingEvent(FlowNode):
    """Waits on a host for its event; guided without one, for a person to say continue.

    `repeats`: it may happen again on the same host. `needs_all_parts`: parallel multiple.
    """

    event_definition: EventDefinition
    needs_all_parts = False

    def wire(self) -> None:
        super().wire()
        self.element_outputs = self.element.outputs
        event = getattr(self.element, "event", None)
        self.needs_all_parts = isinstance(event, MultipleEventDefinition) and event.parallel

    def prepare(self, instance: ProcessInstance, host: Token) -> Opening:
        """Evaluate what is needed to wait on `host`; what is returned opens it. `StepFailure`."""
        return self.event_definition.prepare(instance, host, self)

    def happened(self, instance: ProcessInstance, host: Token) -> None:
        """It happened while `host` waited for it."""
        host.task_spec.triggered(instance, host, self)

    def arm(self, instance: ProcessInstance, host: Token) -> None:
        """Guided: a person says when it happened."""
        triggers.ask(instance, host, self)

    def question(self, token: Token) -> UserTaskCreated:
        """What the person is asked."""
        return UserTaskCreated(
            token.id,
            token.workflow.id,
            self.name,
            kind="continue",
            name=self.title,
            candidate_groups=self.lane_groups,
        )

    def answered(self, instance: ProcessInstance, host: Token, token: Token) -> None:
        """The person said that it happened; what may happen again is asked again."""
        self.happened(instance, host)
        if self.repeats and instance.is_alive(host) and host.phase in (Phase.WAITING, Phase.LISTENING, Phase.SPAWNING):
            self.arm(instance, host)

    def is_manual(self, token: Token) -> bool:
        return token.phase is Phase.ARMED
