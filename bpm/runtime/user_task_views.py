"""User tasks as they are read, one at a time; `user_task_lists` finds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select

from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import closings, user_task_checks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.models import user_task

_ONE = select(user_task, closings.is_over(user_task).label("is_over")).where(user_task.c.id == bindparam("id_"))
_names = msgspec.json.Decoder(tuple[str, ...]).decode


class OptionView(msgspec.Struct, frozen=True):
    """One way out of a guided decision."""

    id: str
    name: str


class UserTaskView(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is `user_task`, `todo`, `decision` or `continue`; `choose` is `one` or `many` for decisions."""

    id: int
    process_instance_id: int
    process_definition_id: int
    key: str
    scope_id: int
    element_id: str
    kind: str
    name: str
    documentation: str
    process_documentation: str
    state: UserTaskState
    assignee: str | None
    candidate_users: tuple[str, ...]
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    form: str | None
    options: tuple[OptionView, ...]
    choose: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    has_form: bool = False


_options = msgspec.json.Decoder(tuple[OptionView, ...]).decode


def get(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    """Raises `NotFound`; `NotAllowed` for who may not see it."""
    with engine.database.read() as connection:
        row = connection.execute(_ONE, {"id_": task_id}).first()
    if row is None:
        raise user_task_checks.subject(task_id).not_found()
    user_task_checks.check_concerned(row, actor, "see")
    view = view_of(engine, row)
    if row.is_over and row.ended_at is None:
        return msgspec.structs.replace(view, state=UserTaskState.CANCELLED)
    return view


def view_of(engine: Engine, row: Row[Any]) -> UserTaskView:
    """The view of a row."""
    definition = engine.definitions.get(row.process_definition_id)
    label = definition.label(row.element_id)
    return UserTaskView(
        id=row.id,
        process_instance_id=row.process_instance_id,
        process_definition_id=row.process_definition_id,
        key=row.key,
        scope_id=row.scope_id,
        element_id=row.element_id,
        kind=row.kind,
        name=row.name,
        documentation=label.documentation,
        process_documentation=definition.label(definition.key).documentation,
        state=UserTaskState(row.state),
        assignee=row.assignee,
        candidate_users=_names(row.candidate_users),
        candidate_groups=_names(row.candidate_groups),
        due_at=row.due_at,
        follow_up_at=row.follow_up_at,
        priority=row.priority,
        form=row.form,
        options=_options(row.options),
        choose=row.choose,
        created_at=row.created_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        has_form=row.element_id in definition.forms,
    )
