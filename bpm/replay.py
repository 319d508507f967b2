"""A process instance as it was: a fold over its audit events, which knows no database and no clock.

What is told there is what was told then: long values by size and digest, sensitive ones by type. The variables that an
activity holds for itself are those of its token, if the event says whose they are (2026-11). Items and outputs of loops
are left out, as are tokens that wait at a join: they are on the sequence flows that brought them. So the state is as
large as what is live, however much has happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Token:
    """At a flow node, since the event of that number."""

    id: int
    element_id: str
    scope_id: int
    since: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The process itself (`parent_id` None), a sub-process, or one instance of a loop."""

    id: int
    element_id: str
    parent_id: int | None


@dataclass(slots=True)
class InstanceState:
    """What `apply` has made of the events so far. Ids are keys; variables are by scope and name."""

    scopes: dict[int, Scope]
    state: str = "active"
    tokens: dict[int, Token] = field(default_factory=dict)
    variables: dict[int, dict[str, Any]] = field(default_factory=dict)
    incidents: dict[int, str] = field(default_factory=dict)
    """The element of each open incident."""
    visits: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    """How often each flow node was left, and each sequence flow taken."""
    openers: dict[int, int] = field(default_factory=dict)
    """The token that opened each scope."""
    troubled: dict[int, int] = field(default_factory=dict)
    """The scope of each open incident."""
    own: dict[int, int] = field(default_factory=dict)
    """The collection in which each token keeps variables of its own."""
    owners: dict[int, int] = field(default_factory=dict)
    """The token of each such collection."""

    @classmethod
    def before(cls, process_instance_id: int, key: str) -> InstanceState:
        """Nothing has happened."""
        return cls(scopes={process_instance_id: Scope(process_instance_id, key, None)})

    def apply(self, sequence: int, type_: str, element_id: str | None, data: Mapping[str, Any]) -> None:
        """The next event; one that changes nothing of what is told here is passed over."""
        follow = _FOLLOW.get(type_)
        if follow is not None:
            follow(self, sequence, element_id or "", data)

    def copy(self) -> InstanceState:
        """Another one, to go on from here."""
        return InstanceState(
            scopes=dict(self.scopes),
            state=self.state,
            tokens=dict(self.tokens),
            variables={id_: dict(held) for id_, held in self.variables.items()},
            incidents=dict(self.incidents),
            visits=Counter(self.visits),
            flows=Counter(self.flows),
            openers=dict(self.openers),
            troubled=dict(self.troubled),
            own=dict(self.own),
            owners=dict(self.owners),
        )

    def own_variables(self) -> dict[int, dict[str, Any]]:
        """Those that live activities have for themselves, by token."""
        return {
            token_id: dict(self.variables.get(collection_id, {}))
            for token_id, collection_id in self.own.items()
            if token_id in self.tokens
        }

    def seen_variables(self) -> dict[int, dict[str, Any]]:
        """Those of scopes that are live."""
        return {id_: dict(held) for id_, held in self.variables.items() if id_ in self.scopes and held}


def _activated(state: InstanceState, sequence: int, element_id: str, data: Mapping[str, Any]) -> None:
    token = Token(int(data["token_id"]), element_id, int(data["scope_id"]), sequence)
    state.tokens[token.id] = token


def _completed(state: InstanceState, _sequence: int, element_id: str, data: Mapping[str, Any]) -> None:
    _forget_token(state, int(data["token_id"]))
    state.visits[element_id] += 1


def _cancelled(state: InstanceState, _sequence: int, _element_id: str, data: Mapping[str, Any]) -> None:
    _forget_token(state, int(data["token_id"]))


def _forget_token(state: InstanceState, token_id: int) -> None:
    state.tokens.pop(token_id, None)
    collection_id = state.own.pop(token_id, None)
    if collection_id is not None:
        state.owners.pop(collection_id, None)
        state.variables.pop(collection_id, None)


