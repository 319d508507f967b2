"""Batches: the same deed on many process instances, one job and one transaction for each of them.

Who asks is answered when the jobs are written. Each deed is carried out once by whoever works off what is due, in
the name of who asked; where it does not fit any more (the instance has ended meanwhile) it is left out. A job does
not belong to its instance, which may be suspended when it is to be resumed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState, ProcessInstanceState
from baton.bpm.runtime import (
    announcements,
    audit,
    incidents,
    instance_search,
    job_rows,
    process_instances,
    statements,
)
from baton.bpm.runtime.actors import Actor, ActorKind, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_search import InstanceFilter
from baton.bpm.runtime.job_kinds import Deed, JobKind
from baton.bpm.runtime.pages import MAXIMUM_LIMIT
from baton.bpm.runtime.wakeups import TIMER_TOPIC
from baton.models import audit_event, job, process_instance

MOST_INSTANCES = 10_000
_NAMED_AT_ONCE = 500
_REQUESTED = "BatchRequested"
_told = msgspec.json.Decoder(dict[str, Any]).decode


class BatchView(msgspec.Struct, frozen=True, kw_only=True):
    """`instances` are those it will be done to; `more`: the filter fits others too, ask again for them."""

    id: int
    deed: Deed
    instances: int
    more: bool


class BatchCountView(msgspec.Struct, frozen=True, kw_only=True):
    """`instances` are those that are found; `more`: there are others, beyond what one batch takes."""

    instances: int
    more: bool


class BatchProgressView(msgspec.Struct, frozen=True, kw_only=True):
    """`remaining` of `instances` are still to be done; those that were left out count as done."""

    id: int
    deed: Deed
    instances: int
    remaining: int
    reason: str
    requested_at: datetime
    requested_by: str


class _Payload(msgspec.Struct, frozen=True):
    batch_id: str
    process_instance_id: int
    actor_kind: str
    actor_id: str
    reason: str


# --- asking --------------------------------------------------------------------------------------------------


def request(
    engine: Engine,
    deed: Deed,
    *,
    actor: Actor,
    ids: Sequence[int] | None = None,
    wanted: InstanceFilter | None = None,
    reason: str = "",
) -> BatchView:
    """Have `deed` done to the instances named, or to those that are `wanted`: at most `MOST_INSTANCES`.

    Ids of instances that are not there are left out. Raises `InvalidCommand` unless one of the two is given.
    """
    actor.require(Role.OPERATOR)
    if (ids is None) == (wanted is None):
        raise errors.InvalidCommand("Expected either ids or a filter", field="ids")
    if ids is not None and not 1 <= len(ids) <= MOST_INSTANCES:
        raise errors.InvalidCommand(f"Expected 1 to {MOST_INSTANCES} ids, found {len(ids)}", field="ids")
    found, more = _named(engine, ids) if ids is not None else _searched(engine, wanted or InstanceFilter(), actor)
    batch_id = engine.next_id()
    told: dict[str, Any] = {"batch_id": str(batch_id), "deed": deed.value, "instances": len(found), "reason": reason}
    if wanted is not None:
        told["filter"] = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
    payloads = [_Payload(str(batch_id), row.id, actor.kind.value, actor.id, reason) for row in found]
    with engine.database.write() as connection:
        jobs = [_job(engine, deed, row, payload) for row, payload in zip(found, payloads, strict=True)]
        told["last_job_id"] = str(jobs[-1]["id"] if jobs else batch_id)
        engine.statements.jobs.write(connection, jobs)
        labels = audit.Labels(occurred_at=engine.clock(), actor=actor)
        entries = [audit.Entry(_REQUESTED, None, told)]
        engine.statements.audit.write(
            connection, audit.rows(entries, labels, sequence=None, previous_hash=audit.EMPTY_HASH, element_name=str)
        )
        announcements.announce(engine, connection, (TIMER_TOPIC,))
    engine.wakeups.notify((TIMER_TOPIC,))
    return BatchView(id=batch_id, deed=deed, instances=len(found), more=more)


def count(engine: Engine, wanted: InstanceFilter, *, actor: Actor, deed: Deed | None = None) -> BatchCountView:
    """How many instances the filter finds now; with a `deed` those that are in a state for it."""
    actor.require(Role.OPERATOR)
    found = [_searched(engine, each, actor) for each in _fitting(wanted, deed)]
    return BatchCountView(instances=sum(len(rows) for rows, _ in found), more=any(more for _, more in found))


def _fitting(wanted: InstanceFilter, deed: Deed | None) -> list[InstanceFilter]:
    """One filter for each state in which the deed does anything."""
    if deed is None or deed is Deed.RESOLVE_INCIDENTS:
        return [wanted if deed is None else msgspec.structs.replace(wanted, has_incident=True)]
    return [msgspec.structs.replace(wanted, state=state) for state in _STATES[deed] if wanted.state in (None, state)]


_STATES: Mapping[Deed, tuple[ProcessInstanceState, ...]] = {
    Deed.TERMINATE: (ProcessInstanceState.ACTIVE, ProcessInstanceState.SUSPENDED),
    Deed.SUSPEND: (ProcessInstanceState.ACTIVE,),
    Deed.RESUME: (ProcessInstanceState.SUSPENDED,),
}


def _named(engine: Engine, ids: Sequence[int]) -> tuple[list[Row[Any]], bool]:
    unique = list(dict.fromkeys(ids))
    found: list[Row[Any]] = []
    with engine.database.read() as connection:
        for first in range(0, len(unique), _NAMED_AT_ONCE):
            named = process_instance.c.id.in_(unique[first : first + _NAMED_AT_ONCE])
            found += connection.execute(select(process_instance).where(named)).all()
    return found, False


def _searched(engine: Engine, wanted: InstanceFilter, actor: Actor) -> tuple[list[Row[Any]], bool]:
    found: list[Row[Any]] = []
    cursor: str | None = None
    with engine.database.read() as connection:
        while True:
            limit = min(MAXIMUM_LIMIT, MOST_INSTANCES - len(found))
            page = instance_search.search(connection, wanted, actor=actor, limit=limit, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if cursor is None or len(found) >= MOST_INSTANCES:
                return found, cursor is not None


def _job(engine: Engine, deed: Deed, row: Row[Any], payload: _Payload) -> dict[str, Any]:
    created = job_rows.created(
        engine.next_id(),
        JobKind.BATCH.value,
        deed.value,
        process_definition_id=row.process_definition_id,
        element_id=row.key,
        at=engine.clock(),
        retries=engine.settings.job_retries,
    )
    created["payload"] = msgspec.json.encode(payload).decode()
    return created


# --- watching ------------------------------------------------------------------------------------------------


def progress(engine: Engine, batch_id: int, *, actor: Actor) -> BatchProgressView:
    """How far it is. Raises `NotFound`."""
    actor.require(Role.OPERATOR)
    begins = f'{{"batch_id":"{batch_id}",'
    asked, waiting = audit_event.c, job.c
    event = (
        select(asked.data, asked.occurred_at, asked.actor_id)
        .where(asked.rare_type == _REQUESTED, asked.data.startswith(begins, autoescape=True))
        .order_by(asked.id.desc())
        .limit(1)
    )
    with engine.database.read() as connection:
        row = connection.execute(event).first()
        if row is None:
            raise errors.NotFound(f"Expected a batch with id '{batch_id}', but there is none")
        told = _told(row.data)
        # Its jobs got their ids one after the other; others came between them, but not many.
        left = select(func.count()).where(
            waiting.id.between(batch_id, int(told["last_job_id"])),
            waiting.kind == JobKind.BATCH.value,
            waiting.payload.startswith(begins, autoescape=True),
        )
        remaining = connection.execute(left).scalar_one()
    return BatchProgressView(
        id=batch_id,
        deed=Deed(told["deed"]),
        instances=told["instances"],
        remaining=remaining,
        reason=told["reason"],
        requested_at=row.occurred_at,
        requested_by=row.actor_id,
    )


# --- doing ---------------------------------------------------------------------------------------------------


def carry_out(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a job of a batch. False if the instance is gone, or not in a state for it any more."""
    payload = msgspec.json.decode(row.payload, type=_Payload)
    actor = Actor(ActorKind(payload.actor_kind), payload.actor_id, roles=frozenset({Role.OPERATOR}))
    done = False
    with contextlib.suppress(errors.NotFound, errors.WrongState):
        _DEEDS[row.type](engine, payload.process_instance_id, actor, payload.reason)
        done = True
    with engine.database.write() as connection:
        statements.DELETE_JOB.change(connection, ({"id_": row.id},))
    return done


