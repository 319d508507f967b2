"""`/me`, `/users` and `/api-keys`: who there is, and what proves it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from baton.app.api.blueprint import noun
from baton.app.api.contract import ADMINISTRATORS, EVERYBODY, OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Id, Nothing, Request, Time, TimeFilter, optional_time, time_text
from baton.bpm.runtime import identity
from baton.bpm.runtime.actors import Role

me = noun("me")
users = noun("users")
api_keys = noun("api-keys")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Me(Answer, frozen=True, kw_only=True):
    """Whom the server takes you for."""

    id: str
    kind: str
    groups: list[str]
    roles: list[Role]


class User(Answer, frozen=True, kw_only=True):
    """`groups` are the names that candidate groups use."""

    id: str
    name: str
    roles: list[Role]
    groups: list[str]
    demo: bool
    created_at: Time

    @classmethod
    def of(cls, view: identity.UserView) -> User:
        return cls(
            id=view.id,
            name=view.name,
            roles=list(view.roles),
            groups=list(view.groups),
            demo=view.demo,
            created_at=time_text(view.created_at),
        )


class UserList(Answer, frozen=True, kw_only=True):
    """All users."""

    items: list[User]


class NewUser(Request, frozen=True, kw_only=True):
    """Without `password` the user has API keys only."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._@-]{1,100}$")]
    name: Name | None = None
    roles: list[Role] = msgspec.field(default_factory=lambda: [Role.PARTICIPANT])
    groups: Annotated[list[Name], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)
    password: Annotated[str, msgspec.Meta(min_length=8, max_length=1000)] | None = None


class ApiKey(Answer, frozen=True, kw_only=True):
    """`secret` is given once, when the key is made."""

    id: Id
    name: str
    user_id: str
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    secret: str | None

    @classmethod
    def of(cls, view: identity.ApiKeyView) -> ApiKey:
        return cls(
            id=str(view.id),
            name=view.name,
            user_id=view.user_id,
            created_at=time_text(view.created_at),
            expires_at=optional_time(view.expires_at),
            revoked_at=optional_time(view.revoked_at),
            secret=view.secret,
        )


class ApiKeyList(Answer, frozen=True, kw_only=True):
    """All keys, without their secrets."""

    items: list[ApiKey]


class NewApiKey(Request, frozen=True, kw_only=True):
    """A key acts as its user."""

    user_id: Name
    name: Name
    expires_at: TimeFilter | None = None


@me.get("")
@operation(answer=Me, roles=EVERYBODY)
def get_me(call: Call) -> Me:
    """Who am I."""
    actor = call.actor
    return Me(id=actor.id, kind=actor.kind, groups=list(actor.groups), roles=sorted(actor.roles))


@users.get("")
@operation(answer=UserList, roles=OPERATORS)
def list_users(call: Call) -> UserList:
    """List users."""
    return UserList(items=[User.of(view) for view in identity.users(call.engine)])


@users.post("")
@operation(body=NewUser, answer=User, status=201, roles=ADMINISTRATORS, errors=(409,))
def create_user(call: Call, body: NewUser) -> User:
    """Create a user."""
    view = identity.create_user(
        call.engine,
        body.id,
        actor=call.actor,
        name=body.name,
        roles=body.roles,
        groups=body.groups,
        password=body.password,
    )
    return User.of(view)


@api_keys.get("")
@operation(answer=ApiKeyList, roles=ADMINISTRATORS)
def list_api_keys(call: Call) -> ApiKeyList:
    """List API keys."""
    return ApiKeyList(items=[ApiKey.of(view) for view in identity.api_keys(call.engine, actor=call.actor)])


@api_keys.post("")
@operation(body=NewApiKey, answer=ApiKey, status=201, roles=ADMINISTRATORS, errors=(404,))
def create_api_key(call: Call, body: NewApiKey) -> ApiKey:
    """Create an API key; its secret is in this answer and nowhere else."""
    view = identity.create_api_key(
        call.engine, actor=call.actor, user_id=body.user_id, name=body.name, expires_at=body.expires_at
    )
    return ApiKey.of(view)


@api_keys.delete("/<id:api_key_id>")
@operation(answer=Nothing, roles=ADMINISTRATORS, errors=(404,))
def revoke_api_key(call: Call, api_key_id: int) -> Nothing:
    """Revoke an API key."""
    identity.revoke_api_key(call.engine, api_key_id, actor=call.actor)
    return Nothing()
