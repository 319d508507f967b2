"""How the work of a service job ended, as the worker who holds its lease says: completed, failed, or a BPMN error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from baton.bpm import errors, values
from baton.bpm.execution import events
from baton.bpm.execution.commands import CompleteJob, FailJob, ThrowBpmnError
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import announcements, instance_store, job_leases, job_views, job_writes
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Handled
from baton.bpm.runtime.job_views import JobView
from baton.bpm.runtime.wakeups import job_topic

_pauses = msgspec.json.Decoder(tuple[float, ...]).decode
_MAXIMUM_BACKOFF_SECONDS = 30 * 24 * 3600.0


class _Completed(msgspec.Struct, frozen=True):
    """What is remembered of a completion that had a key: that it happened."""


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
        job_leases.check_lease(loaded, worker, "complete")
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


def _failing(worker: str, message: str) -> instance_store.Decide:
    """The command that gives the job up, if `worker` holds it."""

    def decide(loaded: Loaded) -> FailJob:
        job_leases.check_lease(loaded, worker, "fail")
        row = loaded.row
        return FailJob(token_id=row.token_id, scope_id=row.scope_id, job_id=row.id, message=message)

    return decide


def _fail_as_error(engine: Engine, job_id: int, worker: str, message: str, left: int, actor: Actor) -> bool:
    """True if an error mapping holds, though there are tries left (or it cannot be decided, which is an incident)."""

    def only_if_thrown(connection: Connection, handled: Handled) -> None:
        if any(isinstance(event, events.IncidentRaised) and event.type == "job" for event in handled.happened):
            raise _NoError
        job_writes.to_incident(job_id, message)(connection, handled)

    failed = Entry("JobFailed", job_views.find(engine, job_id).element_id, _failure(job_id, message, left))
    try:
        instance_store.run(
            engine,
            Subject("job", job_id),
            _failing(worker, message),
            actor=actor,
            also=only_if_thrown,
            before=(failed,),
        )
    except _NoError:
        return False
    return True


def _fail_for_good(engine: Engine, job_id: int, worker: str, message: str, actor: Actor) -> None:
    failed = Entry("JobFailed", job_views.find(engine, job_id).element_id, _failure(job_id, message, 0))
    instance_store.run(
        engine,
        Subject("job", job_id),
        _failing(worker, message),
        actor=actor,
        also=job_writes.to_incident(job_id, message),
        before=(failed,),
    )


def _fail_for_now(
    engine: Engine, job_id: int, worker: str, message: str, left: int, backoff_seconds: float | None, actor: Actor
) -> None:
    def change(connection: Connection, loaded: Loaded) -> list[Entry]:
        job_leases.check_lease(loaded, worker, "fail")
        row = loaded.row
        due_at = engine.clock() + backoff(engine, row, backoff_seconds)
        put_off(connection, row, due_at, left, message)
        announcements.announce(engine, connection, (job_topic(row.type),))
        return [Entry("JobFailed", row.element_id, {**_failure(job_id, message, left), "due_at": due_at})]

    loaded = instance_store.amend(engine, Subject("job", job_id), change, actor=actor)
    engine.wakeups.notify((job_topic(loaded.row.type),))


def put_off(connection: Connection, row: Row[Any], due_at: datetime, left: int, message: str) -> None:
    """The job comes again at `due_at`, with so many retries left."""
    job_writes.save(
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
        job_leases.check_lease(loaded, worker, "throw an error of")
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
        engine, Subject("job", job_id), decide, actor=actor, also=job_writes.to_incident(job_id, f"{code}: {message}")
    )
