"""What end events and intermediate throw events share: their event is thrown, then they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.bpm.definition import elements
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.event_definitions import EventDefinition
from baton.bpm.execution.events import JobCancelled

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class ThrowingEvent(FlowNode):
    """Throws as its definition says; waits where that takes a worker or compensation."""

    event_definition: EventDefinition

    element: elements.EndEvent | elements.IntermediateThrowEvent

    def __init__(self, spec: ProcessSpec, element: elements.Event, *args: Any) -> None:
        super().__init__(spec, element, *args)
        self.element_outputs = element.outputs

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.inputs:
            self.map_inputs(instance, token)
        if self.event_definition.throw_from(instance, token):
            # Thrown is thrown, even if choosing the way out fails.
            instance.finish(token)

    def cancel(self, instance: ProcessInstance, token: Token) -> None:
        if token.job_id is not None:
            instance.emit(JobCancelled(token.job_id, token.id, token.workflow.id, self.name))
