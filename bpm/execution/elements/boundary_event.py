"""Boundary events (BPMN 2.0.2, 10.5.4 and 13.5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import compensation
from baton.bpm.execution.elements.catching import CatchingEvent
from baton.bpm.execution.event_definitions import definition_of

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class BoundaryEvent(CatchingEvent, spiff.BoundaryEvent):
    """Waits beside its activity, which ends if it interrupts."""

    element: elements.BoundaryEvent

    def __init__(self, spec: ProcessSpec, element: elements.BoundaryEvent) -> None:
        super().__init__(spec, element, definition_of(element.event), element.interrupting)
        self.repeats = not element.interrupting

    @property
    def waits(self) -> bool:
        """True if something is open for it while its activity waits."""
        return self.element.event is None or self.event_definition.opens

    def predecessors(self) -> Iterable[FlowNode]:
        return (self.spec_of.nodes[self.element.attached_to],)

    def begin(self, instance: ProcessInstance, host: Token) -> None:
        """It happened: its flow begins, and if it interrupts, its activity ends.

        A compensation handler that is interrupted has done what it could: whoever asked for it goes on.
        """
        interrupted = host.details.compensator if self.element.interrupting else None
        if self.element.interrupting:
            instance.cancel_token(host)
        instance.activate_happened(self, host.workflow)
        if interrupted is not None:
            compensation.handled(instance, interrupted)
