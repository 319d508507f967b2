"""Identity: users, groups, API keys and sessions. Secrets are returned once and stored as digests."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, exc, insert, or_, select, update

from baton.bpm import errors
from baton.bpm.runtime import keysets, outside_events, pages
from baton.bpm.runtime.actors import Actor, ActorKind, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import api_key, group, membership, session, user

_FIRST_ADMINISTRATOR = "administrator"
_KEY_MARK = "baton_"
_MAXIMUM_PASSWORD = 1000
_USE_NOTED_EVERY = timedelta(minutes=1)
# One of OWASP's equal choices for scrypt: 16 MB and some 100 ms, at login only.
_SCRYPT = {"n": 2**14, "r": 8, "p": 5, "maxmem": 64 * 1024 * 1024}

_USER_OF_KEY = (
    select(api_key, user.c.roles)
    .join_from(api_key, user, user.c.id == api_key.c.user_id)
    .where(api_key.c.digest == bindparam("digest_"), user.c.deactivated_at.is_(None))
)
_USER_OF_SESSION = (
    select(session.c.user_id, session.c.expires_at, user.c.roles)
    .join_from(session, user, user.c.id == session.c.user_id)
    .where(session.c.digest == bindparam("digest_"), user.c.deactivated_at.is_(None))
)
_GROUPS = select(membership.c.group_id).where(membership.c.user_id == bindparam("user_id_"))

# The groups of the examples: each of their tasks is somebody's.
_BENS_GROUPS = ("employee", "hr", "loan-officers", "warehouse")
_CARLAS_GROUPS = ("employee", "finance", "manager", "managers", "risk", "team-leads")
DEMO_USERS = (
    ("anna", "Anna (sales)", (Role.OPERATOR, Role.WORKER, Role.PARTICIPANT), ("employee", "sales")),
    ("ben", "Ben (warehouse, loans, personnel)", (Role.PARTICIPANT,), _BENS_GROUPS),
    ("carla", "Carla (management, risk)", (Role.PARTICIPANT,), _CARLAS_GROUPS),
    ("demo", "Demo (may do everything)", (Role.ADMINISTRATOR, Role.OPERATOR, Role.WORKER, Role.PARTICIPANT), ()),
)


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """`groups` are group ids, which are their names in candidate groups."""

    id: str
    name: str
    email: str | None
    roles: tuple[Role, ...]
    groups: tuple[str, ...]
    demo: bool
    created_at: datetime
    deactivated_at: datetime | None


class ApiKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is given by `create_api_key` only; `last_used_at` is right to a minute."""

    id: int
    name: str
    user_id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    secret: str | None = None


# --- users ---------------------------------------------------------------------------------------------------


def create_user(
    engine: Engine,
    user_id: str,
    *,
    actor: Actor,
    name: str | None = None,
    roles: Sequence[Role] = (Role.PARTICIPANT,),
    groups: Sequence[str] = (),
    email: str | None = None,
    password: str | None = None,
    demo: bool = False,
) -> UserView:
    """A new user; groups that do not exist yet are made. Raises `Conflict` if there is one of that id."""
    actor.require(Role.ADMINISTRATOR)
    check_name(user_id, "id")
    for group_id in groups:
        check_name(group_id, "groups")
    row = {
        "id": user_id,
        "name": name or user_id,
        "email": email,
        "roles": encode_roles(roles),
        "password_hash": None if password is None else hash_password(password),
        "demo": demo,
        "created_at": engine.clock(),
    }
    try:
        with engine.database.write() as connection:
            connection.execute(insert(user), row)
            join_groups(engine, connection, actor, user_id, groups)
            outside_events.record(
                engine, connection, actor, "UserCreated", user_id=user_id, roles=list(roles), groups=list(groups)
            )
    except exc.IntegrityError as error:
        raise errors.Conflict(f"Expected no user with id '{user_id}', but there is one") from error
    return get_user(engine, user_id)


def users(engine: Engine, *, demo: bool | None = None) -> list[UserView]:
    """All users (or the demo users, or the others), by id."""
    query = select(user).order_by(user.c.id)
    if demo is not None:
        query = query.where(user.c.demo.is_(demo))
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
        groups = groups_by_user(connection, None)
    return [user_view(row, groups.get(row.id, ())) for row in rows]


