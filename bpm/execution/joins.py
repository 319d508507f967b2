"""Tokens that wait for others at a join, which takes them by the sequence flow they came by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase, Token

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope


def wait(instance: ProcessInstance, node: FlowNode, scope: Scope, flow: SequenceFlow) -> Mapping[str, list[Token]]:
    """A new token waits on `flow` before `node`; returns all who wait there, by flow."""
    token = Token(scope, node, instance.next_id(), Phase.JOINING)
    instance.touch(scope)
    return scope.add_joining(token, flow.id)


def consume(instance: ProcessInstance, node: FlowNode, scope: Scope) -> Token:
    """One token of each flow that has any becomes one activation of `node`; surplus tokens stay."""
    for queue in list(scope.joins[node.name].values()):
        instance.remove(queue[0])
    return instance.activate(node, scope)


def settle(instance: ProcessInstance) -> bool:
    """Decide waiting joins that look at the whole scope, everything else having moved; True if one went on."""
    moved = False
    for scope in list(instance.unsettled.values()):
        if scope.is_set_aside or (not scope.joins and not scope.resetting):
            continue
        for node_id in [*scope.joins, *(id_ for id_ in scope.resetting if id_ not in scope.joins)]:
            node = scope.spec.nodes[node_id]
            if node.settles:
                moved = node.settle(instance, scope) or moved
    return moved


def find_stuck(instance: ProcessInstance) -> None:
    """A scope whose live tokens all wait at joins will never go on by itself."""
    for scope in instance.unsettled.values():
        if not scope.joins:
            continue
        tokens = scope.tokens.values()
        if any(token.phase is not Phase.JOINING or token.incident_id is not None for token in tokens):
            continue
        token = next(iter(tokens))
        message, details = token.task_spec.why_stuck(scope)
        instance.raise_incident(token, StepFailure("stuck", message, details))
