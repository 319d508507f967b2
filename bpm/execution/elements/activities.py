"""Activities: what tasks and sub-processes share, above all boundary events, loops and their own variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from baton.bpm.definition import elements
from baton.bpm.definition.loops import MultiInstance
from baton.bpm.execution import compensation, joins, loops, skipping
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.definition.language import Expression
    from baton.bpm.execution.elements.boundary_event import BoundaryEvent
    from baton.bpm.execution.elements.choices import AgainChoice
    from baton.bpm.execution.event_definitions import EventDefinition
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.specs import InstanceSpec, ProcessSpec
    from baton.bpm.execution.token import Token


class Activity(FlowNode):
    """Evaluates what it needs, performs its work, and opens its boundary events if it is then waiting.

    `instance_spec` is the scope of one instance of its loop, `thrown_by_instances` what completed ones throw.
    """

    element: elements.Activity
    instance_spec: InstanceSpec
    again_choice: AgainChoice
    thrown_by_instances: tuple[tuple[EventDefinition, Expression | None], ...] = ()
    _waiting_events: tuple[BoundaryEvent, ...] = ()

    def __init__(self, spec: ProcessSpec, element: elements.Activity, *args: Any) -> None:
        super().__init__(spec, element, *args)
        self.element_outputs = element.outputs

    def attach(self, event: BoundaryEvent) -> None:
        """Called once per boundary event, before anything runs."""
        self.boundary_events += (event,)
        if event.waits:
            self._waiting_events += (event,)
        if event.element.handler is not None:
            self.compensation_handler = self.spec_of.nodes[event.element.handler]
            self.has_afterwork = True

    def wait_beside(self, event: BoundaryEvent) -> None:
        """Called before anything runs: `event` is open while the activity waits, though it is not drawn."""
        self._waiting_events += (event,)

    def arrive(self, instance: ProcessInstance, scope: Scope, flow: SequenceFlow) -> None:
        """With a start quantity, that many tokens become one (BPMN 10.3, table 10.3)."""
        quantity = self.element.start_quantity
        if quantity == 1:
            instance.activate(self, scope)
            return
        waiting = joins.wait(instance, self, scope, flow)
        tokens = [token for queue in waiting.values() for token in queue]
        if len(tokens) >= quantity:
            for token in tokens[:quantity]:
                instance.remove(token)
            instance.activate(self, scope)

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        if token.workflow.is_instance:
            self._begin(instance, token)
            return
        if skipping.is_skipped(instance, token):
            token.phase = Phase.LEAVING
            instance.leave(token)
            return
        openings = [event.prepare(instance, token) for event in self._waiting_events]
        if self.element.loop is not None:
            loops.begin(instance, token)
        else:
            self._begin(instance, token)
        if not openings or not instance.is_alive(token) or token.phase not in (Phase.WAITING, Phase.SPAWNING):
            return  # passed through at once: nothing was ever waiting for its boundary events
        for opening in openings:
            opening(token)

    def _begin(self, instance: ProcessInstance, token: Token) -> None:
        if self.element.inputs:
            self.map_inputs(instance, token)
        self.perform(instance, token)

    def perform(self, instance: ProcessInstance, token: Token) -> None:
        """Do the activity's work, or start it and leave the token waiting."""
        instance.finish(token)

    def choose(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        """With a completion quantity, that many tokens on each flow (BPMN 10.3, table 10.3)."""
        chosen = super().choose(instance, token)
        quantity = self.element.completion_quantity
        return chosen if quantity == 1 else [flow for flow in chosen for _ in range(quantity)]

    def completed(self, instance: ProcessInstance, token: Token) -> None:
        super().completed(instance, token)
        if self.element.loop is None:
            compensation.record(instance, token.workflow, self, token.details.kept)
            if token.details.kept is not None:
                # It goes with the scope around, and so does what runs in it while it is compensated.
                token.workflow.kept_scopes.append(token.details.kept)

    def triggered(self, instance: ProcessInstance, host: Token, event: Any) -> None:
        """A boundary event happened, or what a receive task waits for."""
        if event is self:
            instance.done(host)
        else:
            event.begin(instance, host)

    def why_stuck(self, scope: Scope) -> tuple[str, dict[str, Any]]:
        here = sum(len(queue) for queue in scope.joins.get(self.name, {}).values())
        wanted = self.element.start_quantity
        return (
            f"'{self.title}' waits for {wanted} tokens to begin, has {here}, and no other is left that could come",
            {"start_quantity": wanted, "tokens": here},
        )

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
        """False for the host of a loop, whose instances wait inside."""
        return token.details.loop is None

    @property
    def asks_for_more(self) -> bool:
        """Guided: the loop does not say when it is over, so a person does."""
        loop = self.element.loop
        if loop is None:
            return False
        if isinstance(loop, MultiInstance):
            return loop.cardinality is None and loop.collection is None
        return loop.condition is None and loop.maximum is None