def get_user(engine: Engine, user_id: str) -> UserView:
    """Raises `NotFound`."""
    with engine.database.read() as connection:
        row = connection.execute(select(user).where(user.c.id == user_id)).first()
        groups = groups_of(connection, user_id)
    if row is None:
        raise errors.NotFound(f"Expected a user with id '{user_id}', but there is none")
    return user_view(row, groups)


def actor_of_user(engine: Engine, user_id: str) -> Actor:
    """The actor that a user is. Raises `NotFound`, also for one who was deactivated."""
    view = get_user(engine, user_id)
    if view.deactivated_at is not None:
        raise errors.NotFound(f"Expected an active user with id '{user_id}', but it was deactivated")
    return Actor(ActorKind.USER, view.id, groups=view.groups, roles=frozenset(view.roles))


def ensure_demo_users(engine: Engine) -> list[UserView]:
    """The people of the demonstration, made if they are not there. For an open loopback server only."""
    there = {view.id for view in users(engine)}
    for user_id, name, roles, groups in DEMO_USERS:
        if user_id not in there:
            create_user(engine, user_id, actor=_SYSTEM, name=name, roles=roles, groups=groups, demo=True)
    return [view for view in users(engine, demo=True) if view.deactivated_at is None]


# --- API keys ------------------------------------------------------------------------------------------------


def create_api_key(
    engine: Engine, *, actor: Actor, user_id: str, name: str, expires_at: datetime | None = None
) -> ApiKeyView:
    """A new key of `user_id`; the answer alone holds its secret. Raises `NotFound` if there is no such active user."""
    if actor.id != user_id:
        actor.require(Role.ADMINISTRATOR)
    check_name(name, "name")
    there = select(user.c.id).where(user.c.id == user_id, user.c.deactivated_at.is_(None)).with_for_update()
    with engine.database.write() as connection:
        if connection.execute(there).first() is None:
            raise errors.NotFound(f"Expected an active user with id '{user_id}', but there is none")
        return _insert_key(engine, connection, actor, user_id, name, expires_at)


def _insert_key(
    engine: Engine, connection: Connection, actor: Actor, user_id: str, name: str, expires_at: datetime | None
) -> ApiKeyView:
    secret = _KEY_MARK + secrets.token_urlsafe(32)
    row = {
        "id": engine.next_id(),
        "name": name,
        "digest": _digest(secret),
        "user_id": user_id,
        "created_at": engine.clock(),
        "expires_at": expires_at,
        "revoked_at": None,
    }
    connection.execute(insert(api_key), row)
    told = {"api_key_id": str(row["id"]), "user_id": user_id, "name": name}
    outside_events.record(engine, connection, actor, "ApiKeyCreated", **told)
    stored = connection.execute(select(api_key).where(api_key.c.id == row["id"])).one()
    return msgspec.structs.replace(_key_view(stored), secret=secret)


def revoke_api_key(engine: Engine, api_key_id: int, *, actor: Actor) -> None:
    """From now on the key opens nothing. Raises `NotFound`."""
    there = select(api_key).where(api_key.c.id == api_key_id).with_for_update()
    if Role.ADMINISTRATOR not in actor.roles:
        there = there.where(api_key.c.user_id == actor.id)
    with engine.database.write() as connection:
        row = connection.execute(there).first()
        if row is None:
            raise errors.NotFound(f"Expected an API key with id '{api_key_id}', but there is none")
        if row.revoked_at is None:
            connection.execute(update(api_key).where(api_key.c.id == api_key_id).values(revoked_at=engine.clock()))
            told = {"api_key_id": str(api_key_id), "user_id": row.user_id, "name": row.name}
            outside_events.record(engine, connection, actor, "ApiKeyRevoked", **told)


