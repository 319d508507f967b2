"""Loops on the graph in which no token ever rests (Tarjan's strong components, not recursive)."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from baton.bpm.definition.drawing import Scope
from baton.bpm.definition.elements import ExclusiveGateway, FlowNode, InclusiveGateway


@dataclass(frozen=True, slots=True)
class Loop:
    """`first` in the drawing's order; `is_left`: some choice in it leads out."""

    first: FlowNode
    is_left: bool


def loops_without_wait(scope: Scope, waits: AbstractSet[str]) -> Iterator[Loop]:
    """Linear in nodes and arrows."""
    following = {
        node.id: [
            flow.target for flow in scope.outgoing.get(node.id, ()) if flow.target not in waits and flow.target != ""
        ]
        for node in scope.nodes
        if node.id not in waits
    }
    order = {node.id: number for number, node in enumerate(scope.nodes)}
    for component in _components(following):
        inside = set(component)
        if len(component) == 1 and component[0] not in following[component[0]]:
            continue
        first = scope.by_id[min(component, key=order.__getitem__)]
        yield Loop(first, any(_leads_out(scope, id_, inside) for id_ in component))


def _leads_out(scope: Scope, id_: str, inside: AbstractSet[str]) -> bool:
    flows = scope.outgoing.get(id_, ())
    choice = isinstance(scope.by_id[id_], ExclusiveGateway | InclusiveGateway) or any(flow.condition for flow in flows)
    return choice and any(flow.target not in inside for flow in flows)


def _components(following: dict[str, list[str]]) -> Iterator[list[str]]:
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in following:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        open_ = [(root, iter(following[root]))]
        while open_:
            id_, rest = open_[-1]
            next_ = next(rest, None)
            if next_ is not None:
                if next_ not in number:
                    number[next_] = low[next_] = len(number)
                    stack.append(next_)
                    on_stack.add(next_)
                    open_.append((next_, iter(following.get(next_, ()))))
                elif next_ in on_stack:
                    low[id_] = min(low[id_], number[next_])
                continue
            open_.pop()
            if open_:
                low[open_[-1][0]] = min(low[open_[-1][0]], low[id_])
            if low[id_] == number[id_]:
                component = []
                while True:
                    member = stack.pop()
                    on_stack.discard(member)
                    component.append(member)
                    if member == id_:
                        break
                yield component
