"""Users as administrators keep them: found, changed, deactivated, deleted. `identity` makes them and lets them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, or_, select, update

from baton.bpm import errors
from baton.bpm.runtime import identity, keysets, outside_events, pages
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.identity import UserView
from baton.bpm.runtime.pages import Page
from baton.models import api_key, audit_event, membership, session, user, user_task, user_task_draft

_LONGEST_EMAIL = 254


def list_(
    engine: Engine,
    *,
    actor: Actor,
    text: str | None = None,
    group: str | None = None,
    active: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[UserView]:
    """By id; `text` is a part of id, name or email. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    pages.check_limit(limit)
    query = select(user).order_by(user.c.id).limit(limit + 1)
    if text:
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in _SEARCHED)))
    if group is not None:
        query = query.where(user.c.id.in_(select(membership.c.user_id).where(membership.c.group_id == group)))
    if active is not None:
        query = query.where(user.c.deactivated_at.is_(None) if active else user.c.deactivated_at.is_not(None))
    if cursor is not None:
        (last,) = keysets.decode("users", cursor, tuple[str])
        query = query.where(user.c.id > last)
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
        groups = identity.groups_by_user(connection, [row.id for row in rows])
    views = tuple(identity.user_view(row, groups.get(row.id, ())) for row in rows[:limit])
    return Page(views, keysets.encode("users", views[-1].id) if len(rows) > limit else None)


_SEARCHED = (user.c.id, user.c.name, user.c.email)


def change(
    engine: Engine,
    user_id: str,
    *,
    actor: Actor,
    name: str | msgspec.UnsetType = msgspec.UNSET,
    email: str | msgspec.UnsetType | None = msgspec.UNSET,
    password: str | msgspec.UnsetType | None = msgspec.UNSET,
    roles: Sequence[Role] | msgspec.UnsetType = msgspec.UNSET,
    groups: Sequence[str] | msgspec.UnsetType = msgspec.UNSET,
) -> UserView:
    """What is not given stays; groups that do not exist yet are made. A new password ends the user's sessions.

    People may change their own name, email and password; all else is for administrators, `NotAllowed`.
    Raises `Conflict` if nobody would be administrator any more. The audit has no emails and no passwords.
    """
    if actor.id != user_id or roles is not msgspec.UNSET or groups is not msgspec.UNSET:
        actor.require(Role.ADMINISTRATOR)
    changes = _checked(name, email, password)
    wanted = None if isinstance(groups, msgspec.UnsetType) else _checked_groups(groups)
    with engine.database.write() as connection:
        row = _locked(connection, user_id)
        told: dict[str, Any] = {"changed": sorted({"password" if c == "password_hash" else c for c in changes})}
        if not isinstance(roles, msgspec.UnsetType):
            given = tuple(dict.fromkeys(roles))
            if Role.ADMINISTRATOR not in given:
                _check_not_last(connection, row, "take its role away")
            changes["roles"] = identity.encode_roles(given)
            told |= {"old_roles": identity.roles_of(row), "roles": given}
        if wanted is not None:
            told |= {"old_groups": identity.groups_of(connection, user_id), "groups": wanted}
            connection.execute(delete(membership).where(membership.c.user_id == user_id))
            identity.join_groups(engine, connection, actor, user_id, wanted)
        if changes:
            connection.execute(update(user).where(user.c.id == user_id).values(changes))
        if "password_hash" in changes:
            connection.execute(delete(session).where(session.c.user_id == user_id))
        outside_events.record(engine, connection, actor, "UserChanged", user_id=user_id, **told)
    return identity.get_user(engine, user_id)


def deactivate(engine: Engine, user_id: str, *, actor: Actor) -> UserView:
    """The user comes in no more: sessions end, keys are revoked; tasks and audit stay. Again: nothing happens.

    Raises `NotFound`, and `Conflict` for the last administrator.
    """
    actor.require(Role.ADMINISTRATOR)
    now = engine.clock()
    with engine.database.write() as connection:
        row = _locked(connection, user_id)
        if row.deactivated_at is None:
            _check_not_last(connection, row, "deactivate it")
            connection.execute(update(user).where(user.c.id == user_id).values(deactivated_at=now))
            ended = connection.execute(delete(session).where(session.c.user_id == user_id)).rowcount
            keys = update(api_key).where(api_key.c.user_id == user_id, api_key.c.revoked_at.is_(None))
            revoked = connection.execute(keys.values(revoked_at=now)).rowcount
            outside_events.record(
                engine,
                connection,
                actor,
                "UserDeactivated",
                user_id=user_id,
                sessions_ended=ended,
                api_keys_revoked=revoked,
            )
    return identity.get_user(engine, user_id)


