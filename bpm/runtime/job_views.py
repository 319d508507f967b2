"""Jobs: service tasks, timers, start timers and continuations, each one row until it is done. How they are read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, Select, select, tuple_

from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, instance_rows, keysets
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.pages import Page, check_limit, fetch_page
from baton.models import job
from baton.models.job import NOT_SUSPENDED

_headers = msgspec.json.Decoder(dict[str, str]).decode


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """`due_at` is when it may next be taken, None while an incident is open; higher `priority` first.

    `variables` is filled by `activate` only: everything its scope sees, inner scopes first.
    """

    id: int
    kind: JobKind
    type: str
    state: JobState
    suspended: bool
    process_instance_id: int | None
    process_definition_id: int
    element_id: str
    created_at: datetime
    due_at: datetime | None
    priority: int
    retries: int
    deliveries: int
    locked_by: str | None
    locked_until: datetime | None
    headers: dict[str, str]
    error_message: str | None
    variables: dict[str, Any] = {}


class JobCondition(StrEnum):
    """May be taken now; held by a worker; waits after a failure; has no retries left (an incident is open)."""

    DUE = "due"
    LEASED = "leased"
    FAILED = "failed"
    OUT_OF_RETRIES = "out_of_retries"


def list_(
    engine: Engine,
    *,
    actor: Actor,
    condition: JobCondition | None = None,
    kind: JobKind | None = None,
    state: JobState | None = None,
    type: str | None = None,
    process_instance_id: int | None = None,
    process_definition_id: int | None = None,
    due_before: datetime | None = None,
    due_after: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[JobView]:
    """Oldest first, those that are due by due time. Operators and workers only, else `NotAllowed`."""
    actor.require(Role.OPERATOR, Role.WORKER)
    query = select(job).where(closings.is_wanted())
    if condition is not None:
        query = query.where(*_holds(condition, engine.clock()))
    for column, wanted in (
        (job.c.kind, kind and kind.value),
        (job.c.state, state and state.value),
        (job.c.type, type),
        (job.c.process_instance_id, process_instance_id),
        (job.c.process_definition_id, process_definition_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if due_before is not None:
        query = query.where(job.c.due_at < due_before)
    if due_after is not None:
        query = query.where(job.c.due_at > due_after)
    if condition is JobCondition.DUE:
        return _by_due_time(engine, query, limit, cursor)
    with engine.database.read() as connection:
        return fetch_page(connection, query, job.c.id, view_of, limit=limit, cursor=cursor, newest_first=False)


def _holds(condition: JobCondition, now: datetime) -> tuple[Any, ...]:
    if condition is JobCondition.DUE:
        return job.c.due_at <= now, NOT_SUSPENDED
    if condition is JobCondition.LEASED:
        # The second says again what the index of jobs in other states asks for.
        return job.c.state == JobState.ACTIVATED.value, job.c.state != JobState.CREATED.value, job.c.due_at > now
    state = JobState.FAILED if condition is JobCondition.FAILED else JobState.INCIDENT
    return job.c.state == state.value, job.c.state != JobState.CREATED.value


def _by_due_time(engine: Engine, query: Select[Any], limit: int, cursor: str | None) -> Page[JobView]:
    check_limit(limit)
    if cursor is not None:
        due, last = keysets.decode("jobs:due", cursor, tuple[int, int])
        query = query.where(tuple_(job.c.due_at, job.c.id) > (keysets.to_time(due), last))
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(job.c.due_at, job.c.id).limit(limit + 1)).all()
    following = None
    if len(rows) > limit:
        following = keysets.encode("jobs:due", keysets.of_time(rows[limit - 1].due_at), rows[limit - 1].id)
    return Page(tuple(view_of(row) for row in rows[:limit]), following)


def get(engine: Engine, job_id: int, *, actor: Actor) -> JobView:
    """Raises `NotFound`, also when it is done."""
    actor.require(Role.OPERATOR, Role.WORKER)
    with engine.database.read() as connection:
        row = connection.execute(select(job).where(job.c.id == job_id, closings.is_wanted())).first()
    if row is None:
        raise instance_rows.Subject("job", job_id).not_found()
    return view_of(row)


def find(engine: Engine, job_id: int) -> Row[Any]:
    """The row. Raises `NotFound`."""
    with engine.database.read() as connection:
        row = connection.execute(select(job).where(job.c.id == job_id)).first()
    if row is None:
        raise instance_rows.Subject("job", job_id).not_found()
    return row


def view_of(row: Row[Any], variables: dict[str, Any] | None = None) -> JobView:
    """The view of a row; `variables` for who is to work on it."""
    return JobView(
        id=row.id,
        kind=JobKind(row.kind),
        type=row.type,
        state=JobState(row.state),
        suspended=row.suspended,
        process_instance_id=row.process_instance_id,
        process_definition_id=row.process_definition_id,
        element_id=row.element_id,
        created_at=row.created_at,
        due_at=row.due_at,
        priority=row.priority,
        retries=row.retries,
        deliveries=row.deliveries,
        locked_by=row.locked_by,
        locked_until=row.locked_until,
        headers=_headers(row.headers),
        error_message=row.error_message,
        variables=variables or {},
    )
