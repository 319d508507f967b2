"""What is interrupted and still closing: gone for everybody, though its rows end only by and by.

Every door asks `is_over`. That costs a look into a table which is empty but for such moments; while something of an
instance is closing, the scopes around its rows are followed outward.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, bindparam, exists, literal, or_, select, update

from baton.bpm.runtime.job_kinds import JobKind
from baton.models import closing, job, scope

# What was sent before the interruption is still delivered.
_WORK = (JobKind.SERVICE.value, JobKind.TIMER.value, JobKind.CALL.value, JobKind.ASYNC_CONTINUATION.value)
_WAKE = (
    update(job)
    .where(job.c.process_instance_id == bindparam("id_"), job.c.kind == JobKind.CLOSING.value)
    .values(suspended=False)
)


def is_over(table: Table, scope_id: Column[Any] | None = None) -> ColumnElement[bool]:
    """True for rows of `table` below something that was interrupted; `scope_id` is where they are.

    The table has a column `process_instance_id`.
    """
    own, outer = scope.alias("own_scope"), scope.alias("outer_scope")
    place = table.c.scope_id if scope_id is None else scope_id
    around = (
        select(own.c.parent_id, own.c.parent_token_id)
        .where(own.c.id == place)
        .correlate(table)
        .cte("around", recursive=True, nesting=True)
    )
    around = around.union_all(
        select(outer.c.parent_id, outer.c.parent_token_id).where(outer.c.id == around.c.parent_id)
    )
    interrupted = select(literal(1)).where(
        around.c.parent_id == closing.c.scope_id, around.c.parent_token_id == closing.c.token_id
    )
    return exists(
        select(closing.c.token_id).where(
            closing.c.process_instance_id == table.c.process_instance_id, exists(interrupted.correlate(closing))
        )
    )


def is_to_be_seen(table: Table) -> ColumnElement[bool]:
    """True for rows that have ended (`ended_at`) before, and for those that are not over."""
    return or_(table.c.ended_at.is_not(None), ~is_over(table))


def is_wanted() -> ColumnElement[bool]:
    """True for jobs that still have something to do."""
    return ~and_(job.c.kind.in_(_WORK), is_over(job))


def wake(connection: Connection, process_instance_id: int) -> None:
    """Its closings go on though it is suspended: it is to end."""
    connection.execute(_WAKE, {"id_": process_instance_id})
