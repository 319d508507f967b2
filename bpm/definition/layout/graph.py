"""A process or sub-process as layers: each node one further right than all that lead to it, loops not counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element

CONTAINERS = frozenset(xml.tag(name) for name in ("process", "subProcess", "transaction", "adHocSubProcess"))
FLOW = xml.tag("sequenceFlow")
BOUNDARY = xml.tag("boundaryEvent")
_NODES = ("Event", "Gateway", "ask", "Process", "Activity", "transaction")
_BESIDE = frozenset(xml.tag(name) for name in ("dataObjectReference", "dataStoreReference", "textAnnotation"))


@dataclass(frozen=True, slots=True)
class Graph:
    """`layers` hold ids; `attached` are boundary events by their host's id; `beside` are data and annotations."""

    element: Element
    nodes: dict[str, Element]
    layers: tuple[tuple[str, ...], ...]
    attached: dict[str, tuple[str, ...]]
    flows: tuple[Element, ...]
    backward: frozenset[str]
    beside: tuple[Element, ...]


@dataclass(slots=True)
class _Edges:
    following: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    backward: set[str] = field(default_factory=set)


def read_graph(container: Element) -> Graph:
    """The container's own content, not that of the sub-processes in it."""
    nodes: dict[str, Element] = {}
    for part in container.iterchildren(xml.tag("*")):
        if xml.local_name(part).endswith(_NODES) and xml.attribute(part, "id"):
            nodes.setdefault(xml.attribute(part, "id"), part)
    hosts = {
        id_: xml.reference(xml.attribute(node, "attachedToRef")) for id_, node in nodes.items() if node.tag == BOUNDARY
    }
    hosts = {id_: host for id_, host in hosts.items() if host in nodes and host not in hosts}
    flows = tuple(
        flow
        for flow in container.iterchildren(FLOW)
        if xml.reference(xml.attribute(flow, "sourceRef")) in nodes
        and xml.reference(xml.attribute(flow, "targetRef")) in nodes
    )
    edges = _edges(nodes, hosts, flows)
    attached: dict[str, tuple[str, ...]] = {}
    for id_, host in hosts.items():
        attached[host] = (*attached.get(host, ()), id_)
    return Graph(
        element=container,
        nodes=nodes,
        layers=_layers([id_ for id_ in nodes if id_ not in hosts], edges),
        attached=attached,
        flows=flows,
        backward=frozenset(edges.backward),
        beside=tuple(part for part in container.iterchildren(etree.Element) if part.tag in _BESIDE),
    )


def _edges(nodes: dict[str, Element], hosts: dict[str, str], flows: tuple[Element, ...]) -> _Edges:
    """By node, those of boundary events as their host's; arrows that close a loop are `backward`."""
    edges = _Edges()
    for flow in flows:
        source = xml.reference(xml.attribute(flow, "sourceRef"))
        target = xml.reference(xml.attribute(flow, "targetRef"))
        source, target = hosts.get(source, source), hosts.get(target, target)
        edges.following.setdefault(source, []).append((target, xml.attribute(flow, "id")))
    arrived = {target for targets in edges.following.values() for target, _ in targets}
    order = [id_ for id_ in nodes if id_ not in arrived] + list(nodes)
    state: dict[str, int] = {}
    for begin in order:
        if begin in state:
            continue
        state[begin] = 1
        open_: list[tuple[str, Iterator[tuple[str, str]]]] = [(begin, iter(edges.following.get(begin, ())))]
        while open_:
            id_, rest = open_[-1]
            step = next(rest, None)
            if step is None:
                state[id_] = 2
                open_.pop()
                continue
            target, flow_id = step
            if state.get(target) == 1:
                edges.backward.add(flow_id)
            elif target not in state:
                state[target] = 1
                open_.append((target, iter(edges.following.get(target, ()))))
    return edges


def _layers(nodes: list[str], edges: _Edges) -> tuple[tuple[str, ...], ...]:
    """The longest way decides a node's layer; within one, nodes stand as those before them do."""
    forward = {
        id_: [target for target, flow in edges.following.get(id_, ()) if flow not in edges.backward] for id_ in nodes
    }
    waiting = dict.fromkeys(nodes, 0)
    for targets in forward.values():
        for target in targets:
            waiting[target] += 1
    layer = dict.fromkeys(nodes, 0)
    before: dict[str, list[str]] = {id_: [] for id_ in nodes}
    ready = [id_ for id_ in nodes if not waiting[id_]]
    for id_ in ready:
        for target in forward[id_]:
            layer[target] = max(layer[target], layer[id_] + 1)
            before[target].append(id_)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for id_ in nodes:
        rows[layer[id_]].append(id_)
    place: dict[str, float] = {}
    drawn = {id_: number for number, id_ in enumerate(nodes)}
    for row in rows:
        row.sort(key=lambda id_: (_mean([place[other] for other in before[id_]]), drawn[id_]))
        place.update({id_: float(number) for number, id_ in enumerate(row)})
    return tuple(tuple(row) for row in rows)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
