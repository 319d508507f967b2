"""The state of everything in a few numbers, each counted along an index and up to a bound."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.models import audit_event, incident, job, process_instance, user_task
from baton.models.job import NOT_SUSPENDED

COUNTED = 1_000
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_LOOKED_AT = 10 * COUNTED
_STEPS = (JobKind.CONTINUATION.value, JobKind.ASYNC_CONTINUATION.value)
_instance, _task = process_instance.c, user_task.c


class ThroughputView(msgspec.Struct, frozen=True, kw_only=True):
    """Process instances."""

    started: int
    ended: int


class SummaryView(msgspec.Struct, frozen=True, kw_only=True):
    """Every count is at most `COUNTED`, which then means "or more".

    An instance that is `active` is `running` if it goes on by itself as soon as its turn comes, else `waiting`: for
    people, messages, timers, workers or a repair. `open_tasks` are user tasks, `overdue_tasks` those past due.
    `last_event_id` rises with everything that happens: who has seen it need not ask for more.
    """

    active: int
    running: int
    waiting: int
    suspended: int
    incidents: int
    open_tasks: int
    overdue_tasks: int
    last_minute: ThroughputView
    last_hour: ThroughputView
    last_event_id: int | None


def get(engine: Engine, *, actor: Actor) -> SummaryView:
    """Of this moment. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    now = engine.clock()
    with engine.database.read() as connection:

        def count(*where: ColumnElement[bool]) -> int:
            return _count(connection, select(literal(1)).where(*where))

        def through(span: timedelta) -> ThroughputView:
            return ThroughputView(
                started=count(_instance.started_at > now - span), ended=count(_instance.ended_at > now - span)
            )

        going_on = _going_on(now)
        open_ = _task.ended_at.is_(None)
        return SummaryView(
            active=count(_instance.state == ProcessInstanceState.ACTIVE.value),
            running=_count(connection, going_on),
            waiting=count(_instance.state == ProcessInstanceState.ACTIVE.value, _instance.id.not_in(going_on)),
            suspended=count(_instance.state == ProcessInstanceState.SUSPENDED.value),
            incidents=count(incident.c.ended_at.is_(None)),
            open_tasks=count(open_),
            overdue_tasks=count(open_, _task.due_at < now),
            last_minute=through(_MINUTE),
            last_hour=through(_HOUR),
            last_event_id=connection.execute(select(func.max(audit_event.c.id))).scalar(),
        )


def _going_on(now: datetime) -> Select[Any]:
    """The instances with a step that is due, among as many due jobs as are looked at."""
    due = (
        select(job.c.process_instance_id, job.c.kind)
        .where(job.c.kind != JobKind.SERVICE.value, NOT_SUSPENDED, job.c.due_at <= now)
        .order_by(job.c.due_at)
        .limit(_LOOKED_AT)
        .subquery()
    )
    is_step = due.c.kind.in_(_STEPS), due.c.process_instance_id.is_not(None)
    return select(due.c.process_instance_id).where(*is_step).distinct()


def _count(connection: Connection, rows: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(rows.limit(COUNTED).subquery())).scalar_one()
