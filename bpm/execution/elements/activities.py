"""Activities: what tasks and sub-processes share, above all their boundary events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase, Token

if TYPE_CHECKING:
    from baton.bpm.execution.elements.events import BoundaryEvent
    from baton.bpm.execution.process_instance import ProcessInstance


class Activity(FlowNode):
    """Evaluates its boundary timers, performs its work, and opens them if it is then waiting."""

    boundary_events: tuple[BoundaryEvent, ...] = ()

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        timers = [(event, event.schedule(instance, token)) for event in self.boundary_events if event.element.event]
        self.perform(instance, token)
        if token.id not in token.workflow.tokens or token.phase is not Phase.WAITING:
            return  # passed through at once: nothing was ever waiting for its boundary events
        for event, schedule in timers:
            instance.open_timer(token, event, schedule)
        for event in self.boundary_events:
            if event.element.event is None:
                instance.arm(token, event)

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        """Do the activity's work, or start it and leave the token waiting."""
        instance.leave(token)

    def begin_todo(self, instance: ProcessInstance, token: Token) -> None:
        """Guided mode: a person does what the drawing leaves open."""
        token.phase = Phase.WAITING
        instance.emit(
            UserTaskCreated(
                token.id,
                token.workflow.id,
                self.name,
                kind="todo",
                name=self.title,
                candidate_groups=self.lane_groups,
            )
        )

    def is_manual(self, token: Token) -> bool:
        return True


def names(value: object) -> Iterable[str]:
    """Users or groups of an attribute: a text with commas, or a list."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        return tuple(str(item) for item in value)
    return tuple(part.strip() for part in str(value).split(",") if part.strip())
