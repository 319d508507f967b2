"""Health: is the database there, is it ours, is work piling up."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib import metadata
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, text

from baton.bpm.lifecycle import IncidentState, JobState
from baton.bpm.runtime import closings
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.models import incident, job, migrations
from baton.models.job import NOT_SUSPENDED

_BACKLOG_LIMIT = 10_000


def health(engine: Engine) -> dict[str, Any]:
    """`{"status": "ok" or "schema_outdated", "database", "schema_revision", "job_backlog", "open_incidents"}`.

    `job_backlog` counts jobs that are due, `open_incidents` what waits for repair; both stop at 10,000.
    """
    is_due = (job.c.due_at <= engine.clock(), job.c.suspended.is_(False), closings.is_wanted())
    due = select(job.c.id).where(*is_due).limit(_BACKLOG_LIMIT)
    is_open = (incident.c.state == IncidentState.OPEN.value, ~closings.is_over(incident))
    open_ = select(incident.c.id).where(*is_open).limit(_BACKLOG_LIMIT)
    with engine.database.read() as connection:
        revision = migrations.current_revision(connection)
        backlog = connection.execute(select(func.count()).select_from(due.subquery())).scalar()
        incidents = connection.execute(select(func.count()).select_from(open_.subquery())).scalar()
    return {
        "status": "ok" if revision == migrations.head_revision() else "schema_outdated",
        "database": engine.database.engine.dialect.name,
        "schema_revision": revision,
        "job_backlog": backlog,
        "open_incidents": incidents,
    }


class HealthDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What operators ask first. Sizes are bytes; counts of jobs and incidents stop at 10,000.

    `oldest_due_at` is the due time of the job that has waited longest, None if nothing is due.
    """

    status: str
    version: str
    python: str
    database: str
    database_version: str
    database_bytes: int
    schema_revision: str | None
    job_backlog: int
    oldest_due_at: datetime | None
    jobs_leased: int
    jobs_failed: int
    jobs_out_of_retries: int
    open_incidents: int


def details(engine: Engine, *, actor: Actor) -> HealthDetails:
    """Health with versions, sizes and the states of jobs. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    found = health(engine)
    oldest = select(job.c.due_at).where(job.c.due_at <= engine.clock(), NOT_SUSPENDED).order_by(job.c.due_at).limit(1)
    with engine.database.read() as connection:
        version, size = _database(connection, engine.database.is_sqlite)
        return HealthDetails(
            **found,
            version=metadata.version("baton-bpm"),
            python=platform.python_version(),
            database_version=version,
            database_bytes=size,
            oldest_due_at=connection.execute(oldest).scalar(),
            jobs_leased=_in_state(connection, JobState.ACTIVATED),
            jobs_failed=_in_state(connection, JobState.FAILED),
            jobs_out_of_retries=_in_state(connection, JobState.INCIDENT),
        )


def _in_state(connection: Connection, state: JobState) -> int:
    # The second condition says again what the index of jobs in other states asks for.
    found = select(job.c.id).where(job.c.state == state.value, job.c.state != JobState.CREATED.value)
    return connection.execute(select(func.count()).select_from(found.limit(_BACKLOG_LIMIT).subquery())).scalar_one()


def _database(connection: Connection, is_sqlite: bool) -> tuple[str, int]:
    """Version, and bytes without the write-ahead log."""
    if is_sqlite:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
        return str(connection.execute(text("SELECT sqlite_version()")).scalar_one()), pages * size
    version = str(connection.execute(text("SHOW server_version")).scalar_one())
    return version, int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
