"""Complex gateways (BPMN 2.0.2, 10.6.5 and 13.4.5): a condition over the tokens that have come.

Activated, the gateway takes one token from each flow that has any and sends tokens by its conditions. Then it waits for
a token on each of the other flows, as far as one can still come, takes these too, and begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution import evaluation, joins
from baton.bpm.execution.elements.gateways import DecisionGateway
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Token

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope


class ComplexGateway(DecisionGateway, spiff.InclusiveGateway):
    """SpiffWorkflow has none. `activationCount` in its condition is the number of tokens that have come."""

    choices = "many"
    settles = True
    element: elements.ComplexGateway

    def arrive(self, instance: ProcessInstance, scope: Scope, flow: SequenceFlow) -> None:
        waiting = joins.wait(instance, self, scope, flow)
        if self.name not in scope.resetting:
            self._ask(instance, scope, waiting)

    def _ask(self, instance: ProcessInstance, scope: Scope, waiting: Mapping[str, list[Token]]) -> bool:
        """Activate if the condition holds; a condition that fails is an incident at the newest token."""
        newest = max((token for queue in waiting.values() for token in queue), key=lambda token: token.id)
        try:
            holds = self._condition_holds(instance, newest, waiting)
        except StepFailure as failure:
            if newest.incident_id is None:
                instance.raise_incident(newest, failure)
            return False
        if holds:
            scope.resetting[self.name] = sorted(waiting)
            self._activate(instance, scope, is_start=True)
        return holds

    def ask_again(self, instance: ProcessInstance, scope: Scope) -> None:
        """Variables may have been corrected: the condition is asked as when a token comes."""
        waiting = scope.joins.get(self.name, {})
        if waiting and self.name not in scope.resetting:
            self._ask(instance, scope, waiting)

    def _condition_holds(self, instance: ProcessInstance, token: Token, waiting: Mapping[str, list[Token]]) -> bool:
        if self.element.activation_condition is None:
            return True
        count = sum(len(queue) for queue in waiting.values())
        return evaluation.event_condition(
            instance,
            token,
            self.element.activation_condition,
            f"activation condition of '{self.title}'",
            {"activationCount": count, "waitingForStart": True},
        )

    def settle(self, instance: ProcessInstance, scope: Scope) -> bool:
        """Activated before: reset when no token can come any more on the flows that are still missing."""
        seen = scope.resetting.get(self.name)
        if seen is None:
            return False
        here = scope.joins.get(self.name, {})
        missing = [flow for flow in self.incoming if flow.id not in seen and flow.id not in here]
        if self._can_still_come(scope, missing):
            return False
        del scope.resetting[self.name]
        instance.touch(scope)
        late = [queue[0] for flow_id, queue in here.items() if flow_id not in seen]
        if late:
            for token in late:
                instance.remove(token)
            self._leave_later(instance, scope)
        elif not scope.tokens:
            instance.close_if_done(scope)
        waiting = scope.joins.get(self.name, {})
        # Surplus tokens may be enough to activate it anew, whether or not late ones were taken.
        activated = bool(waiting) and self._ask(instance, scope, waiting)
        return bool(late) or activated

    def _can_still_come(self, scope: Scope, missing: list[SequenceFlow]) -> bool:
        bits = {flow.id: 1 << bit for bit, flow in enumerate(self.incoming)}
        wanted = sum(bits[flow.id] for flow in missing)
        return any(
            self.spec_of.reach.mask(self, token.task_spec) & wanted
            for token in scope.tokens.values()
            if token.task_spec is not self
        )

    def _activate(self, instance: ProcessInstance, scope: Scope, *, is_start: bool) -> None:
        token = joins.consume(instance, self, scope)
        token.detail().entry = "start" if is_start else "reset"

    def _leave_later(self, instance: ProcessInstance, scope: Scope) -> None:
        token = instance.activate(self, scope)
        token.detail().entry = "reset"

    def choose_by_condition(self, instance: ProcessInstance, token: Token) -> Iterable[SequenceFlow]:
        """Conditions may ask `waitingForStart`; on reset no flow need be taken."""
        is_start = token.details.entry != "reset"
        chosen: list[SequenceFlow] = []
        default: SequenceFlow | None = None
        for flow in self.outgoing:
            if flow.id == self.default:
                default = flow
            elif flow.condition is None:
                if is_start:
                    chosen.append(flow)
            elif evaluation.condition(instance, token, flow, {"waitingForStart": is_start}):
                chosen.append(flow)
        if not chosen and is_start:
            if default is None and self.outgoing:
                return super().choose_by_condition(instance, token)
            return (default,) if default else ()
        return chosen

    def execute(self, instance: ProcessInstance, token: Token) -> None:
        """On reset nobody is asked again."""
        if self.asks and token.details.entry == "reset":
            instance.remove(token)
            instance.close_if_done(token.workflow)
        else:
            super().execute(instance, token)

    def why_stuck(self, scope: Scope) -> tuple[str, dict[str, Any]]:
        condition = self.element.activation_condition
        text = condition.text if condition else ""
        return (
            f"'{self.title}' waits until its activation condition '{text}' holds, "
            "but no other token is left that could come",
            {"expression": text},
        )
