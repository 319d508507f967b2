"""History: every visit of a flow node, the path taken, and the instance as it was after any of its events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from baton.bpm import errors
from baton.bpm.lifecycle import FlowNodeState
from baton.bpm.replay import InstanceState
from baton.bpm.runtime import closings, visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import audit_event, flow_node_instance

MOST_EVENTS = 20_000
"""Of one instance that are counted for the path of one answer."""
READ_AT_ONCE = 200_000
"""Events that are read for one answer about the past."""
_event = audit_event.c


class FlowNodeInstanceView(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the token's; `element_type` is BPMN's word, such as `userTask`."""

    id: int
    process_instance_id: int
    scope_id: int
    element_id: str
    element_name: str
    element_type: str
    state: FlowNodeState
    activated_at: datetime
    ended_at: datetime | None


def flow_node_instances(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    state: FlowNodeState | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[FlowNodeInstanceView]:
    """In the order of activation. Raises `NotFound`."""
    query = select(flow_node_instance).where(
        flow_node_instance.c.process_instance_id == process_instance_id, closings.is_to_be_seen(flow_node_instance)
    )
    if state is not None:
        query = query.where(flow_node_instance.c.state == state.value)
    with engine.database.read() as connection:
        visibility.instance_row(connection, process_instance_id, actor)
        return fetch_page(
            connection,
            query,
            flow_node_instance.c.id,
            lambda row: _view(engine, row),
            limit=limit,
            cursor=cursor,
            newest_first=False,
        )


def _view(engine: Engine, row: Row[Any]) -> FlowNodeInstanceView:
    return FlowNodeInstanceView(
        id=row.id,
        process_instance_id=row.process_instance_id,
        scope_id=row.scope_id,
        element_id=row.element_id,
        element_name=engine.definitions.get(row.process_definition_id).label(row.element_id).name,
        element_type=row.element_type,
        state=FlowNodeState(row.state),
        activated_at=row.activated_at,
        ended_at=row.ended_at,
    )


# --- the path taken ------------------------------------------------------------------------------------------


class PathView(msgspec.Struct, frozen=True, kw_only=True):
    """How often each sequence flow was taken and each flow node left, by id.

    `from_sequence` is above 1 for an instance of more than `MOST_EVENTS` events: then it is the path of the last ones.
    """

    from_sequence: int
    flows: dict[str, int]
    flow_nodes: dict[str, int]


def path(engine: Engine, process_instance_id: int, *, actor: Actor) -> PathView:
    """The path taken so far. Raises `NotFound`."""
    with engine.database.read() as connection:
        last = visibility.instance_row(connection, process_instance_id, actor).audit_sequence
        beginning = max(last - MOST_EVENTS, 0) + 1
        query = (
            select(_event.type, _event.element_id, func.count())
            .where(_event.process_instance_id == process_instance_id, _event.sequence >= beginning)
            .where(_event.type.in_(("SequenceFlowTaken", "FlowNodeCompleted")))
            .group_by(_event.type, _event.element_id)
        )
        counts = {(type_, element_id): count for type_, element_id, count in connection.execute(query)}
    return PathView(
        from_sequence=beginning,
        flows={id_: count for (type_, id_), count in counts.items() if type_ == "SequenceFlowTaken"},
        flow_nodes={id_: count for (type_, id_), count in counts.items() if type_ == "FlowNodeCompleted"},
    )


# --- the instance as it was ----------------------------------------------------------------------------------


class PastStateView(msgspec.Struct, frozen=True, kw_only=True):
    """After the event numbered `sequence`, of `last_sequence` so far, which `actor_id` caused.

    `past` has tokens, scopes, variables (as the audit tells them), open incidents and the path up to there.
    """

    sequence: int
    last_sequence: int
    occurred_at: datetime
    actor_kind: str
    actor_id: str
    type: str
    element_id: str | None
    element_name: str | None
    past: InstanceState


def at(engine: Engine, process_instance_id: int, *, actor: Actor, sequence: int | None = None) -> PastStateView:
    """The instance after one of its events; None: the last.

    Raises `NotFound`, also for an event that is not there, and `NotYetRead` for one that is more than `READ_AT_ONCE`
    events beyond what was read before: these have been read by then, and who asks again goes on from there.
    """
    with engine.database.read() as connection:
        instance = visibility.instance_row(connection, process_instance_id, actor)
        last = instance.audit_sequence
        wanted = last if sequence is None else sequence
        _check(process_instance_id, wanted, last)
        event = connection.execute(
            select(audit_event).where(_event.process_instance_id == process_instance_id, _event.sequence == wanted)
        ).one()
        past = _past(engine, connection, instance, wanted)
    return PastStateView(
        sequence=wanted,
        last_sequence=last,
        occurred_at=event.occurred_at,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        type=event.type,
        element_id=event.element_id,
        element_name=event.element_name,
        past=past,
    )


def _check(process_instance_id: int, wanted: int, last: int) -> None:
    if not 1 <= wanted <= last:
        raise errors.NotFound(
            f"Expected an event of process instance '{process_instance_id}' numbered 1 to {last}, found {wanted}"
        )


def _past(engine: Engine, connection: Connection, instance: Row[Any], wanted: int) -> InstanceState:
    states = engine.past_states
    number, state = states.before(instance.id, instance.key, wanted)
    end = min(wanted, number + READ_AT_ONCE)
    states.read_on(connection, instance.id, state, number, end)
    if end < wanted:
        raise errors.NotYetRead(
            f"Expected at to be at most {end} for now, found {wanted}: {READ_AT_ONCE} events are read for one answer. "
            "Ask again, and it goes on from there.",
            field="at",
            read_to=end,
        )
    return state