def reactivate(engine: Engine, user_id: str, *, actor: Actor) -> UserView:
    """The user may come in again, with their password or new keys; what was revoked stays so. Raises `NotFound`."""
    actor.require(Role.ADMINISTRATOR)
    with engine.database.write() as connection:
        row = _locked(connection, user_id)
        if row.deactivated_at is not None:
            connection.execute(update(user).where(user.c.id == user_id).values(deactivated_at=None))
            outside_events.record(engine, connection, actor, "UserReactivated", user_id=user_id)
    return identity.get_user(engine, user_id)


def delete_user(engine: Engine, user_id: str, *, actor: Actor) -> None:
    """Only who left no trace: an id in the audit or on an open task must not become another person's.

    Raises `NotFound`, and `Conflict` for the last administrator, and where deactivating is what is left.
    """
    actor.require(Role.ADMINISTRATOR)
    with engine.database.write() as connection:
        row = _locked(connection, user_id)
        _check_not_last(connection, row, "delete it")
        acted = select(audit_event.c.id).where(audit_event.c.actor_id == user_id).limit(1)
        has = select(user_task.c.id).where(user_task.c.ended_at.is_(None), user_task.c.assignee == user_id).limit(1)
        for query, why in ((acted, "the audit names it"), (has, "open tasks are assigned to it")):
            if connection.execute(query).first() is not None:
                raise errors.Conflict(
                    f"Expected a user that left no trace, but {why}: deactivate user '{user_id}' instead of deleting it"
                )
        connection.execute(delete(user_task_draft).where(user_task_draft.c.user_id == user_id))
        connection.execute(delete(user).where(user.c.id == user_id))
        outside_events.record(engine, connection, actor, "UserDeleted", user_id=user_id)


def _checked(name: Any, email: Any, password: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if name is not msgspec.UNSET:
        identity.check_name(name, "name")
        changes["name"] = name
    if email is not msgspec.UNSET:
        changes["email"] = check_email(email)
    if password is not msgspec.UNSET:
        changes["password_hash"] = None if password is None else identity.hash_password(password)
    return changes


def check_email(email: str | None) -> str | None:
    """The address as given. Raises `InvalidCommand` for what has no part before and after one `@`."""
    if email is None:
        return None
    before, _, after = email.partition("@")
    odd = any(letter.isspace() or not letter.isprintable() for letter in email)
    if not before or not after or "@" in after or odd or len(email) > _LONGEST_EMAIL:
        raise errors.InvalidCommand("Expected an email address such as anna@example.com", field="email")
    return email


def _checked_groups(groups: Sequence[str]) -> tuple[str, ...]:
    for group_id in groups:
        identity.check_name(group_id, "groups")
    return tuple(sorted(set(groups)))


def _locked(connection: Connection, user_id: str) -> Row[Any]:
    """The user's row; administrators are locked too, in order, so that two cannot remove each other at once."""
    administrator = user.c.roles.contains(Role.ADMINISTRATOR.value)
    query = select(user).where(or_(user.c.id == user_id, administrator)).order_by(user.c.id).with_for_update()
    for row in connection.execute(query):
        if row.id == user_id:
            return row
    raise errors.NotFound(f"Expected a user with id '{user_id}', but there is none")


def _check_not_last(connection: Connection, row: Row[Any], doing: str) -> None:
    """Demo users administer open servers, the others closed ones: each kind needs one who can."""
    if Role.ADMINISTRATOR not in identity.roles_of(row) or row.deactivated_at is not None:
        return
    others = select(func.count()).where(
        user.c.id != row.id,
        user.c.demo.is_(row.demo),
        user.c.deactivated_at.is_(None),
        user.c.roles.contains(f'"{Role.ADMINISTRATOR.value}"'),
    )
    if connection.execute(others).scalar() == 0:
        raise errors.Conflict(f"Expected another administrator to {doing}, but user '{row.id}' is the last one")
