"""What Baton does itself when a job is due: timers, start timers, continuations, closings, and what crosses between
instances.

The job's row is read again under the lock of its instance and goes with the change it causes, so whatever
delivers an id twice causes one effect.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, or_, select, update

from baton.bpm import errors
from baton.bpm.execution.commands import (
    CloseScopes,
    Command,
    ContinueProcessInstance,
    FireTimer,
    StartAsyncContinuation,
)
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import (
    announcements,
    batches,
    called_instances,
    closings,
    crossings,
    instance_store,
    job_tries,
    job_views,
    start_timers,
    statements,
)
from baton.bpm.runtime.actors import SYSTEM, TIMER, Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Handled
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.job_priorities import InOrder
from baton.bpm.runtime.prepared import Prepared
from baton.bpm.runtime.wakeups import job_topic
from baton.models import job
from baton.models.job import NOT_SUSPENDED

# How long a process that took a due job keeps others from trying it; it is done within milliseconds or was killed.
LEASE = timedelta(seconds=30)
_MAXIMUM_BACKOFF = timedelta(minutes=5)
_log = logging.getLogger(__name__)

_INTERNAL = (job.c.kind != JobKind.SERVICE.value, NOT_SUSPENDED)
_DUE = (
    select(job.c.id)
    .where(*_INTERNAL, job.c.due_at <= bindparam("now"), closings.is_wanted())
    .where(or_(job.c.locked_until.is_(None), job.c.locked_until <= bindparam("now")))
)
_ANY_DUE = _DUE.limit(1)
_IN_ORDER = InOrder(_DUE)
_IN_ORDER_AND_FREE = _IN_ORDER.with_lock(lambda due: due.with_for_update(skip_locked=True))
_LEASE = Prepared(update(job).where(job.c.id == bindparam("id_")).values(locked_until=bindparam("until")))
_NEXT_FREE = (
    select(job.c.due_at)
    .where(*_INTERNAL, closings.is_wanted())
    .where(or_(job.c.locked_until.is_(None), job.c.locked_until <= bindparam("now")))
    .order_by(job.c.due_at)
    .limit(1)
)
_NEXT_LEASE_END = select(func.min(job.c.locked_until)).where(*_INTERNAL, job.c.locked_until > bindparam("now"))
_POSTPONE = (
    update(job)
    .where(job.c.id == bindparam("id_"))
    .values(
        due_at=bindparam("due"),
        locked_until=None,
        deliveries=job.c.deliveries + 1,
        error_message=bindparam("message"),
    )
)


def take_due(engine: Engine, *, limit: int, running: Collection[int] = ()) -> list[int]:
    """Ids of jobs of Baton's own that are due, without those `running` in this process.

    Higher priorities first, then the earliest.

    On PostgreSQL a short lease keeps the other processes from trying the same ones.
    """
    parameters = {"now": engine.clock()}
    with engine.database.read() as connection:
        if connection.execute(_ANY_DUE, parameters).first() is None:
            return []
        if engine.database.is_sqlite:
            found = _IN_ORDER.fetch(connection, parameters, limit + len(running))
            return [row.id for row in found if row.id not in running][:limit]
    with engine.database.write() as connection:
        taken = [row.id for row in _IN_ORDER_AND_FREE.fetch(connection, parameters, limit + len(running))]
        until = engine.clock() + LEASE
        _LEASE.change(connection, [{"id_": id_, "until": until} for id_ in taken])
    return [id_ for id_ in taken if id_ not in running]


def next_due(engine: Engine, running: Collection[int] = ()) -> datetime | None:
    """When the next job of Baton's own is due that nobody is carrying out; None if there is none."""
    others = (job.c.id.not_in(list(running)),) if running else ()
    now = engine.clock()
    with engine.database.read() as connection:
        free: datetime | None = connection.execute(_NEXT_FREE.where(*others), {"now": now}).scalar()
        if engine.database.is_sqlite or (free is not None and free <= now):
            return free
        # What is due before the first free job is leased: few rows, and none behind it needs to be looked at.
        leased = _NEXT_LEASE_END.where(*others)
        if free is not None:
            leased = leased.where(job.c.due_at <= free)
        lease_end: datetime | None = connection.execute(leased, {"now": now}).scalar()
    return min((moment for moment in (free, lease_end) if moment is not None), default=None)


