"""What workers do with service jobs: take a lease, then complete, fail, throw or extend; only its holder may.

A lease is a committed row change, so the work outside is at least once; the job's id is its idempotency key.
A lease that runs out does not use up a retry, but a job handed out too often without an answer is an incident.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from baton.bpm import errors, values
from baton.bpm.execution import events
from baton.bpm.execution.commands import CompleteJob, FailJob, ThrowBpmnError
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, instance_rows, instance_store, job_views, seen_variables, workers
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, RowSource, Subject
from baton.bpm.runtime.instance_store import Handled
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.job_priorities import BY_TIME, InOrder
from baton.bpm.runtime.job_views import JobView
from baton.bpm.runtime.wakeups import job_topic
from baton.models import job, process_instance
from baton.models.job import NOT_SUSPENDED

_pauses = msgspec.json.Decoder(tuple[float, ...]).decode
MAXIMUM_JOBS = 1000
MAXIMUM_TYPES = 1000
MAXIMUM_TIMEOUT_SECONDS = 60.0
MAXIMUM_LOCK_SECONDS = 24 * 3600.0
_MAXIMUM_BACKOFF_SECONDS = 30 * 24 * 3600.0
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
# Read once more under the lock: what is over may have been found before it was.
_ONE = select(job).where(job.c.id == bindparam("id_"), ~closings.is_over(job))
_UPDATE = (
    update(job)
    .where(job.c.id == bindparam("id_"))
    .values(
        state=bindparam("state_"),
        due_at=bindparam("due"),
        retries=bindparam("retries_"),
        deliveries=bindparam("deliveries_"),
        failures=bindparam("failures_"),
        locked_by=bindparam("holder"),
        locked_until=bindparam("until"),
        error_message=bindparam("error"),
    )
)


class _Completed(msgspec.Struct, frozen=True):
    """What is remembered of a completion that had a key: that it happened."""


# --- activate ------------------------------------------------------------------------------------------------


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
    rows = [connection.execute(_ONE, {"id_": id_}).first() for id_ in job_ids]
    due = [row for row in rows if row is not None and not row.suspended and row.due_at and row.due_at <= now]
    fresh = [row for row in due if row.deliveries < engine.settings.job_max_deliveries]

    def change(connection: Connection, _loaded: Loaded) -> list[Entry]:
        for row in fresh:
            _save(
                connection,
                row,
                state=JobState.ACTIVATED,
                due_at=until,
                deliveries=row.deliveries + 1,
                locked_by=worker,
                locked_until=until,
            )
        return [_entry("JobActivated", row, worker=worker, locked_until=until) for row in fresh]

    instance_store.amend_loaded(engine, connection, loaded, change, actor=actor)
    source = RowSource(connection, loaded.id, loaded.scope)
    definition = engine.definitions.get(loaded.process_definition_id)
    views = [
        job_views.view_of(
            connection.execute(_ONE, {"id_": row.id}).one(),
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
        instance_store.run(engine, Subject("job", row.id), decide, actor=actor, also=_to_incident(row.id, message))
    except errors.Rejection:
        return  # answered or cancelled at the last moment


# --- answers -------------------------------------------------------------------------------------------------


def complete(
    engine: Engine,
    job_id: int,
    *,
    actor: Actor,
    worker: str,
    variables: Mapping[str, Any] | None = None,
    idempotency: idempotency_.Idempotency | None = None,
) -> None:
    """The work is done; `variables` are written and the process goes on. Sent again with its key it succeeds again.

    Raises `NotFound` if the job is done or cancelled, `WrongState` if `worker` does not hold its lease.
    """
    actor.require(Role.WORKER)
    if idempotency_.replay(engine, actor, idempotency, _Completed) is not None:
        return
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)

    def decide(loaded: Loaded) -> CompleteJob:
        _check_lease(loaded, worker, "complete")
        row = loaded.row
        return CompleteJob(token_id=row.token_id, scope_id=row.scope_id, job_id=row.id, variables=given)

    def remember(connection: Connection, _handled: Handled) -> None:
        idempotency_.remember(engine, connection, actor, idempotency, _Completed())

    try:
        instance_store.run(engine, Subject("job", job_id), decide, actor=actor, also=remember if idempotency else None)
    except (errors.NotFound, errors.WrongState, errors.Conflict):
        # The same request may have been carried out while this one waited.
        if idempotency_.replay(engine, actor, idempotency, _Completed) is None:
            raise


def fail(
    engine: Engine,
    job_id: int,
    *,
    actor: Actor,
    worker: str,
    message: str,
    retries: int | None = None,
    backoff_seconds: float | None = None,
) -> JobView:
    """The work failed. `retries` left: one less than before unless given; none left is an incident.

    `backoff_seconds` until the next try; by default the diagram's, else it doubles with every failure.
    """
    actor.require(Role.WORKER)
    _check_failure(message, retries, backoff_seconds)
    row = job_views.find(engine, job_id)
    left = _retries_left(row, retries)
    if left and _may_be_an_error(engine, row) and _fail_as_error(engine, job_id, worker, message, left, actor):
        return job_views.view_of(row)  # it is gone, or waits with an incident
    if left == 0:
        _fail_for_good(engine, job_id, worker, message, actor)
    else:
        _fail_for_now(engine, job_id, worker, message, left, backoff_seconds, actor)
    return job_views.view_of(job_views.find(engine, job_id))


def _check_failure(message: str, retries: int | None, backoff_seconds: float | None) -> None:
    if len(message) > 10_000 or "\0" in message:
        raise errors.InvalidCommand("Expected a message of at most 10000 characters", field="message")
    if retries is not None and not 0 <= retries <= 1000:
        raise errors.InvalidCommand(f"Expected retries between 0 and 1000, found {retries}", field="retries")
    if backoff_seconds is not None and not 0 <= backoff_seconds <= _MAXIMUM_BACKOFF_SECONDS:
        raise errors.InvalidCommand(
            f"Expected backoffSeconds between 0 and {_MAXIMUM_BACKOFF_SECONDS:.0f}, found {backoff_seconds}",
            field="backoffSeconds",
        )


def _retries_left(row: Row[Any], retries: int | None) -> int:
    return max(row.retries - 1, 0) if retries is None else retries


def _may_be_an_error(engine: Engine, row: Row[Any]) -> bool:
    """True if the diagram maps failures of the job to BPMN errors."""
    node = engine.definitions.get(row.process_definition_id).spec.find_node(row.element_id)
    return bool(getattr(getattr(node, "element", None), "errors", ()))


class _NoError(Exception):
    """None of the error mappings holds: the failure is a failure."""


def _fail_as_error(engine: Engine, job_id: int, worker: str, message: str, left: int, actor: Actor) -> bool:
    """True if an error mapping holds, though there are tries left (or it cannot be decided, which is an incident)."""

    def decide(loaded: Loaded) -> FailJob:
        _check_lease(loaded, worker, "fail")
        row = loaded.row
        return FailJob(token_id=row.token_id, scope_id=row.scope_id, job_id=row.id, message=message)

    def only_if_thrown(connection: Connection, handled: Handled) -> None:
        if any(isinstance(event, events.IncidentRaised) and event.type == "job" for event in handled.happened):
            raise _NoError
        _to_incident(job_id, message)(connection, handled)

    failed = Entry("JobFailed", job_views.find(engine, job_id).element_id, _failure(job_id, message, left))
    try:
        instance_store.run(engine, Subject("job", job_id), decide, actor=actor, also=only_if_thrown, before=(failed,))
    except _NoError:
        return False
    return True


def _fail_for_good(engine: Engine, job_id: int, worker: str, message: str, actor: Actor) -> None:
    def decide(loaded: Loaded) -> FailJob:
        _check_lease(loaded, worker, "fail")
        row = loaded.row
        return FailJob(token_id=row.token_id, scope_id=row.scope_id, job_id=row.id, message=message)

    failed = Entry("JobFailed", job_views.find(engine, job_id).element_id, _failure(job_id, message, 0))
    instance_store.run(
        engine,
        Subject("job", job_id),
        decide,
        actor=actor,
        also=_to_incident(job_id, message),
        before=(failed,),
    )


def _fail_for_now(
    engine: Engine, job_id: int, worker: str, message: str, left: int, backoff_seconds: float | None, actor: Actor
) -> None:
    def change(connection: Connection, loaded: Loaded) -> list[Entry]:
        _check_lease(loaded, worker, "fail")
        row = loaded.row
        due_at = engine.clock() + backoff(engine, row, backoff_seconds)
        put_off(connection, row, due_at, left, message)
        instance_store.announce(engine, connection, (job_topic(row.type),))
        return [Entry("JobFailed", row.element_id, {**_failure(job_id, message, left), "due_at": due_at})]

    loaded = instance_store.amend(engine, Subject("job", job_id), change, actor=actor)
    engine.wakeups.notify((job_topic(loaded.row.type),))


def put_off(connection: Connection, row: Row[Any], due_at: datetime, left: int, message: str) -> None:
    """The job comes again at `due_at`, with so many retries left."""
    _save(
        connection,
        row,
        state=JobState.FAILED,
        due_at=due_at,
        retries=left,
        deliveries=0,
        failures=row.failures + 1,
        error_message=message,
    )


def _failure(job_id: int, message: str, left: int) -> dict[str, Any]:
    return {"job_id": str(job_id), "message": message, "retries": left}


def backoff(engine: Engine, row: Row[Any], seconds: float | None) -> timedelta:
    """What the worker says, else what the diagram says, else longer with every failure since the last success."""
    if seconds is None:
        pauses = _pauses(row.pauses)
        if pauses:
            seconds = pauses[min(row.failures, len(pauses) - 1)]
        else:
            seconds = min(engine.settings.job_backoff_seconds * 2.0 ** min(row.failures, 20), 3600.0)
    return timedelta(seconds=seconds)


def throw_error(
    engine: Engine,
    job_id: int,
    *,
    actor: Actor,
    worker: str,
    code: str,
    message: str = "",
    variables: Mapping[str, Any] | None = None,
) -> None:
    """The work ended with a BPMN error. Nobody catches it: an incident."""
    actor.require(Role.WORKER)
    if not 1 <= len(code) <= 255 or "\0" in code:
        raise errors.InvalidCommand("Expected an error code of 1 to 255 characters", field="code")
    _check_failure(message, None, None)
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)

    def decide(loaded: Loaded) -> ThrowBpmnError:
        _check_lease(loaded, worker, "throw an error of")
        row = loaded.row
        return ThrowBpmnError(
            token_id=row.token_id,
            scope_id=row.scope_id,
            job_id=row.id,
            code=code,
            message=message,
            variables=given,
        )

    instance_store.run(
        engine, Subject("job", job_id), decide, actor=actor, also=_to_incident(job_id, f"{code}: {message}")
    )


def extend(engine: Engine, job_id: int, *, actor: Actor, worker: str, lock_seconds: float) -> JobView:
    """Hold the lease for `lock_seconds` from now."""
    actor.require(Role.WORKER)
    _check_lock_seconds(lock_seconds)

    def change(connection: Connection, loaded: Loaded) -> list[Entry]:
        _check_lease(loaded, worker, "extend")
        until = engine.clock() + timedelta(seconds=lock_seconds)
        _save(
            connection,
            loaded.row,
            state=JobState.ACTIVATED,
            due_at=until,
            locked_by=worker,
            locked_until=until,
        )
        return [_entry("JobLeaseExtended", loaded.row, worker=worker, locked_until=until)]

    instance_store.amend(engine, Subject("job", job_id), change, actor=actor)
    return job_views.view_of(job_views.find(engine, job_id))


def _check_lease(loaded: Loaded, worker: str, doing: str) -> None:
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


def _to_incident(job_id: int, message: str) -> instance_store.Also:
    """The job's row waits with the incident, if the command ended in one."""

    def also(connection: Connection, handled: Handled) -> None:
        if any(isinstance(event, events.IncidentRaised) for event in handled.happened):
            row = connection.execute(_ONE, {"id_": job_id}).first()
            if row is not None:
                _save(connection, row, state=JobState.INCIDENT, due_at=None, retries=0, error_message=message)

    return also


def _save(connection: Connection, row: Row[Any], *, state: JobState, due_at: Any, **changes: Any) -> None:
    """Write a job's row; who holds it is forgotten unless given."""
    connection.execute(
        _UPDATE,
        {
            "id_": row.id,
            "state_": state.value,
            "due": due_at,
            "retries_": changes.get("retries", row.retries),
            "deliveries_": changes.get("deliveries", row.deliveries),
            "failures_": changes.get("failures", row.failures),
            "holder": changes.get("locked_by"),
            "until": changes.get("locked_until"),
            "error": changes.get("error_message", row.error_message),
        },
    )


def _entry(type_: str, row: Row[Any], **data: Any) -> Entry:
    return Entry(type_, row.element_id, {"job_id": str(row.id), "token_id": str(row.token_id), **data})
