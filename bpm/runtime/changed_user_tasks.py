"""Rows of user tasks that listeners changed: seldom, so they are read and written one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from baton.bpm.execution.events import UserTaskChanges
from baton.bpm.execution.user_task_changes import candidates
from baton.bpm.lifecycle import UserTaskState
from baton.models import user_task, user_task_candidate

_KINDS = ("user", "group")


def write(connection: Connection, changed: Iterable[tuple[int, UserTaskChanges]]) -> None:
    """The new values; of an open task also its state and what finds it by its candidates."""
    for task_id, changes in changed:
        row = connection.execute(select(user_task).where(user_task.c.id == task_id)).one()
        values = changes.attributes()
        if row.ended_at is None and "assignee" in values:
            state = UserTaskState.CREATED if values["assignee"] is None else UserTaskState.ASSIGNED
            values |= {"state": state.value, "claimed_at": None}
        for kind, wanted in zip(_KINDS, (changes.users, changes.groups), strict=True):
            if wanted:
                before = msgspec.json.decode(getattr(row, f"candidate_{kind}s"), type=list[str])
                values[f"candidate_{kind}s"] = msgspec.json.encode(candidates(before, wanted)).decode()
                if row.ended_at is None:
                    _replace(connection, task_id, kind, wanted)
        if values:
            connection.execute(update(user_task).where(user_task.c.id == task_id).values(values))


def _replace(connection: Connection, task_id: int, kind: str, wanted: Mapping[str, bool]) -> None:
    table = user_task_candidate
    connection.execute(
        delete(table).where(table.c.task_id == task_id, table.c.kind == kind, table.c.name.in_(list(wanted)))
    )
    comes = [{"task_id": task_id, "kind": kind, "name": name} for name, is_in in wanted.items() if is_in]
    if comes:
        connection.execute(insert(table), comes)
