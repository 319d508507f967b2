"""User tasks: created by the token game, worked on by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.idempotency import Idempotency
from baton.bpm.runtime.pages import Page


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


def list_(
    engine: Engine,
    *,
    actor: Actor,
    assignee: str | None = None,
    candidate_user: str | None = None,
    candidate_groups: Sequence[str] = (),
    unassigned: bool = False,
    state: UserTaskState | None = None,
    open_only: bool = False,
    kind: str | None = None,
    process_definition_id: int | None = None,
    key: str | None = None,
    process_instance_id: int | None = None,
    due_before: datetime | None = None,
    due_after: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[UserTaskView]:
    raise NotImplementedError


def get(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    raise NotImplementedError


def claim(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    raise NotImplementedError


def unclaim(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    raise NotImplementedError


def assign(engine: Engine, task_id: int, *, actor: Actor, assignee: str | None) -> UserTaskView:
    raise NotImplementedError


def complete(
    engine: Engine,
    task_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any] | None = None,
    decision: Sequence[str] = (),
    idempotency: Idempotency | None = None,
) -> UserTaskView:
    raise NotImplementedError