def api_keys(
    engine: Engine, *, actor: Actor, user_id: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[ApiKeyView]:
    """The actor's own keys, all keys (or those of `user_id`) for an administrator; without secrets, oldest first."""
    if Role.ADMINISTRATOR not in actor.roles:
        if user_id not in (None, actor.id):
            actor.require(Role.ADMINISTRATOR)
        user_id = actor.id
    pages.check_limit(limit)
    query = select(api_key).order_by(api_key.c.id).limit(limit + 1)
    if user_id is not None:
        query = query.where(api_key.c.user_id == user_id)
    if cursor is not None:
        (last,) = keysets.decode("api-keys", cursor, tuple[int])
        query = query.where(api_key.c.id > last)
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
    views = tuple(_key_view(row) for row in rows[:limit])
    return Page(views, keysets.encode("api-keys", views[-1].id) if len(rows) > limit else None)


def authenticate_api_key(engine: Engine, secret: str) -> Actor:
    """Who the key belongs to. Raises `NotAuthenticated` if it is unknown, expired or revoked."""
    with engine.database.read() as connection:
        row = connection.execute(_USER_OF_KEY, {"digest_": _digest(secret)}).first()
        if row is None or row.revoked_at is not None or _is_over(engine, row.expires_at):
            raise errors.NotAuthenticated("Expected a valid API key: it is unknown, expired or revoked")
        actor = _actor(connection, row)
    _note_use(engine, row)
    return actor


def _note_use(engine: Engine, key: Row[Any]) -> None:
    """Once a minute at most, so that authenticating does not mean writing."""
    now = engine.clock()
    if key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY:
        with engine.database.write() as connection:
            connection.execute(update(api_key).where(api_key.c.id == key.id).values(last_used_at=now))


def ensure_first_administrator(engine: Engine) -> str | None:
    """The secret of a new administrator's key if no usable key of an administrator is there, else None."""
    with engine.database.read() as connection:
        if _has_administrator_key(engine, connection):
            return None
    user_id = _administrator(engine)
    with engine.database.write() as connection:
        # Servers that start at once wait for each other here; all but one find the key that the first made.
        connection.execute(select(user.c.id).where(user.c.id == user_id).with_for_update())
        if _has_administrator_key(engine, connection):
            return None
        return _insert_key(engine, connection, _SYSTEM, user_id, "made on the server's machine", None).secret


def _has_administrator_key(engine: Engine, connection: Connection) -> bool:
    query = (
        select(user.c.roles)
        .join_from(api_key, user, user.c.id == api_key.c.user_id)
        .where(api_key.c.revoked_at.is_(None), user.c.deactivated_at.is_(None))
        .where(or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > engine.clock()))
    )
    return any(Role.ADMINISTRATOR in _roles(roles) for roles in connection.execute(query).scalars())


def make_administrator_key(engine: Engine) -> str:
    """The secret of a new key of an administrator. For who has the database itself in their hands."""
    user_id = _administrator(engine)
    secret = create_api_key(engine, actor=_SYSTEM, user_id=user_id, name="made on the server's machine").secret
    assert secret is not None
    return secret


def _administrator(engine: Engine) -> str:
    """The user the machine's keys belong to; a person of that name without the role is passed over."""
    there = {view.id: view for view in users(engine)}
    for number in itertools.count(1):
        user_id = _FIRST_ADMINISTRATOR if number == 1 else f"{_FIRST_ADMINISTRATOR}-{number}"
        if user_id not in there:
            # Another server that starts at once may be first; the user is the same.
            with contextlib.suppress(errors.Conflict):
                create_user(engine, user_id, actor=_SYSTEM, name="Administrator", roles=tuple(Role))
            break
        if Role.ADMINISTRATOR in there[user_id].roles and there[user_id].deactivated_at is None:
            break
    return user_id


# --- sessions ------------------------------------------------------------------------------------------------


def log_in(engine: Engine, user_id: str, password: str, *, lifetime_seconds: int = 12 * 3600) -> str:
    """The secret of a new session. Raises `NotAuthenticated` if user or password are wrong, after the same work."""
    query = select(user.c.password_hash).where(user.c.id == user_id, user.c.deactivated_at.is_(None))
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    stored = row.password_hash if row is not None and row.password_hash is not None else _NO_PASSWORD
    if not _password_fits(password, stored) or stored is _NO_PASSWORD:
        raise errors.NotAuthenticated("Expected a known user and their password: one of them is wrong")
    return open_session(engine, user_id, lifetime_seconds=lifetime_seconds)


def open_session(engine: Engine, user_id: str, *, lifetime_seconds: int = 12 * 3600) -> str:
    """The secret of a new session without password: for the demo switch of an open loopback server only."""
    get_user(engine, user_id)
    secret = secrets.token_urlsafe(32)
    now = engine.clock()
    row = {
        "digest": _digest(secret),
        "user_id": user_id,
        "created_at": now,
        "expires_at": now + timedelta(seconds=lifetime_seconds),
    }
    with engine.database.write() as connection:
        connection.execute(delete(session).where(session.c.expires_at < now))
        connection.execute(insert(session), row)
    return secret


