"""User tasks: created by the token game, worked on by people."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, or_, select, update

from baton.bpm import errors, values
from baton.bpm.execution import listeners
from baton.bpm.execution.commands import AssignUserTask, CompleteUserTask
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import forms, instance_rows, instance_store
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import user_task, user_task_candidate

_OPEN = (UserTaskState.CREATED.value, UserTaskState.ASSIGNED.value)
_ASSIGN = (
    update(user_task)
    .where(user_task.c.id == bindparam("id_"))
    .values(assignee=bindparam("assignee"), claimed_at=bindparam("claimed_at"), state=bindparam("state"))
)
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


# --- reading -------------------------------------------------------------------------------------------------


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
    """Oldest first. Filters all hold together; candidates are known of open tasks only.

    Who is no operator sees their own tasks, those they are a candidate of, and those that are for anybody.
    """
    query = select(user_task)
    for column, wanted in (
        (user_task.c.assignee, assignee),
        (user_task.c.state, state and state.value),
        (user_task.c.kind, kind),
        (user_task.c.process_definition_id, process_definition_id),
        (user_task.c.key, key),
        (user_task.c.process_instance_id, process_instance_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    query = _filter_candidates(query, candidate_user, candidate_groups)
    if unassigned:
        query = query.where(user_task.c.assignee.is_(None))
    if open_only or (state and state.value in _OPEN):
        query = query.where(user_task.c.ended_at.is_(None))
    if due_before is not None:
        query = query.where(user_task.c.due_at < due_before)
    if due_after is not None:
        query = query.where(user_task.c.due_at > due_after)
    if not actor.is_operator:
        query = query.where(_visible(actor))
    with engine.database.read() as connection:
        return fetch_page(
            connection,
            query,
            user_task.c.id,
            lambda row: _view(engine, row),
            limit=limit,
            cursor=cursor,
            newest_first=False,
        )


def get(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    """Raises `NotFound`; `NotAllowed` for who may not see it."""
    with engine.database.read() as connection:
        row = connection.execute(select(user_task).where(user_task.c.id == task_id)).first()
    if row is None:
        raise _subject(task_id).not_found()
    _check_concerned(row, actor, "see")
    return _view(engine, row)


# --- changing ------------------------------------------------------------------------------------------------


def claim(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    """Take the task: exclusively. Claiming one's own task again changes nothing.

    Raises `Conflict` if it is somebody else's, `WrongState` if it is not open, `NotAllowed` for no candidate.
    """

    def take(loaded: instance_rows.Loaded) -> _Given | None:
        row = loaded.row
        _check_open(loaded, "claim")
        if row.assignee == actor.id and row.claimed_at is not None:
            return None
        if row.assignee not in (None, actor.id):
            raise errors.Conflict(
                f"Expected to claim user task with id '{row.id}', but it is in state '{row.state}' "
                f"and belongs to '{row.assignee}'"
            )
        _check_concerned(row, actor, "claim")
        return _Given("UserTaskClaimed", actor.id, claimed=True)

    return _give(engine, task_id, take, actor)


def unclaim(engine: Engine, task_id: int, *, actor: Actor) -> UserTaskView:
    """Give the task back. Its assignee and operators may; otherwise `NotAllowed`."""

    def give_back(loaded: instance_rows.Loaded) -> _Given | None:
        _check_open(loaded, "unclaim")
        _check_own(loaded.row, actor, "unclaim")
        if loaded.row.assignee is None:
            return None
        return _Given("UserTaskUnclaimed", None)

    return _give(engine, task_id, give_back, actor)


def assign(engine: Engine, task_id: int, *, actor: Actor, assignee: str | None) -> UserTaskView:
    """Give the task to `assignee`, or to nobody. Its assignee and operators may; otherwise `NotAllowed`."""
    if assignee is not None and (not 1 <= len(assignee) <= 255 or "\0" in assignee):
        raise errors.InvalidCommand("Expected assignee to have 1 to 255 characters", field="assignee")

    def give(loaded: instance_rows.Loaded) -> _Given | None:
        _check_open(loaded, "assign")
        _check_own(loaded.row, actor, "assign")
        if loaded.row.assignee == assignee:
            return None
        return _Given("UserTaskAssigned", assignee)

    return _give(engine, task_id, give, actor)


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
        _check_open(loaded, "complete")
        _check_may_complete(row, actor)
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
            engine, _subject(task_id), decide, actor=actor, also=remember if idempotency else None
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
        _view(engine, handled.loaded.row),
        state=UserTaskState.COMPLETED,
        ended_at=handled.rows.now,
        ended_by=actor.id,
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """Whose the task becomes, and the word for it in the audit."""

    event: str
    assignee: str | None
    claimed: bool = False


class _Unchanged(Exception):
    """The task is as it shall be."""


_Decide = Callable[[instance_rows.Loaded], _Given | None]


def _give(engine: Engine, task_id: int, decide: _Decide, actor: Actor) -> UserTaskView:
    """Change hands; `decide` yields None where nothing changes. What listeners of the task do is in the same change."""
    with engine.database.read() as connection:
        row = connection.execute(select(user_task).where(user_task.c.id == task_id)).first()
    if row is not None and _is_heard(engine, row):
        _give_heard(engine, task_id, decide, actor)
    else:

        def change(connection: Connection, loaded: instance_rows.Loaded) -> list[Entry]:
            given = decide(loaded)
            if given is None:
                return []
            _assign(engine, connection, loaded.row.id, given)
            return [_entry(loaded.row, given)]

        instance_store.amend(engine, _subject(task_id), change, actor=actor)
    with engine.database.read() as connection:
        row = connection.execute(select(user_task).where(user_task.c.id == task_id)).one()
    return _view(engine, row)


def _is_heard(engine: Engine, row: Row[Any]) -> bool:
    node = engine.definitions.get(row.process_definition_id).spec.find_node(row.element_id)
    return node is not None and listeners.hears_assignment(node)


def _give_heard(engine: Engine, task_id: int, decide: _Decide, actor: Actor) -> None:
    told: list[Entry] = []
    decided: list[_Given] = []

    def command(loaded: instance_rows.Loaded) -> AssignUserTask:
        given = decide(loaded)
        if given is None:
            raise _Unchanged
        # On SQLite it may be decided more than once.
        told[:], decided[:] = [_entry(loaded.row, given)], [given]
        return AssignUserTask(token_id=loaded.row.id, scope_id=loaded.row.scope_id, assignee=given.assignee)

    def write(connection: Connection, _handled: instance_store.Handled) -> None:
        _assign(engine, connection, task_id, decided[0])

    with contextlib.suppress(_Unchanged):
        instance_store.run(engine, _subject(task_id), command, actor=actor, also=write, before=told)


def _assign(engine: Engine, connection: Connection, task_id: int, given: _Given) -> None:
    state = UserTaskState.CREATED if given.assignee is None else UserTaskState.ASSIGNED
    connection.execute(
        _ASSIGN,
        {
            "id_": task_id,
            "assignee": given.assignee,
            "claimed_at": engine.clock() if given.claimed else None,
            "state": state.value,
        },
    )


def _entry(row: Row[Any], given: _Given) -> Entry:
    data = {"token_id": str(row.id), "old_assignee": row.assignee, "assignee": given.assignee}
    return Entry(given.event, row.element_id, data)


# --- checks --------------------------------------------------------------------------------------------------


def _subject(task_id: int) -> instance_rows.Subject:
    return instance_rows.Subject("user_task", task_id)


def _check_open(loaded: instance_rows.Loaded, doing: str) -> None:
    row = loaded.row
    if row.state not in _OPEN:
        raise errors.WrongState(
            f"Expected to {doing} user task with id '{row.id}', but it is in state '{row.state}'", state=row.state
        )
    loaded.require_active(f"{doing} user task with id '{row.id}'")


def _check_may_complete(row: Row[Any], actor: Actor) -> None:
    """A task that somebody claimed is theirs; one that was given to somebody may also be done by an operator."""
    if row.assignee is None:
        _check_concerned(row, actor, "complete")
        return
    if row.assignee == actor.id or (row.claimed_at is None and actor.is_operator):
        return
    raise errors.Conflict(
        f"Expected to complete user task with id '{row.id}', but it is in state '{row.state}' "
        f"and belongs to '{row.assignee}'"
    )


def _check_own(row: Row[Any], actor: Actor, doing: str) -> None:
    if row.assignee != actor.id and not actor.is_operator:
        raise errors.NotAllowed(
            f"Expected '{actor.id}' to be the assignee of user task with id '{row.id}' or an operator to {doing} it"
        )


def _check_concerned(row: Row[Any], actor: Actor, doing: str) -> None:
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


# --- queries -------------------------------------------------------------------------------------------------


def _filter_candidates(query: Select[Any], user: str | None, groups: Sequence[str]) -> Select[Any]:
    named = []
    if user is not None:
        named.append(_candidate("user", [user]))
    if groups:
        named.append(_candidate("group", groups))
    return query.where(or_(*named)) if named else query


def _candidate(kind: str, names: Sequence[str]) -> ColumnElement[bool]:
    return user_task.c.id.in_(
        select(user_task_candidate.c.task_id).where(
            user_task_candidate.c.kind == kind, user_task_candidate.c.name.in_(names)
        )
    )


def _visible(actor: Actor) -> ColumnElement[bool]:
    for_anybody = and_(
        user_task.c.assignee.is_(None),
        user_task.c.candidate_users == "[]",
        user_task.c.candidate_groups == "[]",
    )
    candidate = _candidate("user", [actor.id])
    if actor.groups:
        candidate = or_(candidate, _candidate("group", actor.groups))
    return or_(user_task.c.assignee == actor.id, candidate, for_anybody)


def _view(engine: Engine, row: Row[Any]) -> UserTaskView:
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
