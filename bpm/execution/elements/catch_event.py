"""Intermediate catch events (BPMN 2.0.2, 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.definition.event_definitions import LinkEventDefinition
from baton.bpm.execution.elements.catching import CatchingEvent
from baton.bpm.execution.event_definitions import definition_of
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class IntermediateCatchEvent(CatchingEvent, spiff.IntermediateCatchEvent):
    """Waits in the flow. `links` are the throw events that lead here."""

    element: elements.IntermediateCatchEvent
    links: tuple[FlowNode, ...] = ()

    def __init__(self, spec: ProcessSpec, element: elements.IntermediateCatchEvent) -> None:
        super().__init__(spec, element, definition_of(element.event))

    def predecessors(self) -> Iterable[FlowNode]:
        return (*super().predecessors(), *self.links)

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.inputs:
            self.map_inputs(instance, token)
        if isinstance(self.element.event, LinkEventDefinition):
            instance.leave(token)  # reached by a sequence flow: passed through
            return
        if self.element.event is None:
            token.phase = Phase.WAITING
            instance.emit(self.question(token))
            return
        opening = self.prepare(instance, token)
        token.phase = Phase.WAITING
        opening(token)

    def is_manual(self, token: Token) -> bool:
        return token.phase is Phase.ARMED or self.element.event is None
