"""Exclusive, parallel and inclusive gateways (BPMN 2.0.2, 10.6 and 13.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import evaluation, joins
from baton.bpm.execution.elements.flow_node import FlowNode, no_way_out
from baton.bpm.execution.events import UserTaskCreated
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class DecisionGateway(FlowNode):
    """A split by conditions; in guided mode a person decides when a condition is missing."""

    def wire(self) -> None:
        super().wire()
        undrawn = any(flow.condition is None and flow.id != self.default for flow in self.outgoing)
        self.asks = self.spec_of.is_guided and len(self.outgoing) > 1 and undrawn

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        if not self.asks:
            instance.leave(token)
            return
        token.phase = Phase.WAITING
        instance.emit(
            UserTaskCreated(
                token.id,
                token.workflow.id,
                self.name,
                kind="decision",
                name=self.title,
                candidate_groups=self.lane_groups,
                options=self.options,
                choose=self.choices,
            )
        )

    def is_manual(self, token: Token) -> bool:
        return self.asks

    @property
    def options(self) -> tuple[dict[str, str], ...]:
        """What a person may choose: the flows, by name, else by where they lead."""
        return tuple({"id": flow.id, "name": flow.name or flow.target.title} for flow in self.outgoing)

    def choose(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        if self.asks:
            return [flow for flow in self.outgoing if flow.id in token.decision]
        return self.choose_by_condition(instance, token)

    def choose_by_condition(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        """The flows whose conditions say so."""
        return super().choose(instance, token)


class ExclusiveGateway(DecisionGateway, spiff.ExclusiveGateway):
    """The first flow in document order whose condition is true, else the default."""

    element: elements.ExclusiveGateway

    def choose_by_condition(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        if self._unconditional is not None and len(self._unconditional) < 2:
            return self._unconditional
        default: SequenceFlow | None = None
        for flow in self.outgoing:
            if flow.id == self.default:
                default = flow
            elif flow.condition is None or evaluation.condition(instance, token, flow):
                return (flow,)
        if default is None:
            raise no_way_out(instance, token, self)
        return (default,)


class ParallelGateway(FlowNode, spiff.ParallelGateway):
    """Waits for one token on each incoming flow; surplus tokens stay."""

    element: elements.ParallelGateway

    def arrive(self, instance: ProcessInstance, scope: Scope, flow: SequenceFlow) -> None:
        if len(self.incoming) < 2:
            instance.activate(self, scope)
            return
        waiting = joins.wait(instance, self, scope, flow)
        if len(waiting) == len(self.incoming):
            joins.consume(instance, self, scope)


class InclusiveGateway(DecisionGateway, spiff.InclusiveGateway):
    """Waits while a token elsewhere in the scope can still reach an empty incoming flow (BPMN 13.4.3)."""

    choices = "many"
    settles = True
    element: elements.InclusiveGateway

    def __init__(self, spec: ProcessSpec, element: elements.InclusiveGateway) -> None:
        super().__init__(spec, element)
        self._bits: dict[str, int] = {}

    def wire(self) -> None:
        super().wire()
        self._bits = {flow.id: 1 << bit for bit, flow in enumerate(self.incoming)}

    def arrive(self, instance: ProcessInstance, scope: Scope, flow: SequenceFlow) -> None:
        if len(self.incoming) < 2:
            instance.activate(self, scope)
            return
        # Decided when everything that can move has moved: see `settle`.
        joins.wait(instance, self, scope, flow)

    def settle(self, instance: ProcessInstance, scope: Scope) -> bool:
        if self.name not in scope.joins or not self._can_join(scope):
            return False
        joins.consume(instance, self, scope)
        return True

    def _can_join(self, scope: Scope) -> bool:
        """True if no token that could still bring another flow's token is left."""
        filled = sum(self._bits[flow_id] for flow_id in scope.joins[self.name])
        for token in scope.tokens.values():
            if token.task_spec is self:
                continue
            reach = self.spec_of.reach
            missing = reach.mask(self, token.task_spec) & ~filled
            if missing and not reach.own_mask(self, token.task_spec) & filled:
                return False
        return True
