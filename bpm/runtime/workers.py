"""Workers that were seen asking for jobs. Memory notes every request, the database one per worker and half minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, func, select

from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import keysets, pages
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import job, worker

KEPT_FOR = timedelta(days=7)
_types = msgspec.json.Decoder(tuple[str, ...]).decode


class WorkerView(msgspec.Struct, frozen=True, kw_only=True):
    """`last_seen_at` is right to half a minute; `jobs_leased` is how many jobs it holds now."""

    name: str
    actor_id: str
    job_types: tuple[str, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    jobs_leased: int


def note(engine: Engine, name: str, types: Sequence[str], *, actor: Actor) -> None:
    """The worker asks for jobs of these types now."""
    now, wanted = engine.clock(), tuple(types)
    if not engine.seen_workers.is_news(name, wanted, now):
        return
    row = {
        "name": name,
        "actor_id": actor.id,
        "job_types": msgspec.json.encode(wanted).decode(),
        "first_seen_at": now,
        "last_seen_at": now,
    }
    with engine.database.write() as connection:
        engine.statements.workers.write(connection, [row])


def list_(engine: Engine, *, actor: Actor, limit: int = 50, cursor: str | None = None) -> Page[WorkerView]:
    """By name. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    pages.check_limit(limit)
    query = select(worker).order_by(worker.c.name).limit(limit + 1)
    if cursor is not None:
        (last,) = keysets.decode("workers", cursor, tuple[str])
        query = query.where(worker.c.name > last)
    # The second condition says again what the index of jobs in other states asks for.
    held = select(job.c.locked_by, func.count().label("held")).where(
        job.c.state == JobState.ACTIVATED.value, job.c.state != JobState.CREATED.value
    )
    held = held.where(job.c.locked_until > engine.clock()).group_by(job.c.locked_by)
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
        leased = {row.locked_by: row.held for row in connection.execute(held)}
    views = tuple(
        WorkerView(
            name=row.name,
            actor_id=row.actor_id,
            job_types=_types(row.job_types),
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            jobs_leased=leased.get(row.name, 0),
        )
        for row in rows[:limit]
    )
    return Page(views, keysets.encode("workers", views[-1].name) if len(rows) > limit else None)


def forget_old(engine: Engine) -> int:
    """Drop those not seen for `KEPT_FOR`; how many there were."""
    with engine.database.write() as connection:
        return connection.execute(delete(worker).where(worker.c.last_seen_at < engine.clock() - KEPT_FOR)).rowcount
