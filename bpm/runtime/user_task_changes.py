"""Changing what an open user task says of itself: whose it is, its dates, its priority.

Where its listeners want to know, they are called in the same change.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from baton.bpm.execution import listeners
from baton.bpm.execution.commands import AssignUserTask, UpdateUserTask
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import instance_rows, instance_store, user_task_checks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.user_task_views import UserTaskView, view_of
from baton.models import user_task


@dataclass(frozen=True, slots=True)
class Change:
    """New values of the task's row, what the audit tells, and what its listeners are told by."""

    columns: Mapping[str, Any]
    entry: Entry
    command: AssignUserTask | UpdateUserTask


Decide = Callable[[instance_rows.Loaded], Change | None]


def given_to(engine: Engine, row: Row[Any], event: str, assignee: str | None, *, claimed: bool = False) -> Change:
    """The task becomes somebody's, or nobody's; `event` is the word for it in the audit."""
    state = UserTaskState.CREATED if assignee is None else UserTaskState.ASSIGNED
    return Change(
        columns={
            "assignee": assignee,
            "claimed_at": engine.clock() if claimed else None,
            "state": state.value,
        },
        entry=Entry(
            event,
            row.element_id,
            {"token_id": str(row.id), "old_assignee": row.assignee, "assignee": assignee},
        ),
        command=AssignUserTask(token_id=row.id, scope_id=row.scope_id, assignee=assignee),
    )


def with_values(row: Row[Any], given: Mapping[str, Any]) -> Change | None:
    """Dates and priority that differ from the row's; None if none does."""
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    if not changed:
        return None
    old = {f"old_{name}": getattr(row, name) for name in changed}
    return Change(
        columns=changed,
        entry=Entry("UserTaskChanged", row.element_id, {"token_id": str(row.id), **old, **changed}),
        command=UpdateUserTask(token_id=row.id, scope_id=row.scope_id),
    )


def make(engine: Engine, task_id: int, decide: Decide, actor: Actor) -> UserTaskView:
    """Make the change that `decide` asks for, None: none. The task as it is then."""
    with engine.database.read() as connection:
        row = connection.execute(select(user_task).where(user_task.c.id == task_id)).first()
    if row is not None and _is_heard(engine, row):
        _make_heard(engine, task_id, decide, actor)
    else:

        def change(connection: Connection, loaded: instance_rows.Loaded) -> list[Entry]:
            wanted = decide(loaded)
            if wanted is None:
                return []
            _write(connection, task_id, wanted)
            return [wanted.entry]

        instance_store.amend(engine, user_task_checks.subject(task_id), change, actor=actor)
    with engine.database.read() as connection:
        row = connection.execute(select(user_task).where(user_task.c.id == task_id)).one()
    return view_of(engine, row)


class _Unchanged(Exception):
    """The task is as it shall be."""


def _is_heard(engine: Engine, row: Row[Any]) -> bool:
    node = engine.definitions.get(row.process_definition_id).spec.find_node(row.element_id)
    return node is not None and listeners.hears_changes(node)


def _make_heard(engine: Engine, task_id: int, decide: Decide, actor: Actor) -> None:
    told: list[Entry] = []
    decided: list[Change] = []

    def command(loaded: instance_rows.Loaded) -> AssignUserTask | UpdateUserTask:
        wanted = decide(loaded)
        if wanted is None:
            raise _Unchanged
        # On SQLite it may be decided more than once.
        told[:], decided[:] = [wanted.entry], [wanted]
        return wanted.command

    def write(connection: Connection, _handled: instance_store.Handled) -> None:
        _write(connection, task_id, decided[0])

    with contextlib.suppress(_Unchanged):
        instance_store.run(engine, user_task_checks.subject(task_id), command, actor=actor, also=write, before=told)


def _write(connection: Connection, task_id: int, change: Change) -> None:
    connection.execute(update(user_task).where(user_task.c.id == task_id).values(dict(change.columns)))
