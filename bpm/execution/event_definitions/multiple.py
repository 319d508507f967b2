"""Multiple and parallel multiple events: any of several causes, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution.event_definitions.base import EventDefinition

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening


class Multiple(EventDefinition, MultipleEventDefinition):
    """Each part waits or throws by itself."""

    def __init__(self, element: elements.MultipleEventDefinition, parts: Sequence[EventDefinition]) -> None:
        super().__init__(list(parts), element.parallel)
        self.element = element
        self.parts = tuple(parts)
        self.opens = any(part.opens for part in parts)

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        return self.prepare_without(None, instance, host, node)

    def prepare_without(self, came: int | None, instance: ProcessInstance, host: Token, node: CatchingEvent) -> Opening:
        """Wait for all parts but the one that has come."""
        openings = [
            definition.prepare(instance, host, node, index)
            for index, definition in enumerate(self.parts)
            if definition.opens and index != came
        ]

        def open_(host: Token) -> None:
            for opening in openings:
                opening(host)

        return open_

    def throw_from(self, instance: ProcessInstance, token: Token) -> bool:
        """All parts are thrown in the drawing's order, while the token is alive."""
        goes_on = True
        for part in self.parts:
            if instance.is_alive(token):
                goes_on = part.throw_from(instance, token) and goes_on
        return goes_on and instance.is_alive(token)
