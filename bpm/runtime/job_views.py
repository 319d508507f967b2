"""Jobs: service tasks, timers, start timers and continuations, each one row until it is done. How one is read.

`job_lists` finds them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select

from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, instance_rows
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.models import job

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
