"""`no-unreachable`: the run can come to every element."""

from __future__ import annotations

from baton.bpm.definition.drawing import Drawing, Refused, Scope, called, is_begun_otherwise, node_place
from baton.bpm.definition.elements import BoundaryEvent, EventBasedGateway, FlowNode, ReceiveTask, StartEvent
from baton.bpm.definition.findings import Findings

NAME = "no-unreachable"


def check(drawing: Drawing, findings: Findings) -> None:
    """A warning; elements without any arrow are told by `no-disconnected`."""
    for scope in drawing.scopes:
        known = reached(scope)
        for node in scope.nodes:
            if node.id in known or not _connected(node, scope):
                continue
            findings.warning(
                NAME,
                f"The {called(node)} is never reached.",
                "Lead an arrow to it from an element that is reached, or delete it.",
                node_place(node),
            )


def reached(scope: Scope) -> set[str]:
    """Ids of the scope's nodes that a run can come to."""
    boundary_events: dict[str, list[str]] = {}
    for node in scope.nodes:
        if isinstance(node, BoundaryEvent):
            boundary_events.setdefault(node.attached_to, []).append(node.id)
    waiting = [node.id for node in _beginnings(scope)]
    found = set(waiting)
    while waiting:
        id_ = waiting.pop()
        following = [flow.target for flow in scope.outgoing.get(id_, ())] + boundary_events.get(id_, [])
        fresh = [next_ for next_ in following if next_ not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found


def _beginnings(scope: Scope) -> list[FlowNode]:
    otherwise = [node for node in scope.nodes if is_begun_otherwise(node) or _instantiates(node)]
    starts: list[FlowNode] = [node for node in scope.nodes if isinstance(node, StartEvent) or _refused_start(node)]
    if starts:
        return starts + otherwise
    return otherwise + [
        node for node in scope.nodes if not isinstance(node, BoundaryEvent) and node.id not in scope.incoming
    ]


def _instantiates(node: FlowNode) -> bool:
    return isinstance(node, ReceiveTask | EventBasedGateway) and node.instantiate


def _refused_start(node: FlowNode) -> bool:
    """What cannot be run yet is told as that; what follows it is not unreachable besides."""
    return isinstance(node, Refused)


def _connected(node: FlowNode, scope: Scope) -> bool:
    return isinstance(node, BoundaryEvent) or node.id in scope.incoming or node.id in scope.outgoing
