"""Start timers: jobs that start instances. They belong to the newest version of a process only.

Cycles that were missed while no process ran fire once (the last of them), then go on in their rhythm.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from baton.bpm import errors
from baton.bpm.definition.elements import Process
from baton.bpm.execution import timers
from baton.bpm.execution.commands import StartProcessInstance
from baton.bpm.execution.specs import build_specs
from baton.bpm.execution.start_timers import StartTimer, start_timers
from baton.bpm.runtime import instance_store, job_rows, start_subscriptions, statements
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.wakeups import CHANNEL, TIMER_TOPIC
from baton.models import job, process_definition

_PART = "part"

_NEWEST = (
    select(process_definition.c.id)
    .where(process_definition.c.key == bindparam("key"))
    .order_by(process_definition.c.version.desc())
    .limit(1)
)


def schedule(engine: Engine, connection: Connection, process: Process, definition_id: int) -> None:
    """Let `process`, just deployed as `definition_id`, take over from older versions. Raises `ExpressionError`."""
    _clear(connection, process.key)
    due = start_timers(build_specs(process), engine.clock(), engine.zone)
    for each in due:
        connection.execute(insert(job), _row(engine, definition_id, each))
    if due and not engine.database.is_sqlite:
        connection.execute(statements.NOTIFY, {"channel": CHANNEL, "payload": TIMER_TOPIC})


def take_over(engine: Engine, connection: Connection, key: str) -> None:
    """The newest version of `key` was deleted: the one before it, if any, gets its start timers and events back."""
    newest = connection.execute(_NEWEST, {"key": key}).scalar()
    if newest is None:
        return
    start_subscriptions.take_over(engine, connection, newest)
    running = connection.execute(
        select(job.c.id).where(job.c.process_definition_id == newest, job.c.kind == JobKind.START_TIMER.value).limit(1)
    ).first()
    if running is None:
        schedule(engine, connection, engine.definitions.get(newest).spec.process, newest)


def tell(engine: Engine) -> None:
    """After the commit: whoever fires timers looks again."""
    engine.wakeups.notify((TIMER_TOPIC,))


def fire(engine: Engine, row: Row[Any], *, actor: Actor) -> bool:
    """Start the instance of the start timer `row`, and schedule the next. False: somebody else did."""
    definition = engine.definitions.get(row.process_definition_id)
    payload = msgspec.json.decode(row.payload)
    part = payload.pop(_PART, None)
    following = timers.following(payload, engine.clock(), engine.zone)

    def take(connection: Connection, _handled: instance_store.Handled) -> None:
        gone = connection.execute(delete(job).where(job.c.id == row.id, job.c.due_at == row.due_at))
        if gone.rowcount != 1:
            raise errors.Conflict(f"Expected start timer '{row.id}' to be due, but somebody else fired it")
        if following is not None:
            connection.execute(insert(job), _row(engine, definition.id, StartTimer(row.element_id, part, following)))

    command = StartProcessInstance(start_event_id=row.element_id, part=part)
    try:
        instance_store.start(engine, definition, command, actor=actor, business_key=None, also=take)
    except (errors.Conflict, errors.NotFound):
        return False
    tell(engine)
    return True


def _clear(connection: Connection, key: str) -> None:
    versions = select(process_definition.c.id).where(process_definition.c.key == key)
    connection.execute(
        delete(job).where(job.c.kind == JobKind.START_TIMER.value, job.c.process_definition_id.in_(versions))
    )


def _row(engine: Engine, definition_id: int, start: StartTimer) -> dict[str, Any]:
    part = {} if start.part is None else {_PART: start.part}
    kind = JobKind.START_TIMER.value
    row = job_rows.created(
        engine.next_id(),
        kind,
        kind,
        process_definition_id=definition_id,
        element_id=start.element_id,
        at=engine.clock(),
        retries=engine.settings.job_retries,
    )
    row["due_at"] = start.timer.due_at
    row["payload"] = msgspec.json.encode({**start.timer.payload, **part}).decode()
    return row
