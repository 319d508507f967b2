"""Groups: names that tasks are offered to, and who belongs to them. A group's id is what candidate groups say."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, exc, func, insert, select, update

from baton.bpm import errors
from baton.bpm.runtime import identity, keysets, outside_events, pages
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import group, membership, user, user_task_candidate


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """`members` is how many users belong to it; `people.list_(group=...)` names them."""

    id: str
    name: str
    members: int


_MEMBERS = select(func.count()).where(membership.c.group_id == group.c.id).correlate(group).scalar_subquery()
_GROUP = select(group, _MEMBERS.label("members"))


def list_(engine: Engine, *, actor: Actor, limit: int = 50, cursor: str | None = None) -> Page[GroupView]:
    """By id. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    pages.check_limit(limit)
    query = _GROUP.order_by(group.c.id).limit(limit + 1)
    if cursor is not None:
        (last,) = keysets.decode("groups", cursor, tuple[str])
        query = query.where(group.c.id > last)
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
    views = tuple(_view(row) for row in rows[:limit])
    return Page(views, keysets.encode("groups", views[-1].id) if len(rows) > limit else None)


def get(engine: Engine, group_id: str, *, actor: Actor) -> GroupView:
    """Raises `NotFound`."""
    actor.require(Role.OPERATOR)
    with engine.database.read() as connection:
        return _view(_found(connection, group_id))


def create(engine: Engine, group_id: str, *, actor: Actor, name: str | None = None) -> GroupView:
    """A new group without members. Raises `Conflict` if there is one of that id."""
    actor.require(Role.ADMINISTRATOR)
    identity.check_name(group_id, "id")
    identity.check_name(name or group_id, "name")
    try:
        with engine.database.write() as connection:
            connection.execute(insert(group), {"id": group_id, "name": name or group_id})
            outside_events.record(engine, connection, actor, "GroupCreated", group_id=group_id, name=name or group_id)
    except exc.IntegrityError as error:
        raise errors.Conflict(f"Expected no group with id '{group_id}', but there is one") from error
    return get(engine, group_id, actor=actor)


def rename(engine: Engine, group_id: str, *, actor: Actor, name: str) -> GroupView:
    """Its id stays, since diagrams name it. Raises `NotFound`."""
    actor.require(Role.ADMINISTRATOR)
    identity.check_name(name, "name")
    with engine.database.write() as connection:
        old = _found(connection, group_id).name
        if old != name:
            connection.execute(update(group).where(group.c.id == group_id).values(name=name))
            outside_events.record(engine, connection, actor, "GroupChanged", group_id=group_id, old_name=old, name=name)
    return get(engine, group_id, actor=actor)


def remove(engine: Engine, group_id: str, *, actor: Actor) -> None:
    """Its members belong to it no more. Raises `NotFound`, `Conflict` while open tasks are offered to it."""
    actor.require(Role.ADMINISTRATOR)
    offered = select(user_task_candidate.c.task_id).where(
        user_task_candidate.c.kind == "group", user_task_candidate.c.name == group_id
    )
    with engine.database.write() as connection:
        members = _found(connection, group_id).members
        if connection.execute(offered.limit(1)).first() is not None:
            raise errors.Conflict(f"Expected a group without open tasks, but some are offered to group '{group_id}'")
        connection.execute(delete(group).where(group.c.id == group_id))
        outside_events.record(engine, connection, actor, "GroupDeleted", group_id=group_id, members=members)


def add_member(engine: Engine, group_id: str, user_id: str, *, actor: Actor) -> None:
    """Who belongs to it already stays. Raises `NotFound` for an unknown group or user."""
    actor.require(Role.ADMINISTRATOR)
    with engine.database.write() as connection:
        _found(connection, group_id)
        if connection.execute(select(user.c.id).where(user.c.id == user_id).with_for_update()).first() is None:
            raise errors.NotFound(f"Expected a user with id '{user_id}', but there is none")
        if group_id not in identity.groups_of(connection, user_id):
            connection.execute(insert(membership), {"user_id": user_id, "group_id": group_id})
            outside_events.record(engine, connection, actor, "GroupMemberAdded", group_id=group_id, user_id=user_id)


def remove_member(engine: Engine, group_id: str, user_id: str, *, actor: Actor) -> None:
    """Raises `NotFound` for an unknown group, or a user who does not belong to it."""
    actor.require(Role.ADMINISTRATOR)
    gone = delete(membership).where(membership.c.group_id == group_id, membership.c.user_id == user_id)
    with engine.database.write() as connection:
        _found(connection, group_id)
        if connection.execute(gone).rowcount == 0:
            raise errors.NotFound(f"Expected '{user_id}' to be a member of group '{group_id}', but they are not")
        outside_events.record(engine, connection, actor, "GroupMemberRemoved", group_id=group_id, user_id=user_id)


def _found(connection: Connection, group_id: str) -> Row[Any]:
    row = connection.execute(_GROUP.where(group.c.id == group_id)).first()
    if row is None:
        raise errors.NotFound(f"Expected a group with id '{group_id}', but there is none")
    return row


def _view(row: Row[Any]) -> GroupView:
    return GroupView(id=row.id, name=row.name, members=row.members)
