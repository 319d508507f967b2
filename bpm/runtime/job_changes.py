"""What operators change of a job that waits: when it is due, and how often it may be tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from baton.bpm import errors
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import announcements, instance_store, job_views
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.job_views import JobView
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic
from baton.models import job

MOST_RETRIES = 1000
_WAITING = (JobState.CREATED, JobState.FAILED)


def reschedule(engine: Engine, job_id: int, *, actor: Actor, due_at: datetime) -> JobView:
    """Let a timer fire, or a service job be offered to workers, at `due_at` instead; at once if that is past.

    Raises `NotFound`; `WrongState` for a job that is leased, has an incident or is of another kind, and for an
    instance that is suspended.
    """
    return _change(engine, job_id, actor, {"due_at": due_at}, "JobRescheduled", "reschedule")


def set_retries(engine: Engine, job_id: int, *, actor: Actor, retries: int) -> JobView:
    """How often a service job may be tried from now on. Raises as `reschedule`, and `InvalidCommand`."""
    if not 1 <= retries <= MOST_RETRIES:
        raise errors.InvalidCommand(f"Expected retries between 1 and {MOST_RETRIES}, found {retries}", field="retries")
    return _change(engine, job_id, actor, {"retries": retries}, "JobRetriesChanged", "set retries of")


def _change(
    engine: Engine, job_id: int, actor: Actor, values: dict[str, datetime | int], told_as: str, doing: str
) -> JobView:
    actor.require(Role.OPERATOR)
    found = job_views.find(engine, job_id)
    kinds = (JobKind.SERVICE,) if "retries" in values else (JobKind.SERVICE, JobKind.TIMER)
    if found.kind not in kinds:
        raise errors.WrongState(
            f"Expected to {doing} job with id '{job_id}', but it is of kind '{found.kind}', not {' or '.join(kinds)}"
        )
    topics = (job_topic(found.type) if found.kind == JobKind.SERVICE else TIMER_TOPIC,)

    def change(connection: Connection, loaded: Loaded) -> list[Entry]:
        loaded.require_active(f"{doing} job with id '{job_id}'")
        row = loaded.row
        if row.state not in _WAITING:
            raise errors.WrongState(
                f"Expected to {doing} job with id '{job_id}', but it is in state '{row.state}'", state=str(row.state)
            )
        connection.execute(update(job).where(job.c.id == job_id).values(values))
        announcements.announce(engine, connection, topics)
        before = {f"old_{name}": getattr(row, name) for name in values}
        return [Entry(told_as, row.element_id, {"job_id": str(job_id), **before, **values})]

    instance_store.amend(engine, Subject("job", job_id), change, actor=actor)
    engine.wakeups.notify(topics)
    return job_views.view_of(job_views.find(engine, job_id))
