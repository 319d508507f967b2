"""Leases of service jobs: a worker takes one, and may hold it longer. Its holder alone says how the work ended.

A lease is a committed row change, so the work outside is at least once; the job's id is its idempotency key.
A lease that runs out does not use up a retry, but a job handed out too often without an answer is an incident.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from baton.bpm import errors
from baton.bpm.execution.commands import FailJob
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, instance_rows, instance_store, job_views, job_writes, seen_variables, workers
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, RowSource, Subject
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.job_priorities import BY_TIME, InOrder
from baton.bpm.runtime.job_views import JobView
from baton.bpm.runtime.wakeups import job_topic
from baton.models import job, process_instance
from baton.models.job import NOT_SUSPENDED

MAXIMUM_JOBS = 1000
MAXIMUM_TYPES = 1000
MAXIMUM_TIMEOUT_SECONDS = 60.0
MAXIMUM_LOCK_SECONDS = 24 * 3600.0
# An instance that is locked at this moment is passed over; its jobs are looked for again after this long.
_PASSED_OVER_SECONDS = 0.02

_DUE = select(job).where(
    job.c.kind == "service",
    NOT_SUSPENDED,
    job.c.type.in_(bindparam("types", expanding=True)),
    job.c.due_at <= bindparam("now"),
    ~closings.is_over(job),
)
_HOW_MANY = _DUE.with_only_columns(job.c.id).order_by(*BY_TIME).limit(bindparam("limit"))
_IN_ORDER = InOrder(_DUE)
_NEXT_DUE = (
    select(job.c.due_at)
    .where(job.c.kind == "service", NOT_SUSPENDED, job.c.type.in_(bindparam("types", expanding=True)))
    .where(job.c.due_at.is_not(None), ~closings.is_over(job))
    .order_by(job.c.due_at)
    .limit(1)
)
# Instances that are busy are passed over and the limit is filled from the others. It waits for nothing, so the
# order of the locks does not matter.
_IN_ORDER_AND_FREE = _IN_ORDER.with_lock(
    lambda due: due.join(process_instance, process_instance.c.id == job.c.root_id).with_for_update(
        of=process_instance, skip_locked=True
    )
)


def activate(
    engine: Engine,
    *,
    actor: Actor,
    types: Sequence[str],
    worker: str,
    max_jobs: int = 1,
    lock_seconds: float = 300,
    timeout_seconds: float = 0,
    stop: Callable[[], bool] = lambda: False,
) -> list[JobView]:
    """Lease up to `max_jobs` jobs of `types` to `worker`, with the variables they see; higher priorities first.

    Waits up to `timeout_seconds` (at most 60) for the first; woken when one is written, `stop` ends it early.
    """
    actor.require(Role.WORKER)
    _check_activation(types, worker, max_jobs, lock_seconds)
    wanted = sorted(set(types))
    workers.note(engine, worker, wanted, actor=actor)
    topics = [job_topic(type_) for type_ in wanted]
    deadline = time.monotonic() + min(max(timeout_seconds, 0.0), MAXIMUM_TIMEOUT_SECONDS)
    while True:
        generation = engine.wakeups.generation(topics)
        leased, passed_over = _lease(engine, wanted, worker, max_jobs, lock_seconds, actor)
        left = deadline - time.monotonic()
        if leased or stop() or (left <= 0 and not passed_over):
            return leased
        pause = _PASSED_OVER_SECONDS if passed_over else min(left, _seconds_to_next(engine, wanted))
        engine.wakeups.wait(topics, generation, max(pause, 0.001))
        if passed_over and left <= 0 and time.monotonic() - deadline > 10 * _PASSED_OVER_SECONDS:
            return []


def next_due_seconds(engine: Engine, types: Sequence[str]) -> float:
    """Seconds until a job of `types` is due by the engine's clock: a retry's back-off or a lease runs out."""
    return _seconds_to_next(engine, types)


def _check_activation(types: Sequence[str], worker: str, max_jobs: int, lock_seconds: float) -> None:
    if not 1 <= len(types) <= MAXIMUM_TYPES:
        raise errors.InvalidCommand(f"Expected 1 to {MAXIMUM_TYPES} job types, found {len(types)}", field="types")
    if not 1 <= len(worker) <= 255 or "\0" in worker:
        raise errors.InvalidCommand("Expected a worker name of 1 to 255 characters", field="worker")
    if not 1 <= max_jobs <= MAXIMUM_JOBS:
        raise errors.InvalidCommand(f"Expected maxJobs between 1 and {MAXIMUM_JOBS}, found {max_jobs}", field="maxJobs")
    _check_lock_seconds(lock_seconds)


def _check_lock_seconds(lock_seconds: float) -> None:
    if not 0 < lock_seconds <= MAXIMUM_LOCK_SECONDS:
        raise errors.InvalidCommand(
            f"Expected lockSeconds above 0 and at most {MAXIMUM_LOCK_SECONDS:.0f}, found {lock_seconds}",
            field="lockSeconds",
        )


def _seconds_to_next(engine: Engine, types: Sequence[str]) -> float:
    with engine.database.read() as connection:
        due_at = connection.execute(_NEXT_DUE, {"types": list(types)}).scalar()
    if due_at is None:
        return MAXIMUM_TIMEOUT_SECONDS
    return float((due_at - engine.clock()).total_seconds())


def _lease(
    engine: Engine, types: Sequence[str], worker: str, max_jobs: int, lock_seconds: float, actor: Actor
) -> tuple[list[JobView], bool]:
    """The leased jobs, and whether some were passed over because their instances are busy."""
    leased: list[JobView] = []
    too_often: list[Row[Any]] = []
    parameters = {"types": types, "now": engine.clock()}
    with engine.database.read() as connection:
        wanted = len(connection.execute(_HOW_MANY, {**parameters, "limit": max_jobs}).all())
    if not wanted:
        return [], False
    with engine.database.write() as connection:
        in_order = _IN_ORDER if engine.database.is_sqlite else _IN_ORDER_AND_FREE
        due = in_order.fetch(connection, parameters, max_jobs)
        for instance_id in sorted({row.process_instance_id for row in due}):
            ids = [row.id for row in due if row.process_instance_id == instance_id]
            found, refused = _lease_of_instance(engine, connection, instance_id, ids, worker, lock_seconds, actor)
            leased += found
            too_often += refused
    place = {row.id: index for index, row in enumerate(due)}
    leased.sort(key=lambda view: place[view.id])
    for row in too_often:
        _give_up(engine, row, actor)
    return leased, len(due) < wanted


def _lease_of_instance(
    engine: Engine,
    connection: Connection,
    instance_id: int,
    job_ids: Sequence[int],
    worker: str,
    lock_seconds: float,
    actor: Actor,
) -> tuple[list[JobView], list[Row[Any]]]:
    loaded = instance_rows.load(connection, Subject("process_instance", instance_id))
    now = engine.clock()
    until = now + timedelta(seconds=lock_seconds)
    rows = [connection.execute(job_writes.ONE, {"id_": id_}).first() for id_ in job_ids]
    due = [row for row in rows if row is not None and not row.suspended and row.due_at and row.due_at <= now]
    fresh = [row for row in due if row.deliveries < engine.settings.job_max_deliveries]

    def change(connection: Connection, _loaded: Loaded) -> list[Entry]:
        for row in fresh:
            job_writes.save(
                connection,
                row,
                state=JobState.ACTIVATED,
                due_at=until,
                deliveries=row.deliveries + 1,
                locked_by=worker,
                locked_until=until,
            )
        return [job_writes.entry("JobActivated", row, worker=worker, locked_until=until) for row in fresh]

    instance_store.amend_loaded(engine, connection, loaded, change, actor=actor)
    source = RowSource(connection, loaded.id, loaded.scope)
    definition = engine.definitions.get(loaded.process_definition_id)
    views = [
        job_views.view_of(
            connection.execute(job_writes.ONE, {"id_": row.id}).one(),
            seen_variables.of_token(definition, source, loaded.id, row.scope_id, row.token_id),
        )
        for row in fresh
    ]
    return views, [row for row in due if row not in fresh]


def _give_up(engine: Engine, row: Row[Any], actor: Actor) -> None:
    message = f"handed out {row.deliveries} times without an answer, last to '{row.locked_by}'"

    def decide(loaded: Loaded) -> FailJob:
        if loaded.row.deliveries != row.deliveries or loaded.row.state == JobState.INCIDENT:
            raise errors.WrongState(f"Expected job with id '{row.id}' to be unanswered, but it moved on")
        loaded.require_active("give up a job")
        return FailJob(token_id=row.token_id, scope_id=row.scope_id, job_id=row.id, message=message)

    try:
        instance_store.run(
            engine, Subject("job", row.id), decide, actor=actor, also=job_writes.to_incident(row.id, message)
        )
    except errors.Rejection:
        return  # answered or cancelled at the last moment


def extend(engine: Engine, job_id: int, *, actor: Actor, worker: str, lock_seconds: float) -> JobView:
    """Hold the lease for `lock_seconds` from now."""
    actor.require(Role.WORKER)
    _check_lock_seconds(lock_seconds)

    def change(connection: Connection, loaded: Loaded) -> list[Entry]:
        check_lease(loaded, worker, "extend")
        until = engine.clock() + timedelta(seconds=lock_seconds)
        job_writes.save(
            connection,
            loaded.row,
            state=JobState.ACTIVATED,
            due_at=until,
            locked_by=worker,
            locked_until=until,
        )
        return [job_writes.entry("JobLeaseExtended", loaded.row, worker=worker, locked_until=until)]

    instance_store.amend(engine, Subject("job", job_id), change, actor=actor)
    return job_views.view_of(job_views.find(engine, job_id))


def check_lease(loaded: Loaded, worker: str, doing: str) -> None:
    """Raise `WrongState` unless `worker` holds the service job, and its instance is active."""
    row = loaded.row
    if row.kind != JobKind.SERVICE:
        raise errors.WrongState(f"Expected to {doing} job with id '{row.id}', but it is a {row.kind}, not for workers")
    if row.state != JobState.ACTIVATED or row.locked_by != worker:
        holder = f" and held by '{row.locked_by}'" if row.locked_by else ""
        raise errors.WrongState(
            f"Expected '{worker}' to {doing} job with id '{row.id}', but it is in state '{row.state}'{holder}",
            state=row.state,
        )
    loaded.require_active(f"{doing} job with id '{row.id}'")
