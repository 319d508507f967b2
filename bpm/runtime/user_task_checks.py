"""Who may do what with a user task, and in which state of it."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row

from baton.bpm import errors
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import instance_rows
from baton.bpm.runtime.actors import Actor

OPEN_STATES = (UserTaskState.CREATED.value, UserTaskState.ASSIGNED.value)
_names = msgspec.json.Decoder(tuple[str, ...]).decode


def subject(task_id: int) -> instance_rows.Subject:
    """The task as the subject of a command."""
    return instance_rows.Subject("user_task", task_id)


def check_open(loaded: instance_rows.Loaded, doing: str) -> None:
    """Raise `WrongState` unless the task is open and its instance active."""
    row = loaded.row
    if row.state not in OPEN_STATES:
        raise errors.WrongState(
            f"Expected to {doing} user task with id '{row.id}', but it is in state '{row.state}'", state=row.state
        )
    loaded.require_active(f"{doing} user task with id '{row.id}'")


def check_may_complete(row: Row[Any], actor: Actor) -> None:
    """A task that somebody claimed is theirs; one that was given to somebody may also be done by an operator."""
    if row.assignee is None:
        check_concerned(row, actor, "complete")
        return
    if row.assignee == actor.id or (row.claimed_at is None and actor.is_operator):
        return
    raise errors.Conflict(
        f"Expected to complete user task with id '{row.id}', but it is in state '{row.state}' "
        f"and belongs to '{row.assignee}'"
    )


def check_own(row: Row[Any], actor: Actor, doing: str) -> None:
    """Its assignee and operators may; else `NotAllowed`."""
    if row.assignee != actor.id and not actor.is_operator:
        raise errors.NotAllowed(
            f"Expected '{actor.id}' to be the assignee of user task with id '{row.id}' or an operator to {doing} it"
        )


def check_concerned(row: Row[Any], actor: Actor, doing: str) -> None:
    """Operators, the assignee, candidates; anybody where the task names nobody."""
    if actor.is_operator or row.assignee == actor.id:
        return
    users, groups = _names(row.candidate_users), _names(row.candidate_groups)
    if actor.id in users or not set(groups).isdisjoint(actor.groups):
        return
    if row.assignee is None and not users and not groups:
        return
    raise errors.NotAllowed(
        f"Expected '{actor.id}' to be assignee or candidate of user task with id '{row.id}' to {doing} it"
    )