def _flow_taken(state: InstanceState, _sequence: int, flow_id: str, _data: Mapping[str, Any]) -> None:
    state.flows[flow_id] += 1


def _scope_opened(state: InstanceState, _sequence: int, element_id: str, data: Mapping[str, Any]) -> None:
    scope = Scope(int(data["scope_id"]), element_id, int(data["parent_scope_id"]))
    state.scopes[scope.id] = scope
    state.openers[scope.id] = int(data["token_id"])


def _closing_begun(state: InstanceState, _sequence: int, _element_id: str, data: Mapping[str, Any]) -> None:
    """What was opened there is gone for everybody, though it is told one by one afterwards."""
    around, opener = int(data["scope_id"]), int(data["token_id"])
    gone: set[int] = set()
    # Outer scopes are opened before inner ones, and dictionaries keep that order.
    for scope in state.scopes.values():
        if scope.parent_id in gone or (scope.parent_id == around and state.openers.get(scope.id) == opener):
            gone.add(scope.id)
    for id_ in gone:
        _forget_scope(state, id_)
    for token_id in [id_ for id_, token in state.tokens.items() if token.scope_id in gone]:
        _forget_token(state, token_id)
    for incident_id in [id_ for id_, scope_id in state.troubled.items() if scope_id in gone]:
        _forget_incident(state, incident_id)


def _forget_scope(state: InstanceState, scope_id: int) -> None:
    for held in (state.scopes, state.variables, state.openers):
        held.pop(scope_id, None)


def _forget_incident(state: InstanceState, incident_id: int) -> None:
    for held in (state.incidents, state.troubled):
        held.pop(incident_id, None)


def _scope_closed(state: InstanceState, _sequence: int, _element_id: str, data: Mapping[str, Any]) -> None:
    _forget_scope(state, int(data["scope_id"]))


def _variable_written(state: InstanceState, _sequence: int, _element_id: str, data: Mapping[str, Any]) -> None:
    scope_id = int(data["scope_id"])
    if "token_id" in data:
        token_id = int(data["token_id"])
        state.own[token_id], state.owners[scope_id] = scope_id, token_id
    if scope_id in state.scopes or scope_id in state.owners:
        state.variables.setdefault(scope_id, {})[data["name"]] = data.get("value")


def _incident_raised(state: InstanceState, _sequence: int, element_id: str, data: Mapping[str, Any]) -> None:
    incident_id = int(data["incident_id"])
    state.incidents[incident_id] = element_id
    state.troubled[incident_id] = int(data["scope_id"])


def _incident_ended(state: InstanceState, _sequence: int, _element_id: str, data: Mapping[str, Any]) -> None:
    _forget_incident(state, int(data["incident_id"]))


def _becomes(word: str) -> _Follow:
    def follow(state: InstanceState, _sequence: int, _element_id: str, _data: Mapping[str, Any]) -> None:
        state.state = word

    return follow


_Follow = Callable[[InstanceState, int, str, Mapping[str, Any]], None]
_FOLLOW: Mapping[str, _Follow] = {
    "FlowNodeActivated": _activated,
    "FlowNodeCompleted": _completed,
    "FlowNodeCancelled": _cancelled,
    "SequenceFlowTaken": _flow_taken,
    "ScopeOpened": _scope_opened,
    "ScopeClosed": _scope_closed,
    "ClosingBegun": _closing_begun,
    "VariableCreated": _variable_written,
    "VariableUpdated": _variable_written,
    "IncidentRaised": _incident_raised,
    "IncidentResolved": _incident_ended,
    "IncidentCancelled": _incident_ended,
    "ProcessInstanceCompleted": _becomes("completed"),
    "ProcessInstanceTerminated": _becomes("terminated"),
    "ProcessInstanceSuspended": _becomes("suspended"),
    "ProcessInstanceResumed": _becomes("active"),
}
TOLD_BY = tuple(_FOLLOW)
"""The types of events that change anything."""
