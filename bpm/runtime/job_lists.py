"""Lists of jobs: filtered, oldest first or by due time, as quick with 100,000 jobs as with a hundred: see `walks`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Row, Select, TextClause, select, tuple_

from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, keysets, pages, walks
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import OWN_TYPES, JobKind
from baton.bpm.runtime.job_views import JobView, view_of
from baton.bpm.runtime.pages import Page
from baton.bpm.runtime.walks import plain
from baton.models import job, process_definition
from baton.models.job import IS_SUSPENDED, NOT_SUSPENDED


class JobCondition(StrEnum):
    """May be taken now; held by a worker; waits after a failure; has no retries left (an incident is open)."""

    DUE = "due"
    LEASED = "leased"
    FAILED = "failed"
    OUT_OF_RETRIES = "out_of_retries"


class _Filter(msgspec.Struct, frozen=True):
    """`conditions` hold of the jobs; `ids` together find them by an index (empty: none does)."""

    conditions: tuple[ColumnElement[bool] | TextClause, ...]
    ids: Sequence[Select[Any]] = ()


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
    """Oldest first, those that are due by due time. Operators and workers only, else `NotAllowed`.

    Where each filter passes many, a page looks at 2,000 jobs: it may be short, even empty, while there is a cursor.
    """
    actor.require(Role.OPERATOR, Role.WORKER)
    pages.check_limit(limit)
    now = engine.clock()
    filters = [
        *_of_state(state),
        *_of_condition(condition, now),
        *_of_kind(kind),
        *_of_type(type),
        *_equal(job.c.process_instance_id, process_instance_id),
        *_equal(job.c.process_definition_id, process_definition_id),
        *_due(due_after, due_before),
    ]
    by_due_time = condition is JobCondition.DUE
    keys = (job.c.due_at, job.c.id) if by_due_time else (job.c.id,)
    begins = [] if cursor is None else [_beyond(by_due_time, cursor)]
    ends = [job.c.due_at <= now] if by_due_time else []
    tried = [each for filter_ in filters for each in filter_.conditions]
    query = select(job).where(closings.is_wanted(), *tried)
    end: Row[Any] | None = None
    with engine.database.read() as connection:
        few = walks.few(connection, [filter_.ids for filter_ in filters])
        if few is None and filters:
            rows, end = walks.along(
                connection,
                query,
                select(*keys),
                keys,
                between=walks.one_way(*keys),
                begins=begins,
                ends=ends,
                limit=limit + 1,
            )
        else:
            among = [] if few is None else [walks.among(connection, job.c.id, few)]
            query = query.where(*among, *begins, *ends)
            rows = list(connection.execute(query.order_by(*keys).limit(limit + 1)))
    if len(rows) > limit:
        end = rows[limit - 1]
    return Page(tuple(view_of(row) for row in rows[:limit]), None if end is None else _cursor_of(by_due_time, end))


# --- filters -------------------------------------------------------------------------------------------------


def _of_state(state: JobState | None) -> Iterator[_Filter]:
    if state is None:
        return
    # The second says again what the index of jobs in other states asks for.
    found = select(job.c.id).where(job.c.state == state.value, job.c.state != JobState.CREATED.value)
    yield _Filter((plain(job.c.state) == state.value,), () if state is JobState.CREATED else (found,))


def _of_condition(condition: JobCondition | None, now: datetime) -> Iterator[_Filter]:
    if condition is JobCondition.DUE:
        yield _Filter((NOT_SUSPENDED,), (select(job.c.id).where(job.c.due_at <= now),))
    elif condition is JobCondition.LEASED:
        yield from _of_state(JobState.ACTIVATED)
        yield _Filter((plain(job.c.due_at) > now,))
    elif condition is not None:
        yield from _of_state(JobState.FAILED if condition is JobCondition.FAILED else JobState.INCIDENT)


def _of_kind(kind: JobKind | None) -> Iterator[_Filter]:
    if kind is not None:
        of_any = job.c.process_definition_id.in_(select(process_definition.c.id))
        yield _Filter((plain(job.c.kind) == kind.value,), (select(job.c.id).where(of_any, job.c.kind == kind.value),))


def _of_type(type_: str | None) -> Iterator[_Filter]:
    """Service jobs of a type are in the index of what workers take, or in that of what is suspended."""
    if type_ is None:
        return
    offered = select(job.c.id).where(job.c.type == type_, job.c.kind == JobKind.SERVICE.value, NOT_SUSPENDED)
    kept_back = select(job.c.id).where(job.c.type == type_, IS_SUSPENDED)
    yield _Filter((plain(job.c.type) == type_,), () if type_ in OWN_TYPES else (offered, kept_back))


def _equal(column: Column[Any], wanted: int | None) -> Iterator[_Filter]:
    if wanted is not None:
        yield _Filter((plain(column) == wanted,), (select(job.c.id).where(column == wanted),))


def _due(after: datetime | None, before: datetime | None) -> Iterator[_Filter]:
    if after is None and before is None:
        return
    due, hidden = job.c.due_at, plain(job.c.due_at)
    bounds = [*([] if after is None else [due > after]), *([] if before is None else [due < before])]
    tried = [*([] if after is None else [hidden > after]), *([] if before is None else [hidden < before])]
    yield _Filter(tuple(tried), (select(job.c.id).where(*bounds),))


# --- places --------------------------------------------------------------------------------------------------


def _beyond(by_due_time: bool, cursor: str) -> ColumnElement[bool]:
    if not by_due_time:
        return job.c.id > pages.decode_cursor(cursor)
    due, last = keysets.decode("jobs:due", cursor, tuple[int, int])
    return tuple_(job.c.due_at, job.c.id) > (keysets.to_time(due), last)


def _cursor_of(by_due_time: bool, place: Row[Any]) -> str:
    if not by_due_time:
        return pages.encode_cursor(place.id)
    return keysets.encode("jobs:due", keysets.of_time(place.due_at), place.id)