def execute_due(engine: Engine, job_id: int, *, actor: Actor | None = None, early: bool = False) -> bool:
    """Carry out a timer, start timer or continuation. False if it is gone, not due yet, or suspended.

    `early` does not wait for the due time. Service jobs are for workers: `WrongState`.
    """
    try:
        row = job_views.find(engine, job_id)
    except errors.NotFound:
        return False
    if row.kind == JobKind.SERVICE:
        raise errors.WrongState(f"Expected job with id '{job_id}' to be Baton's own, but it is for a worker")
    if row.suspended or row.due_at is None or (not early and row.due_at > engine.clock()):
        return False
    if row.kind == JobKind.START_TIMER:
        return start_timers.fire(engine, row, actor=actor or TIMER)
    if row.kind == JobKind.BATCH:
        return batches.carry_out(engine, row)
    if row.kind in crossings.CROSSINGS:
        return crossings.carry_out(engine, row)
    return _execute(engine, row, actor, early=early)


def run_now(engine: Engine, job_id: int, *, actor: Actor) -> None:
    """Do not wait for the due time: fire the timer, or offer the service job to workers at once.

    Raises `NotFound`; `WrongState` for a job that is leased, has an incident, or is suspended.
    """
    actor.require(Role.OPERATOR)
    row = job_views.find(engine, job_id)
    if row.kind != JobKind.SERVICE:
        if not execute_due(engine, job_id, actor=actor, early=True):
            raise errors.WrongState(f"Expected to run job with id '{job_id}', but it is suspended or just done")
        return

    topics = (job_topic(row.type),)

    def change(connection: Any, loaded: Loaded) -> list[Entry]:
        state = loaded.row.state
        if state not in (JobState.CREATED, JobState.FAILED):
            raise errors.WrongState(
                f"Expected to run job with id '{job_id}', but it is in state '{state}'", state=str(state)
            )
        loaded.require_active(f"run job with id '{job_id}'")
        connection.execute(update(job).where(job.c.id == job_id).values(due_at=engine.clock()))
        announcements.announce(engine, connection, topics)
        return [Entry("JobRunRequested", row.element_id, {"job_id": str(job_id)})]

    instance_store.amend(engine, Subject("job", job_id), change, actor=actor)
    engine.wakeups.notify(topics)


def postpone(engine: Engine, job_id: int, message: str) -> None:
    """A job of Baton's own failed by a bug or a lost database: it comes again later, each time later."""
    try:
        row = job_views.find(engine, job_id)
    except errors.NotFound:
        return
    wait = min(timedelta(seconds=2.0 ** min(row.deliveries, 16)), _MAXIMUM_BACKOFF)
    with engine.database.write() as connection:
        connection.execute(_POSTPONE, {"id_": job_id, "due": engine.clock() + wait, "message": message[:2000]})


def _execute(engine: Engine, row: Row[Any], actor: Actor | None, *, early: bool) -> bool:
    def decide(loaded: Loaded) -> Command:
        if loaded.ended_at is not None:
            raise _Ended
        if row.kind == JobKind.CLOSING:
            return CloseScopes(token_id=row.token_id)  # also of one that is suspended, if it is to end
        loaded.require_active(f"run job with id '{row.id}'")
        if not early and loaded.row.due_at > engine.clock():
            raise errors.WrongState(f"Expected job with id '{row.id}' to be due, but it was put off")
        return _command(loaded.row)

    def remove(connection: Any, _handled: Handled) -> None:
        statements.DELETE_JOB.change(connection, ({"id_": row.id},))

    acting = actor or (TIMER if row.kind == JobKind.TIMER else SYSTEM)
    try:
        if row.kind in job_tries.TRIED_AGAIN and row.retries > 1:
            return job_tries.run(engine, row, decide, actor=acting)
        instance_store.run(engine, Subject("job", row.id), decide, actor=acting, also=remove)
    except _Ended:
        return called_instances.forget(engine, row.id)
    except errors.Rejection as rejection:
        _log.info("job %s was not run: %s", row.id, rejection)
        return False
    return True


class _Ended(Exception):
    """The instance ended before a run of it that was to go on: nothing is left to be done."""


def _command(row: Row[Any]) -> Command:
    if row.kind == JobKind.CONTINUATION:
        return ContinueProcessInstance()
    if row.kind == JobKind.ASYNC_CONTINUATION:
        return StartAsyncContinuation(token_id=row.token_id, scope_id=row.scope_id, job_id=row.id)
    return FireTimer(
        token_id=row.token_id,
        scope_id=row.scope_id,
        job_id=row.id,
        element_id=row.element_id,
        payload=msgspec.json.decode(row.payload),
    )
