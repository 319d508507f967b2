"""Baton's own jobs that are tried again: asynchronous continuations, and timers whose diagram gives a retry cycle.

A try that ends in an incident is undone as a whole, and comes again after its pause. The last one is not undone: what
could be done stays done, and the step that failed has the incident, which resolving tries again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from baton.bpm import errors
from baton.bpm.execution import events
from baton.bpm.runtime import instance_store, job_outcomes
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Decide, Handled
from baton.bpm.runtime.job_kinds import JobKind

TRIED_AGAIN = frozenset({JobKind.ASYNC_CONTINUATION, JobKind.TIMER})


class _Failed(Exception):
    """The try ended in this incident; nothing of it is kept."""

    def __init__(self, incident: events.IncidentRaised) -> None:
        super().__init__(incident.message)
        self.incident = incident


def run(engine: Engine, row: Row[Any], decide: Decide, *, actor: Actor) -> bool:
    """One of several tries. True if it was made, even if it failed; raises what `decide` refuses."""
    try:
        instance_store.run(engine, Subject("job", row.id), decide, actor=actor, also=_keep_only_success)
    except _Failed as failed:
        _put_off(engine, row, failed.incident, actor)
    return True


def _keep_only_success(_connection: Connection, handled: Handled) -> None:
    for event in handled.happened:
        if isinstance(event, events.IncidentRaised):
            raise _Failed(event)


def _put_off(engine: Engine, row: Row[Any], incident: events.IncidentRaised, actor: Actor) -> None:
    def change(connection: Connection, loaded: Loaded) -> list[Entry]:
        if loaded.row.retries != row.retries or loaded.row.due_at != row.due_at:
            raise errors.WrongState(f"Expected to put off job with id '{row.id}', but it moved on")
        due_at = engine.clock() + job_outcomes.backoff(engine, loaded.row, None)
        job_outcomes.put_off(connection, loaded.row, due_at, loaded.row.retries - 1, incident.message)
        data = {
            "job_id": str(row.id),
            "failed_element_id": incident.element_id,
            "message": incident.message,
            "retries": loaded.row.retries - 1,
            "due_at": due_at,
        }
        return [Entry("JobFailed", row.element_id, data)]

    instance_store.amend(engine, Subject("job", row.id), change, actor=actor)
