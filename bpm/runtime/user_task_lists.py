"""Lists of user tasks: filtered, ordered, and as quick with 100,000 open tasks as with a hundred.

A filter that few open tasks pass gives the tasks, which are then sorted. Where all filters pass many, the index of the
order is walked from the cursor on and the filters are tried on each task: see `walks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, and_, exists, false, func, or_, select, tuple_

from baton.bpm import errors
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import closings, keysets, pages, walks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.bpm.runtime.user_task_checks import OPEN_STATES
from baton.bpm.runtime.user_task_views import UserTaskView, view_of
from baton.models import user_task, user_task_candidate
from baton.models.user_task import FOR_ANYBODY

# More than one person has to do, so that their own tasks are found in any order.
_FEW = 2_000
# Names stand in diagrams: there are as many as there are user tasks in them.
_MOST_NAMES = 2000
_LONGEST_NAME = 200
_OPEN = user_task.c.ended_at.is_(None)


class Inbox(StrEnum):
    """Open tasks: every one, the actor's, those of their groups or of anybody that nobody has, unassigned, overdue."""

    ALL = "all"
    MINE = "mine"
    GROUPS = "groups"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"


class TaskOrder(StrEnum):
    """Oldest first; earliest due date first, those without one last; highest priority first, then oldest."""

    CREATED = "created"
    DUE = "due"
    PRIORITY = "priority"


class _Filter(msgspec.Struct, frozen=True):
    """`condition` holds of the tasks; `ids` together find the open ones of them by an index (empty: none does)."""

    condition: ColumnElement[bool]
    ids: Sequence[Select[Any]] = ()


