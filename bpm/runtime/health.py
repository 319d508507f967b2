"""Health: is the database there, is it ours, is work piling up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import closings
from baton.bpm.runtime.engine import Engine
from baton.models import incident, job, migrations

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
