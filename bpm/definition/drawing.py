"""A file as drawn, before it is known to be runnable: scopes with their nodes, and flows that fit nowhere.

The reader fills it, the rules judge it, `build` makes processes of it. Unlike `elements` it may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from baton.bpm.definition.elements import (
    Activity,
    EventSubProcess,
    FlowNode,
    IntermediateCatchEvent,
    Listener,
    Mode,
    SequenceFlow,
)
from baton.bpm.definition.event_definitions import LinkEventDefinition
from baton.bpm.definition.findings import Place
from baton.bpm.definition.starters import ANYBODY, Starters

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Activity):
    """Stands where something stood that cannot be run, so that the rest is judged as drawn.

    `kind` is its name in words.
    """

    kind: str = "element"


@dataclass
class Scope:
    """One process or embedded sub-process. `parent` is None for a process; `flows` stay within the scope."""

    id: str
    name: str
    line: int
    documentation: str = ""
    version_tag: str | None = None
    starters: Starters = ANYBODY
    history_time_to_live: str | None = None
    parent: Scope | None = None
    lane: str | None = None
    depth: int = 0
    is_event_sub_process: bool = False
    is_ad_hoc: bool = False
    listeners: tuple[Listener, ...] = ()
    nodes: list[FlowNode] = field(default_factory=list)
    flows: list[SequenceFlow] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where the process or sub-process stands in the file."""
        return Place(self.id or None, self.name or None, self.line)

    @property
    def kind(self) -> str:
        """In words."""
        return "process" if self.parent is None else "sub-process"

    @cached_property
    def by_id(self) -> Mapping[str, FlowNode]:
        """The scope's own nodes."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def outgoing(self) -> Mapping[str, list[SequenceFlow]]:
        """Flows by source, in document order; read only once all flows are in."""
        return _grouped((flow.source, flow) for flow in self.flows)

    @cached_property
    def incoming(self) -> Mapping[str, list[SequenceFlow]]:
        """Flows by target, in document order; read only once all flows are in."""
        return _grouped((flow.target, flow) for flow in self.flows)


@dataclass
class Drawing:
    """All scopes of the processes that will run, parents before children, in document order.

    `loose_flows` have a missing end, or ends in two scopes.
    """

    mode: Mode
    scopes: list[Scope] = field(default_factory=list)
    loose_flows: list[SequenceFlow] = field(default_factory=list)

    @property
    def guided(self) -> bool:
        """True if people do what the drawing leaves open."""
        return self.mode is Mode.GUIDED

    @cached_property
    def scope_of(self) -> Mapping[str, Scope]:
        """The scope that holds the node of that id; read only once all nodes are in."""
        return {node.id: scope for scope in self.scopes for node in scope.nodes if node.id}

    def nodes(self) -> Iterator[tuple[Scope, FlowNode]]:
        """Every node with its scope."""
        for scope in self.scopes:
            for node in scope.nodes:
                yield scope, node

    def flows(self) -> Iterator[SequenceFlow]:
        """Every flow, the loose ones last."""
        for scope in self.scopes:
            yield from scope.flows
        yield from self.loose_flows


def is_begun_otherwise(node: FlowNode) -> bool:
    """True for what needs no sequence flow to begin: event sub-processes, compensating activities, link targets."""
    if isinstance(node, EventSubProcess) or (isinstance(node, Activity) and node.for_compensation):
        return True
    return isinstance(node, IntermediateCatchEvent) and isinstance(node.event, LinkEventDefinition)


def node_place(node: FlowNode) -> Place:
    """Where the node stands in the file."""
    return Place(node.id or None, node.name or None, node.line)


def flow_place(flow: SequenceFlow) -> Place:
    """Where the flow stands in the file."""
    return Place(flow.id or None, flow.name or None, flow.line)


def called(thing: FlowNode | SequenceFlow | Scope) -> str:
    """How a message calls it: its kind in words, then its name, else its id, in quotes."""
    label = " ".join((thing.name or thing.id).split())
    return f"{_kind(thing)} '{label[:80]}'" if label else f"{_kind(thing)} without name and id"


def _kind(thing: FlowNode | SequenceFlow | Scope) -> str:
    if isinstance(thing, Refused | Scope):
        return thing.kind
    return _WORD_START.sub(" ", type(thing).__name__).lower().replace("sub process", "sub-process")


def _grouped(pairs: Iterator[tuple[str, SequenceFlow]]) -> dict[str, list[SequenceFlow]]:
    groups: dict[str, list[SequenceFlow]] = {}
    for key, flow in pairs:
        groups.setdefault(key, []).append(flow)
    return groups
