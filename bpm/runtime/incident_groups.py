"""Open incidents by cause, and their repair all at once: what failed alike is often mended alike."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, func, or_, select

from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import incident_causes, incidents, keysets, outside_events, pages
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import incident

MAXIMUM_AT_ONCE = 1000
_MAXIMUM_SECONDS = 20.0
_REFUSED_TOLD = 20
_OPEN = incident.c.state == IncidentState.OPEN.value


class IncidentGroupView(msgspec.Struct, frozen=True, kw_only=True):
    """`count` open incidents of one `cause`. `message` is the newest one's, `shape` what all of them have in common."""

    cause: str
    count: int
    key: str
    process_definition_id: int
    element_id: str
    type: str
    shape: str
    message: str
    newest_id: int
    newest_at: datetime
    oldest_id: int


class RefusedView(msgspec.Struct, frozen=True):
    """An incident that could not be resolved, and why."""

    incident_id: int
    message: str


class RepairView(msgspec.Struct, frozen=True, kw_only=True):
    """What one call did: `failed_again` of the `resolved` have a new incident; `refused` could not be tried.

    `refusals` tells some of these. `next_cursor`: where to go on with the incidents that are left, None if none is.
    """

    resolved: int
    failed_again: int
    refused: int
    refusals: tuple[RefusedView, ...]
    next_cursor: str | None


def list_(
    engine: Engine, *, actor: Actor, cause: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[IncidentGroupView]:
    """Largest first (or that of `cause`), counted in the index of open incidents by cause.

    Operators only, else `NotAllowed`.
    """
    actor.require(Role.OPERATOR)
    pages.check_limit(limit)
    count, newest = func.count(), func.max(incident.c.id)
    query = (
        select(incident.c.cause, count.label("total"), newest.label("newest"), func.min(incident.c.id).label("oldest"))
        .where(_OPEN)
        .group_by(incident.c.cause)
        .order_by(count.desc(), newest.desc())
        .limit(limit + 1)
    )
    if cause is not None:
        query = query.where(incident.c.cause == cause)
    if cursor is not None:
        most, last = keysets.decode("incident-groups", cursor, tuple[int, int])
        query = query.having(or_(count < most, (count == most) & (newest < last)))
    with engine.database.read() as connection:
        groups = connection.execute(query).all()
        shown = groups[:limit]
        newest_rows = select(incident).where(incident.c.id.in_([group.newest for group in shown]))
        rows = {row.id: row for row in connection.execute(newest_rows)}
    views = tuple(_view(engine, group, rows[group.newest]) for group in shown)
    more = len(groups) > limit
    return Page(views, keysets.encode("incident-groups", shown[-1].total, shown[-1].newest) if more else None)


def resolve(
    engine: Engine,
    cause: str,
    *,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    retries: int | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> RepairView:
    """Resolve up to `limit` open incidents of the cause, oldest first, each in a transaction of its own.

    It ends after 20 seconds at the latest; go on with `next_cursor`. Incidents raised meanwhile are not taken, so
    going on ends. Each has its own events, and one tells of the whole. Raises `NotFound` if none is open.
    """
    actor.require(Role.OPERATOR)
    if not 1 <= limit <= MAXIMUM_AT_ONCE:
        raise errors.InvalidCommand(f"Expected limit between 1 and {MAXIMUM_AT_ONCE}, found {limit}", field="limit")
    of_cause = select(incident.c.id).where(_OPEN, incident.c.cause == cause)
    last, newest = 0, 0
    if cursor is not None:
        last, newest = keysets.decode(f"incidents-of:{cause}", cursor, tuple[int, int])
    with engine.database.read() as connection:
        if cursor is None:
            newest = connection.execute(of_cause.order_by(incident.c.id.desc()).limit(1)).scalar() or 0
        between = of_cause.where(incident.c.id > last, incident.c.id <= newest).order_by(incident.c.id)
        ids = list(connection.execute(between.limit(limit + 1)).scalars())
    if not ids and cursor is None:
        raise errors.NotFound(f"Expected open incidents of cause '{cause[:64]}', but there are none")
    done, failed_again, refusals = 0, 0, []
    until = time.monotonic() + _MAXIMUM_SECONDS
    for tried, incident_id in enumerate(ids[:limit]):
        if tried and time.monotonic() > until:
            break
        last = incident_id
        try:
            again = incidents.try_again(engine, incident_id, actor=actor, variables=variables, retries=retries)
        except (errors.WrongState, errors.NotFound, errors.Conflict) as error:
            refusals.append(RefusedView(incident_id, error.message))
        else:
            done += 1
            failed_again += again
    if ids:
        told = {"cause": cause, "resolved": done, "failed_again": failed_again, "refused": len(refusals)}
        with engine.database.write() as connection:
            outside_events.record(engine, connection, actor, "IncidentGroupResolved", **told)
    more = bool(ids) and last != ids[-1]
    return RepairView(
        resolved=done,
        failed_again=failed_again,
        refused=len(refusals),
        refusals=tuple(refusals[:_REFUSED_TOLD]),
        next_cursor=keysets.encode(f"incidents-of:{cause}", last, newest) if more else None,
    )


def _view(engine: Engine, group: Row[Any], newest: Row[Any]) -> IncidentGroupView:
    return IncidentGroupView(
        cause=group.cause,
        count=group.total,
        key=engine.definitions.get(newest.process_definition_id).key,
        process_definition_id=newest.process_definition_id,
        element_id=newest.element_id,
        type=newest.type,
        shape=incident_causes.shape(newest.message),
        message=newest.message,
        newest_id=newest.id,
        newest_at=newest.raised_at,
        oldest_id=group.oldest,
    )
