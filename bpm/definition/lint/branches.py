"""Which ways from one split meet at a node."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from baton.bpm.definition.drawing import Scope
from baton.bpm.definition.elements import (
    Activity,
    BoundaryEvent,
    EventBasedGateway,
    ExclusiveGateway,
    FlowNode,
    ParallelGateway,
    StartEvent,
)
from baton.bpm.definition.lint.subject import Subject


@dataclass(frozen=True, slots=True)
class Split:
    """`ways` are ids of the split's followers, each by which alone one of the arrows is reached; at least two."""

    node: FlowNode
    ways: frozenset[str]


def common_split(subject: Subject, scope: Scope, join: FlowNode) -> Split | None:
    """The nearest node that every way to the join passes, if at least two of its ways lead there separately."""
    dominators = subject.dominators(scope)
    above = dominators.above(join.id)
    node = scope.by_id.get(above) if above else None
    if node is None:
        return None
    found = [dominators.branch(node.id, flow.source, join.id) for flow in scope.incoming[join.id]]
    direct = [flow for flow in scope.incoming[join.id] if flow.source == node.id]
    ways = {way for way in found if way is not None and way != join.id} | {flow.id for flow in direct}
    return Split(node, frozenset(ways)) if len(ways) > 1 else None


def alternatives(scope: Scope, split: FlowNode, ways: AbstractSet[str]) -> bool:
    """True if a token takes only one of these ways."""
    if isinstance(split, EventBasedGateway):
        return not split.parallel
    if isinstance(split, ExclusiveGateway):
        return True
    if not isinstance(split, Activity):
        return False
    # An interrupting boundary event ends the activity, so that its own arrows are not taken.
    interrupting = [way for way in ways if _interrupts(scope, way)]
    return len(interrupting) >= len(ways) - 1 and bool(interrupting)


def in_parallel(scope: Scope, split: FlowNode, ways: AbstractSet[str]) -> bool:
    """True if tokens take at least two of these ways."""
    if not isinstance(split, ParallelGateway | Activity | StartEvent | BoundaryEvent):
        return False
    conditional = {
        name
        for flow in scope.outgoing.get(split.id, ())
        if flow.condition is not None or flow.id == getattr(split, "default", None)
        for name in (flow.id, flow.target)
    }
    if isinstance(split, ParallelGateway):
        conditional = set()
    sure = [way for way in ways if not _interrupts(scope, way) and way not in conditional]
    return len(sure) > 1


def _interrupts(scope: Scope, way: str) -> bool:
    node = scope.by_id.get(way)
    return isinstance(node, BoundaryEvent) and node.interrupting
