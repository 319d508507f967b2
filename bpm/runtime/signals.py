"""Signals: for everybody who waits for their name, one job per instance, and one per start event of newest versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, exists, func, select

from baton.bpm import errors, values
from baton.bpm.execution import start_subscriptions
from baton.bpm.execution.commands import BroadcastSignal, Command, StartProcessInstance
from baton.bpm.execution.token import TriggerKind
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import (
    announcements,
    called_instances,
    closings,
    correlation_keys,
    instance_store,
    job_rows,
    statements,
)
from baton.bpm.runtime.actors import SYSTEM, Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Handled
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.wakeups import TIMER_TOPIC
from baton.models import job, subscription

KIND = "signal"
_LONGEST_NAME = 255
_AT_ONCE = 1000


class BroadcastView(msgspec.Struct, frozen=True, kw_only=True):
    """How many instances get the signal, and how many start events it begins; each by a job of its own."""

    process_instances: int
    starts: int


class _Signal(msgspec.Struct, frozen=True):
    """The payload of all signal jobs: variables typed, as JSON; `business_key` is that of what the signal starts."""

    name: str
    variables: str
    business_key: str | None = None


def broadcast(engine: Engine, *, actor: Actor, name: str, variables: Mapping[str, Any] | None = None) -> BroadcastView:
    """To every open subscription and every signal start event of a newest version. Nobody waiting is no error."""
    actor.require(Role.OPERATOR, Role.WORKER)
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)
    if not 1 <= len(name) <= _LONGEST_NAME or "\0" in name:
        raise errors.InvalidCommand(f"Expected name to have 1 to {_LONGEST_NAME} characters", field="name")
    signal = _Signal(name, correlation_keys.encode_variables(given))
    with engine.database.write() as connection:
        view = _spread(engine, connection, signal, thrown_by=None)
        announcements.announce(engine, connection, (TIMER_TOPIC,))
    engine.wakeups.notify((TIMER_TOPIC,))
    return view


def spread(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `signal` job: the thrown signal, for all but the instance that threw it, which has had it."""
    signal = msgspec.json.decode(row.payload, type=_Signal)
    with engine.database.write() as connection:
        if connection.execute(delete(job).where(job.c.id == row.id)).rowcount != 1:
            return False
        _spread(engine, connection, signal, thrown_by=row.process_instance_id)
        announcements.announce(engine, connection, (TIMER_TOPIC,))
    engine.wakeups.notify((TIMER_TOPIC,))
    return True


def deliver(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `signal_delivery` job."""
    signal = msgspec.json.decode(row.payload, type=_Signal)

    def decide(loaded: Loaded) -> Command:
        if loaded.state is ProcessInstanceState.SUSPENDED:
            raise _Suspended
        return BroadcastSignal(name=signal.name, variables=correlation_keys.decode_variables(signal.variables))

    def remove(connection: Connection, _handled: Handled) -> None:
        statements.DELETE_JOB.change(connection, ({"id_": row.id},))

    try:
        instance_store.run(engine, Subject("job", row.id), decide, actor=SYSTEM, also=remove)
    except _Suspended:
        called_instances.put_aside(engine, row.id, row.process_instance_id, row.process_definition_id)
        return False
    except (errors.NotFound, errors.WrongState):
        return called_instances.forget(engine, row.id)
    return True


class _Suspended(Exception):
    """Who waits for the signal is suspended."""


def start(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `signal_start` job."""
    signal = msgspec.json.decode(row.payload, type=_Signal)

    def take(connection: Connection, _handled: Handled) -> None:
        if connection.execute(delete(job).where(job.c.id == row.id)).rowcount != 1:
            raise errors.Conflict(f"Expected job '{row.id}' to wait still, but somebody else did it")

    try:
        definition = engine.definitions.get(row.process_definition_id)
        command = StartProcessInstance(
            variables=correlation_keys.decode_variables(signal.variables),
            start_event_id=row.element_id,
            part=start_subscriptions.part_that_came(
                definition.spec, row.element_id, TriggerKind.SIGNAL, signal.name, engine.clock()
            ),
        )
        instance_store.start(engine, definition, command, actor=SYSTEM, business_key=signal.business_key, also=take)
    except errors.Conflict:
        return False
    except errors.NotFound:
        return called_instances.forget(engine, row.id)
    return True


def _spread(engine: Engine, connection: Connection, signal: _Signal, *, thrown_by: int | None) -> BroadcastView:
    c = subscription.c
    waiting = (
        select(
            c.process_instance_id,
            func.min(c.root_id).label("root_id"),
            func.min(c.process_definition_id).label("process_definition_id"),
            func.min(c.element_id).label("element_id"),
        )
        .where(
            c.kind == KIND,
            c.name == signal.name,
            c.process_instance_id.is_not(None),
            ~closings.is_over(subscription),
        )
        .group_by(c.process_instance_id)
        .order_by(c.process_instance_id)
    )
    if thrown_by is not None:
        waiting = waiting.where(c.process_instance_id != thrown_by)
    begun = subscription.alias("begun")
    starting = select(c.process_definition_id, c.element_id).where(
        c.kind == KIND,
        c.name == signal.name,
        c.process_instance_id.is_(None),
        # An instance that has begun with another part of the same start waits for this one: it begins no second.
        ~exists().where(
            begun.c.kind == KIND,
            begun.c.name == signal.name,
            begun.c.process_instance_id.is_not(None),
            begun.c.process_definition_id == c.process_definition_id,
            begun.c.element_id == c.element_id,
        ),
    )
    found, starts = connection.execute(waiting).all(), connection.execute(starting).all()
    payload = msgspec.json.encode(signal).decode()
    rows = [_row(engine, JobKind.SIGNAL_DELIVERY, payload, row, row.process_instance_id, row.root_id) for row in found]
    rows += [_row(engine, JobKind.SIGNAL_START, payload, row, None, None) for row in starts]
    for first in range(0, len(rows), _AT_ONCE):
        engine.statements.jobs.write(connection, rows[first : first + _AT_ONCE])
    return BroadcastView(process_instances=len(found), starts=len(starts))


def _row(
    engine: Engine, kind: JobKind, payload: str, row: Any, instance_id: int | None, root_id: int | None
) -> dict[str, Any]:
    created = job_rows.created(
        engine.next_id(),
        kind.value,
        kind.value,
        process_definition_id=row.process_definition_id,
        element_id=row.element_id,
        at=engine.clock(),
        retries=engine.settings.job_retries,
    )
    created["process_instance_id"], created["root_id"] = instance_id, root_id
    created["payload"] = payload
    return created
