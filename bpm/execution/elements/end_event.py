"""End events (BPMN 2.0.2, 10.5.3): the token ends, after its event was thrown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.definition.event_definitions import CancelEventDefinition
from baton.bpm.execution import loops
from baton.bpm.execution.elements.throwing import ThrowingEvent
from baton.bpm.execution.event_definitions import definition_of
from baton.bpm.execution.events import TransactionCancelled
from baton.bpm.execution.failure import StepFailure

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class EndEvent(ThrowingEvent, spiff.EndEvent):
    """None, or whatever it throws."""

    element: elements.EndEvent

    def __init__(self, spec: ProcessSpec, element: elements.EndEvent) -> None:
        super().__init__(spec, element, definition_of(element.event))

    def choose(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        return ()

    def compensated(self, instance: ProcessInstance, token: Token) -> None:
        """After a cancel event everything in the transaction is undone: it is left."""
        if isinstance(self.element.event, CancelEventDefinition):
            self._leave_transaction(instance, token)
        else:
            super().compensated(instance, token)

    def _leave_transaction(self, instance: ProcessInstance, token: Token) -> None:
        scope = token.workflow
        assert scope.parent_id is not None
        host = instance.scope(scope.parent_id).tokens[scope.parent_token_id or 0]
        if host.workflow.is_instance:
            # The boundary event is attached to all instances of a loop together.
            host = loops.host_of(instance, host.workflow) or host
        boundary = next(
            (
                event
                for event in host.task_spec.boundary_events
                if isinstance(event.element.event, CancelEventDefinition)
            ),
            None,
        )
        if boundary is None:
            message = f"The transaction '{host.task_spec.title}' was cancelled, but it has no cancel boundary event"
            raise StepFailure("cancel", message)
        instance.end(token)
        instance.emit(TransactionCancelled(host.id, host.workflow.id, host.task_spec.name))
        boundary.happened(instance, host)
