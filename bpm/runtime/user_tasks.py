"""User tasks: created by the token game, worked on by people. What is done to them; all verbs of the noun, gathered.

`user_task_lists` finds them, `user_task_views` reads one, `user_task_drafts` keeps what is not sent yet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from baton.bpm import errors, values
from baton.bpm.execution.commands import CompleteUserTask
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import forms, instance_rows, instance_store, user_task_changes, user_task_checks
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.user_task_changes import Change, given_to, with_values
from baton.bpm.runtime.user_task_lists import Inbox, TaskOrder, list_
from baton.bpm.runtime.user_task_views import OptionView, UserTaskView, get, view_of

__all__ = [
    "Inbox",
    "OptionView",
    "TaskOrder",
    "UserTaskView",
    "assign",
    "change",
    "claim",
    "claim_next",
    "complete",
    "get",
    "list_",
    "unclaim",
]

_SMALLEST_PRIORITY, _LARGEST_PRIORITY = -(2**31), 2**31 - 1
_NEXT_AT_ONCE = 20


def claim(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    """Take the task: exclusively. Claiming one's own task again changes nothing.

    Raises `Conflict` if it is somebody else's, `WrongState` if it is not open, `NotAllowed` for no candidate.
    """
    return _claim(engine, task_id, actor, own_too=True)


def _claim(engine: Engine, task_id: int, actor: Actor, *, own_too: bool) -> UserTaskView:
    def take(loaded: instance_rows.Loaded) -> Change | None:
        row = loaded.row
        user_task_checks.check_open(loaded, "claim")
        if own_too and row.assignee == actor.id and row.claimed_at is not None:
            return None
        if row.assignee is not None and not (own_too and row.assignee == actor.id):
            raise errors.Conflict(
                f"Expected to claim user task with id '{row.id}', but it is in state '{row.state}' "
                f"and belongs to '{row.assignee}'"
            )
        user_task_checks.check_concerned(row, actor, "claim")
        return given_to(engine, row, "UserTaskClaimed", actor.id, claimed=True)

    return user_task_changes.make(engine, task_id, take, actor)


def claim_next(engine: Engine, *, actor: Actor, key: str | None = None) -> UserTaskView | None:
    """Claim the next task that is for the actor (by candidate, or for anybody): highest priority, then oldest.

    `key`: of that process only. None: there is none. Of several people at once each gets another one.
    """
    cursor: str | None = None
    while True:
        page = list_(
            engine,
            actor=actor,
            inbox=Inbox.GROUPS,
            key=key,
            order=TaskOrder.PRIORITY,
            limit=_NEXT_AT_ONCE,
            cursor=cursor,
        )
        for task in page.items:
            # Somebody else was quicker, or its instance is suspended: the one after it.
            with contextlib.suppress(errors.Conflict, errors.WrongState, errors.NotFound):
                return _claim(engine, task.id, actor, own_too=False)
        if page.next_cursor is None:
            return None
        cursor = page.next_cursor


def unclaim(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    """Give the task back. Its assignee and operators may; otherwise `NotAllowed`."""

    def give_back(loaded: instance_rows.Loaded) -> Change | None:
        user_task_checks.check_open(loaded, "unclaim")
        user_task_checks.check_own(loaded.row, actor, "unclaim")
        if loaded.row.assignee is None:
            return None
        return given_to(engine, loaded.row, "UserTaskUnclaimed", None)

    return user_task_changes.make(engine, task_id, give_back, actor)


def assign(engine: Engine, task_id: int, *, actor: Actor, assignee: str | None) -> UserTaskView:
    """Give the task to `assignee`, or to nobody. Its assignee and operators may; otherwise `NotAllowed`."""
    if assignee is not None and (not 1 <= len(assignee) <= 255 or "\0" in assignee):
        raise errors.InvalidCommand("Expected assignee to have 1 to 255 characters", field="assignee")

    def give(loaded: instance_rows.Loaded) -> Change | None:
        user_task_checks.check_open(loaded, "assign")
        user_task_checks.check_own(loaded.row, actor, "assign")
        if loaded.row.assignee == assignee:
            return None
        return given_to(engine, loaded.row, "UserTaskAssigned", assignee)

    return user_task_changes.make(engine, task_id, give, actor)


def change(
    engine: Engine,
    task_id: int,
    *,
    actor: Actor,
    due_at: datetime | msgspec.UnsetType | None = msgspec.UNSET,
    follow_up_at: datetime | msgspec.UnsetType | None = msgspec.UNSET,
    priority: int | msgspec.UnsetType = msgspec.UNSET,
) -> UserTaskView:
    """Set dates (None: none) and priority; what is not given stays. Its assignee and operators may, else `NotAllowed`.

    One event tells old and new values.
    """
    if isinstance(priority, int) and not _SMALLEST_PRIORITY <= priority <= _LARGEST_PRIORITY:
        raise errors.InvalidCommand(
            f"Expected priority between {_SMALLEST_PRIORITY} and {_LARGEST_PRIORITY}, found {priority}",
            field="priority",
        )
    given = {
        name: value
        for name, value in (("due_at", due_at), ("follow_up_at", follow_up_at), ("priority", priority))
        if value is not msgspec.UNSET
    }

    def set_(loaded: instance_rows.Loaded) -> Change | None:
        user_task_checks.check_open(loaded, "change")
        user_task_checks.check_own(loaded.row, actor, "change")
        return with_values(loaded.row, given)

    return user_task_changes.make(engine, task_id, set_, actor)


def complete(
    engine: Engine,
    task_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    decision: Sequence[str] = (),
    idempotency: idempotency_.Idempotency | None = None,
) -> UserTaskView:
    """Complete the task with `variables` (and the chosen options, each by id, name or number): the process goes on.

    Raises `WrongState` if it is not open, `Conflict` if somebody else has claimed it, `NotAllowed` if it is
    neither the actor's nor one they are a candidate of, `FormRefused` if fields of its form are wrong.
    """
    answered = idempotency_.replay(engine, actor, idempotency, UserTaskView)
    if answered is not None:
        return answered
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)

    def decide(loaded: instance_rows.Loaded) -> CompleteUserTask:
        row = loaded.row
        user_task_checks.check_open(loaded, "complete")
        user_task_checks.check_may_complete(row, actor)
        checked = forms.check_task(engine, engine.definitions.get(row.process_definition_id), loaded, given)
        return CompleteUserTask(
            token_id=row.id,
            scope_id=row.scope_id,
            variables=checked,
            decision=tuple(decision),
            assignee=row.assignee,
        )

    def remember(connection: Connection, handled: instance_store.Handled) -> None:
        idempotency_.remember(engine, connection, actor, idempotency, _completed(engine, handled, actor))

    try:
        handled = instance_store.run(
            engine, user_task_checks.subject(task_id), decide, actor=actor, also=remember if idempotency else None
        )
    except (errors.WrongState, errors.Conflict):
        # The same request may have been carried out while this one waited.
        answered = idempotency_.replay(engine, actor, idempotency, UserTaskView)
        if answered is None:
            raise
        return answered
    return _completed(engine, handled, actor)


def _completed(engine: Engine, handled: instance_store.Handled, actor: Actor) -> UserTaskView:
    return msgspec.structs.replace(
        view_of(engine, handled.loaded.row),
        state=UserTaskState.COMPLETED,
        ended_at=handled.rows.now,
        ended_by=actor.id,
    )
