"""Due jobs in the order of their priorities, answered from indexes.

Most jobs have no priority, so those that have one are in an index of their own, and three queries take the place of one
that would have to sort all that is due: first above zero, then zero by due time, then below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam

from baton.models import job
from baton.models.job import HAS_PRIORITY

Query = Select[Any]
BY_TIME = (job.c.due_at, job.c.id)


class InOrder:
    """`due` selects jobs that are due and has no order and no limit; ties are by due time, then by id."""

    def __init__(self, due: Query) -> None:
        by_priority = (job.c.priority.desc(), *BY_TIME)
        self._parts = tuple(
            part.limit(bindparam("limit"))
            for part in (
                due.where(HAS_PRIORITY, job.c.priority > 0).order_by(*by_priority),
                due.where(job.c.priority == 0).order_by(*BY_TIME),
                due.where(HAS_PRIORITY, job.c.priority < 0).order_by(*by_priority),
            )
        )

    def with_lock(self, lock: Callable[[Query], Query]) -> InOrder:
        """The same jobs, locked while they are read."""
        locked = InOrder.__new__(InOrder)
        locked._parts = tuple(lock(part) for part in self._parts)
        return locked

    def fetch(self, connection: Connection, parameters: dict[str, Any], limit: int) -> list[Row[Any]]:
        """Up to `limit` rows, the most urgent first."""
        found: list[Row[Any]] = []
        for part in self._parts:
            if len(found) < limit:
                found += connection.execute(part, {**parameters, "limit": limit - len(found)}).all()
        return found