def _terminate(engine: Engine, process_instance_id: int, actor: Actor, reason: str) -> None:
    process_instances.terminate(engine, process_instance_id, actor=actor, reason=reason)


def _suspend(engine: Engine, process_instance_id: int, actor: Actor, reason: str) -> None:
    process_instances.suspend(engine, process_instance_id, actor=actor, reason=reason)


def _resume(engine: Engine, process_instance_id: int, actor: Actor, reason: str) -> None:
    process_instances.resume(engine, process_instance_id, actor=actor, reason=reason)


def _resolve_incidents(engine: Engine, process_instance_id: int, actor: Actor, _reason: str) -> None:
    """Those that are open now; one that comes again is for another time."""
    page = incidents.list_(
        engine,
        actor=actor,
        process_instance_id=process_instance_id,
        state=IncidentState.OPEN,
        limit=MAXIMUM_LIMIT,
    )
    for view in page.items:
        with contextlib.suppress(errors.NotFound, errors.WrongState):
            incidents.resolve(engine, view.id, actor=actor)


_DEEDS: Mapping[str, Callable[[Engine, int, Actor, str], None]] = {
    Deed.TERMINATE: _terminate,
    Deed.SUSPEND: _suspend,
    Deed.RESUME: _resume,
    Deed.RESOLVE_INCIDENTS: _resolve_incidents,
}
