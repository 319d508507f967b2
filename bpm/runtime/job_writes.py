"""How the row of a job that a worker held or holds is written, and what the audit is told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from baton.bpm.execution import events
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, instance_store
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.instance_store import Handled
from baton.models import job

ONE = select(job).where(job.c.id == bindparam("id_"), ~closings.is_over(job))
"""Read once more under the lock: what is over may have been found before it was."""
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


def save(connection: Connection, row: Row[Any], *, state: JobState, due_at: Any, **changes: Any) -> None:
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


def entry(type_: str, row: Row[Any], **data: Any) -> Entry:
    """An event of the job's row for the audit."""
    return Entry(type_, row.element_id, {"job_id": str(row.id), "token_id": str(row.token_id), **data})


def to_incident(job_id: int, message: str) -> instance_store.Also:
    """The job's row waits with the incident, if the command ended in one."""

    def also(connection: Connection, handled: Handled) -> None:
        if any(isinstance(event, events.IncidentRaised) for event in handled.happened):
            row = connection.execute(ONE, {"id_": job_id}).first()
            if row is not None:
                save(connection, row, state=JobState.INCIDENT, due_at=None, retries=0, error_message=message)

    return also