def list_(
    engine: Engine,
    *,
    actor: Actor,
    inbox: Inbox | None = None,
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
    name: str | None = None,
    due_before: datetime | None = None,
    due_after: datetime | None = None,
    follow_up_before: datetime | None = None,
    follow_up_after: datetime | None = None,
    order: TaskOrder = TaskOrder.CREATED,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[UserTaskView]:
    """Filters all hold together; candidates are known of open tasks only. `name` is a part of it, in any case.

    An inbox has open tasks only; `name`, follow-up dates and other orders than `created` need them, else
    `InvalidCommand`. Who is no operator sees their own tasks, those they are a candidate of, and those for anybody.
    Where each filter passes many, a page looks at 2,000 tasks: it may be short, even empty, while there is a cursor.
    """
    pages.check_limit(limit)
    only_open = open_only or inbox is not None or (state is not None and state.value in OPEN_STATES)
    _check_open_only(only_open, name, follow_up_before, follow_up_after, order)
    with engine.database.read() as connection:
        plain = _Plain(engine.database.is_sqlite and only_open)
        filters = [
            *_inbox_filters(engine, plain, inbox, actor),
            *_equal(plain, user_task.c.assignee, assignee),
            *_equal(plain, user_task.c.key, key),
            *_equal(plain, user_task.c.process_instance_id, process_instance_id),
            *_equal(plain, user_task.c.process_definition_id, process_definition_id, indexed=False),
            *_equal(plain, user_task.c.kind, kind, indexed=False),
            *_equal(plain, user_task.c.state, state and state.value, indexed=False),
            *_candidates(candidate_user, candidate_groups),
            *_between(plain, user_task.c.due_at, due_after, due_before),
            *_between(plain, user_task.c.follow_up_at, follow_up_after, follow_up_before),
        ]
        if unassigned:
            filters.append(_unassigned(plain))
        if name is not None:
            filters.append(_named(connection, plain, name))
        if not actor.is_operator:
            filters.append(_visible(plain, actor))
        conditions = [each.condition for each in filters]
        conditions.append(closings.is_to_be_seen(user_task))
        few = None
        if only_open:
            conditions.append(_OPEN)
            few = walks.few(connection, [each.ids for each in filters], _FEW)
            if few is not None:
                conditions.append(walks.among(connection, user_task.c.id, few))
        is_walked = only_open and bool(filters) and few is None
        rows, end = _rows(connection, select(user_task).where(*conditions), order, cursor, limit + 1, is_walked)
    if len(rows) > limit:
        end = rows[limit - 1]
    items = tuple(view_of(engine, row) for row in rows[:limit])
    return Page(items, None if end is None else _cursor_of(order, end))


def _check_open_only(
    only_open: bool, name: str | None, before: datetime | None, after: datetime | None, order: TaskOrder
) -> None:
    if name is not None and (not 1 <= len(name) <= _LONGEST_NAME or "\0" in name):
        raise errors.InvalidCommand(f"Expected name to have 1 to {_LONGEST_NAME} characters", field="name")
    if only_open:
        return
    for field, given in (
        ("name", name is not None),
        ("followUpBefore", before is not None),
        ("followUpAfter", after is not None),
        ("order", order is not TaskOrder.CREATED),
    ):
        if given:
            raise errors.InvalidCommand(
                f"Expected open tasks only with '{field}': add open=true or an inbox", field=field
            )


# --- filters -------------------------------------------------------------------------------------------------


class _Plain:
    """Columns as SQLite does not look them up by, where the index of the order is to be walked."""

    def __init__(self, hide: bool) -> None:
        self._hide = hide

    def __call__(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The column itself on PostgreSQL, which chooses well."""
        return walks.plain(column) if self._hide else column


def _equal(plain: _Plain, column: Any, wanted: Any, *, indexed: bool = True) -> Iterator[_Filter]:
    if wanted is None:
        return
    yield _Filter(plain(column) == wanted, (_open_ids(column, column == wanted),) if indexed else ())


def _between(plain: _Plain, column: Any, after: datetime | None, before: datetime | None) -> Iterator[_Filter]:
    if after is None and before is None:
        return
    bounds = [column > after] if after is not None else []
    bounds += [column < before] if before is not None else []
    hidden = [plain(column) > after] if after is not None else []
    hidden += [plain(column) < before] if before is not None else []
    yield _Filter(and_(column.is_not(None), *hidden), (_open_ids(column, column.is_not(None), *bounds),))


def _inbox_filters(engine: Engine, plain: _Plain, inbox: Inbox | None, actor: Actor) -> Iterator[_Filter]:
    if inbox is Inbox.MINE:
        yield from _equal(plain, user_task.c.assignee, actor.id)
    elif inbox is Inbox.UNASSIGNED:
        yield _unassigned(plain)
    elif inbox is Inbox.OVERDUE:
        yield from _between(plain, user_task.c.due_at, None, engine.clock())
    elif inbox is Inbox.GROUPS:
        yield _unassigned(plain)
        named, ids = _named_candidates(actor.id, actor.groups)
        yield _Filter(or_(named, _for_anybody(plain)), (*ids, _IDS_FOR_ANYBODY))


def _unassigned(plain: _Plain) -> _Filter:
    column = user_task.c.assignee
    return _Filter(plain(column).is_(None), (_open_ids(column, column.is_(None)),))


def _candidates(user: str | None, groups: Sequence[str]) -> Iterator[_Filter]:
    if user is not None or groups:
        yield _Filter(*_named_candidates(user, groups))


def _visible(plain: _Plain, actor: Actor) -> _Filter:
    named, ids = _named_candidates(actor.id, actor.groups)
    own = user_task.c.assignee == actor.id
    condition = or_(plain(user_task.c.assignee) == actor.id, named, _for_anybody(plain))
    return _Filter(condition, (_open_ids(user_task.c.assignee, own), *ids, _IDS_FOR_ANYBODY))


def _for_anybody(plain: _Plain) -> ColumnElement[bool]:
    return and_(
        plain(user_task.c.assignee).is_(None),
        user_task.c.candidate_users == "[]",
        user_task.c.candidate_groups == "[]",
    )


def _named_candidates(user: str | None, groups: Sequence[str]) -> tuple[ColumnElement[bool], tuple[Select[Any], ...]]:
    """Tasks that name the user or one of the groups as candidates."""
    of = user_task_candidate.c
    wanted = [and_(of.kind == "user", of.name == user)] if user is not None else []
    wanted += [and_(of.kind == "group", of.name.in_(groups))] if groups else []
    ids = tuple(select(of.task_id.label("id")).where(one).order_by(of.name, of.task_id) for one in wanted)
    return exists().where(of.task_id == user_task.c.id, or_(*wanted)), ids


def _named(connection: Connection, plain: _Plain, part: str) -> _Filter:
    """By the names that open tasks have, each of which is one step in their index."""
    column = user_task.c.name
    first = select(func.min(column).label("name")).where(_OPEN).cte("names", recursive=True)
    following = select(func.min(column)).where(_OPEN, column > first.c.name).correlate(first).scalar_subquery()
    names = first.union_all(select(following).where(first.c.name.is_not(None)))
    found = connection.execute(select(names.c.name).where(names.c.name.is_not(None)).limit(_MOST_NAMES + 1)).scalars()
    there = list(found)
    if len(there) > _MOST_NAMES:
        return _Filter(column.icontains(part, autoescape=True))
    wanted = part.casefold()
    fitting = [name for name in there if wanted in name.casefold()]
    if not fitting:
        return _Filter(false(), (select(user_task.c.id).where(false()),))
    return _Filter(plain(column).in_(fitting), (_open_ids(column, column.in_(fitting)),))


def _open_ids(column: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """In the order of the column's index, so that nothing else is thought to be quicker."""
    return select(user_task.c.id).where(_OPEN, *conditions).order_by(column, user_task.c.id)


_IDS_FOR_ANYBODY = select(user_task.c.id).where(_OPEN, FOR_ANYBODY).order_by(user_task.c.id)


# --- order ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stretch:
    """A part of an order that one index has: `keys` in their order, the id last; `begins` where it is gone on with."""

    within: Sequence[ColumnElement[bool]]
    begins: Sequence[ColumnElement[bool]]
    keys: tuple[ColumnElement[Any], ...]
    between: walks.Between


def _rows(
    connection: Connection, query: Select[Any], order: TaskOrder, cursor: str | None, wanted: int, is_walked: bool
) -> tuple[list[Row[Any]], Row[Any] | None]:
    """Stretch after stretch until there are enough; where it `is_walked`, until enough was looked at, up to a place."""
    rows: list[Row[Any]] = []
    for stretch in _stretches(order, cursor):
        here, more = query.where(*stretch.within), wanted - len(rows)
        if is_walked:
            index = select(*_KEYS[order]).where(_OPEN, *stretch.within)
            found, end = walks.along(
                connection, here, index, stretch.keys, between=stretch.between, begins=stretch.begins, limit=more
            )
            rows += found
            if end is not None:
                return rows, end
        else:
            rows += connection.execute(here.where(*stretch.begins).order_by(*stretch.keys).limit(more))
        if len(rows) >= wanted:
            break
    return rows, None


def _stretches(order: TaskOrder, cursor: str | None) -> Iterator[_Stretch]:
    task = user_task.c
    name = f"user-tasks:{order}"
    if order is TaskOrder.CREATED:
        (last,) = keysets.decode(name, cursor, tuple[int]) if cursor else (-1,)
        yield _by_id([], task.id > last)
    elif order is TaskOrder.PRIORITY:
        if cursor:
            priority, last = keysets.decode(name, cursor, tuple[int, int])
            yield _by_id([task.priority == priority], task.id > last)
            yield _by_priority(task.priority < priority)
        else:
            yield _by_priority()
    else:
        due, last = keysets.decode(name, cursor, tuple[int | None, int]) if cursor else (0, None)
        if last is None:
            yield _by_due_date()
        elif due is not None:
            yield _by_due_date(tuple_(task.due_at, task.id) > (keysets.to_time(due), last))
        yield _by_id([task.due_at.is_(None)], task.id > (last if due is None else -1))


def _by_id(within: Sequence[ColumnElement[bool]], begins: ColumnElement[bool]) -> _Stretch:
    return _Stretch(within, [begins], (user_task.c.id,), walks.one_way(user_task.c.id))


def _by_due_date(*begins: ColumnElement[bool]) -> _Stretch:
    keys = (user_task.c.due_at, user_task.c.id)
    return _Stretch([user_task.c.due_at.is_not(None)], begins, keys, walks.one_way(*keys))


def _by_priority(*begins: ColumnElement[bool]) -> _Stretch:
    return _Stretch([], begins, (user_task.c.priority.desc(), user_task.c.id), _between_priorities)


def _between_priorities(at: Row[Any] | None, end: Row[Any] | None) -> list[list[ColumnElement[bool]]]:
    """The ids go up while the priorities go down: the rest of one priority, those below it, the first of another."""
    priority, id_ = user_task.c.priority, user_task.c.id
    if at is not None and end is not None and at.priority == end.priority:
        return [[priority == at.priority, id_ > at.id, id_ <= end.id]]
    first = [] if at is None else [[priority == at.priority, id_ > at.id]]
    below = [] if at is None else [priority < at.priority]
    if end is None:
        return [*first, below]
    return [*first, [*below, priority > end.priority], [priority == end.priority, id_ <= end.id]]


_KEYS: Mapping[TaskOrder, tuple[Column[Any], ...]] = {
    TaskOrder.CREATED: (user_task.c.id,),
    TaskOrder.DUE: (user_task.c.due_at, user_task.c.id),
    TaskOrder.PRIORITY: (user_task.c.priority, user_task.c.id),
}


def _cursor_of(order: TaskOrder, place: Row[Any]) -> str:
    keys = [getattr(place, key.name) for key in _KEYS[order]]
    if order is TaskOrder.DUE:
        keys[0] = keysets.of_time(keys[0])
    return keysets.encode(f"user-tasks:{order}", *keys)