def authenticate_session(engine: Engine, secret: str) -> Actor:
    """Whose session it is. Raises `NotAuthenticated` if it is unknown or over."""
    with engine.database.read() as connection:
        row = connection.execute(_USER_OF_SESSION, {"digest_": _digest(secret)}).first()
        if row is None or _is_over(engine, row.expires_at):
            raise errors.NotAuthenticated("Expected a session that is open: log in again")
        return _actor(connection, row)


def close_session(engine: Engine, secret: str) -> None:
    """Log out; nothing happens if the session is not known."""
    with engine.database.write() as connection:
        connection.execute(delete(session).where(session.c.digest == _digest(secret)))


# --- inside --------------------------------------------------------------------------------------------------

_SYSTEM = Actor(ActorKind.SYSTEM, "baton", roles=frozenset(Role))
_NO_PASSWORD = "scrypt$00$00"  # noqa: S105 - not a password: what nobody's password fits
_roles = msgspec.json.Decoder(tuple[Role, ...]).decode


def _digest(secret: str) -> str:
    """Secrets are 256 random bits, so a plain digest cannot be reversed; passwords are not, see below."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str) -> str:
    """What is stored of a password. Raises `InvalidCommand` for an empty or very long one."""
    if not 1 <= len(password) <= _MAXIMUM_PASSWORD:
        raise errors.InvalidCommand(f"Expected a password of 1 to {_MAXIMUM_PASSWORD} characters", field="password")
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def _password_fits(password: str, stored: str) -> bool:
    if len(password) > _MAXIMUM_PASSWORD:
        return False
    _, salt, expected = stored.split("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(expected))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, **_SCRYPT)


def _is_over(engine: Engine, expires_at: datetime | None) -> bool:
    return expires_at is not None and expires_at <= engine.clock()


def _actor(connection: Connection, row: Any) -> Actor:
    groups = groups_of(connection, row.user_id)
    return Actor(ActorKind.USER, row.user_id, groups=groups, roles=frozenset(_roles(row.roles)))


def join_groups(engine: Engine, connection: Connection, actor: Actor, user_id: str, groups: Iterable[str]) -> None:
    """Make the user a member of each; those that do not exist yet are made."""
    wanted = tuple(dict.fromkeys(groups))
    known = set(connection.execute(select(group.c.id).where(group.c.id.in_(wanted))).scalars())
    for group_id in wanted:
        if group_id not in known:
            connection.execute(insert(group), {"id": group_id, "name": group_id})
            outside_events.record(engine, connection, actor, "GroupCreated", group_id=group_id, name=group_id)
        connection.execute(insert(membership), {"user_id": user_id, "group_id": group_id})


def groups_of(connection: Connection, user_id: str) -> tuple[str, ...]:
    """The groups a user belongs to."""
    return tuple(sorted(connection.execute(_GROUPS, {"user_id_": user_id}).scalars()))


def groups_by_user(connection: Connection, user_ids: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """The groups of these users, or of all."""
    query = select(membership.c.user_id, membership.c.group_id).order_by(membership.c.group_id)
    if user_ids is not None:
        query = query.where(membership.c.user_id.in_(user_ids))
    found: dict[str, tuple[str, ...]] = {}
    for user_id, group_id in connection.execute(query):
        found[user_id] = (*found.get(user_id, ()), group_id)
    return found


def encode_roles(roles: Iterable[Role]) -> str:
    """Roles as they are stored."""
    return msgspec.json.encode([role.value for role in roles]).decode()


def roles_of(row: Row[Any]) -> tuple[Role, ...]:
    """The roles of a user's row."""
    return _roles(row.roles)


def check_name(name: str, field: str) -> None:
    """Raise `InvalidCommand` unless it has 1 to 255 characters."""
    if not 1 <= len(name) <= 255 or "\0" in name:
        raise errors.InvalidCommand(f"Expected {field} to have 1 to 255 characters", field=field)


def user_view(row: Row[Any], groups: tuple[str, ...]) -> UserView:
    """The view of a row."""
    return UserView(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=_roles(row.roles),
        groups=groups,
        demo=row.demo,
        created_at=row.created_at,
        deactivated_at=row.deactivated_at,
    )


def _key_view(row: Row[Any]) -> ApiKeyView:
    return ApiKeyView(
        id=row.id,
        name=row.name,
        user_id=row.user_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
