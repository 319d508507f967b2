"""Drafts: what somebody typed into a task's form and has not sent. One per task and user, gone when the task ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from baton.bpm import errors
from baton.bpm.runtime import instance_store, user_task_checks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded
from baton.models import user_task, user_task_draft

MAXIMUM_DRAFT_BYTES = 256 * 1024


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """`variables` are the fields as they were typed, in their HTTP form: nothing has checked them."""

    task_id: int
    user_id: str
    variables: dict[str, Any]
    saved_at: datetime


def get(engine: Engine, task_id: int, *, actor: Actor) -> DraftView:
    """The actor's own draft. Raises `NotFound` if there is none or the task has ended."""
    query = (
        select(user_task_draft)
        .join_from(user_task_draft, user_task, user_task.c.id == user_task_draft.c.task_id)
        .where(_own(task_id, actor), user_task.c.ended_at.is_(None))
    )
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound(f"Expected a draft of '{actor.id}' for user task with id '{task_id}', but there is none")
    return DraftView(
        task_id=row.task_id,
        user_id=row.user_id,
        variables=msgspec.json.decode(row.variables),
        saved_at=row.saved_at,
    )


def save(engine: Engine, task_id: int, *, actor: Actor, variables: Mapping[str, Any]) -> DraftView:
    """Keep `variables` (JSON) in place of what the actor's draft had. The audit says that, not what.

    Who may complete the task may. Raises `TooLarge` beyond `MAXIMUM_DRAFT_BYTES`, `WrongState`, `NotAllowed`.
    """
    text = msgspec.json.encode(dict(variables)).decode()
    size = len(text.encode())
    if size > MAXIMUM_DRAFT_BYTES:
        raise errors.TooLarge(
            f"Expected a draft of at most {MAXIMUM_DRAFT_BYTES} bytes, found {size}", field="variables"
        )

    def keep(connection: Connection, loaded: Loaded) -> list[Entry]:
        user_task_checks.check_open(loaded, "save a draft of")
        user_task_checks.check_may_complete(loaded.row, actor)
        changed = {"variables": text, "saved_at": engine.clock()}
        if connection.execute(update(user_task_draft).where(_own(task_id, actor)).values(changed)).rowcount == 0:
            connection.execute(insert(user_task_draft), {"task_id": task_id, "user_id": actor.id, **changed})
        return [Entry("UserTaskDraftSaved", loaded.row.element_id, {"token_id": str(task_id), "size": size})]

    instance_store.amend(engine, user_task_checks.subject(task_id), keep, actor=actor)
    return get(engine, task_id, actor=actor)


def discard(engine: Engine, task_id: int, *, actor: Actor) -> None:
    """Drop the actor's draft; nothing happens if there is none. Raises `NotFound` if there is no such task."""

    def drop(connection: Connection, loaded: Loaded) -> list[Entry]:
        if connection.execute(delete(user_task_draft).where(_own(task_id, actor))).rowcount == 0:
            return []
        return [Entry("UserTaskDraftDiscarded", loaded.row.element_id, {"token_id": str(task_id)})]

    instance_store.amend(engine, user_task_checks.subject(task_id), drop, actor=actor)


def _own(task_id: int, actor: Actor) -> Any:
    return (user_task_draft.c.task_id == task_id) & (user_task_draft.c.user_id == actor.id)
