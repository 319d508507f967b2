"""Identity: users, groups, API keys and sessions. Secrets are returned once and stored as digests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """`groups` are group ids, which are their names in candidate groups."""

    id: str
    name: str
    roles: tuple[Role, ...]
    groups: tuple[str, ...]
    demo: bool
    created_at: datetime


class ApiKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is given by `create_api_key` only."""

    id: int
    name: str
    user_id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    secret: str | None = None


def create_user(
    engine: Engine,
    user_id: str,
    *,
    actor: Actor,
    name: str | None = None,
    roles: Sequence[Role] = (Role.PARTICIPANT,),
    groups: Sequence[str] = (),
    password: str | None = None,
    demo: bool = False,
) -> UserView:
    raise NotImplementedError


def users(engine: Engine, *, demo: bool | None = None) -> list[UserView]:
    raise NotImplementedError


def get_user(engine: Engine, user_id: str) -> UserView:
    raise NotImplementedError


def actor_of_user(engine: Engine, user_id: str) -> Actor:
    """NotFound if there is no such user."""
    raise NotImplementedError


def create_api_key(
    engine: Engine, *, actor: Actor, user_id: str, name: str, expires_at: datetime | None = None
) -> ApiKeyView:
    raise NotImplementedError


def revoke_api_key(engine: Engine, api_key_id: int, *, actor: Actor) -> None:
    raise NotImplementedError


def api_keys(engine: Engine, *, actor: Actor) -> list[ApiKeyView]:
    raise NotImplementedError


def authenticate_api_key(engine: Engine, secret: str) -> Actor:
    """NotAuthenticated if unknown, expired or revoked."""
    raise NotImplementedError


def ensure_first_administrator(engine: Engine) -> str | None:
    """The secret of a new administrator key if there is no API key at all yet, else None."""
    raise NotImplementedError


def ensure_demo_users(engine: Engine) -> list[UserView]:
    raise NotImplementedError


def log_in(engine: Engine, user_id: str, password: str, *, lifetime_seconds: int = 12 * 3600) -> str:
    """The secret of a new session. NotAuthenticated if user or password are wrong."""
    raise NotImplementedError


def open_session(engine: Engine, user_id: str, *, lifetime_seconds: int = 12 * 3600) -> str:
    """The secret of a new session without password: for the demo switch of an open loopback server only."""
    raise NotImplementedError


def authenticate_session(engine: Engine, secret: str) -> Actor:
    """NotAuthenticated if unknown or expired."""
    raise NotImplementedError


def close_session(engine: Engine, secret: str) -> None:
    raise NotImplementedError
