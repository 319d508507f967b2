"""Intermediate throw events (BPMN 2.0.2, 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.throwing import ThrowingEvent
from baton.bpm.execution.event_definitions import definition_of

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catch_event import IntermediateCatchEvent
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class IntermediateThrowEvent(ThrowingEvent, spiff.IntermediateThrowEvent):
    """None, or whatever it throws. `link` is the catch event of its name."""

    element: elements.IntermediateThrowEvent
    link: IntermediateCatchEvent | None = None

    def __init__(self, spec: ProcessSpec, element: elements.IntermediateThrowEvent) -> None:
        super().__init__(spec, element, definition_of(element.event))

    def choose(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        """A link goes on at its catch event."""
        if self.link is not None:
            instance.activate_happened(self.link, token.workflow)
            return ()
        return super().choose(instance, token)
