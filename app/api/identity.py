"""`/me`, `/users` and `/api-keys`: who there is, and what proves it. Groups are in `groups`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from baton.app.api.blueprint import noun
from baton.app.api.contract import ADMINISTRATORS, EVERYBODY, OPERATORS, Call, operation
from baton.app.api.shapes import (
    Answer,
    Id,
    Nothing,
    Page,
    PageQuery,
    Request,
    Time,
    TimeFilter,
    optional_time,
    time_text,
)
from baton.bpm.runtime import identity, people
from baton.bpm.runtime.actors import Role

me = noun("me")
users = noun("users")
api_keys = noun("api-keys")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Email = Annotated[str, msgspec.Meta(max_length=254, examples=["anna@example.com"])]
Password = Annotated[str, msgspec.Meta(min_length=8, max_length=1000)]


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
    email: str | None
    roles: list[Role]
    groups: list[str]
    demo: bool
    created_at: Time
    deactivated_at: Time | None

    @classmethod
    def of(cls, view: identity.UserView) -> User:
        return cls(
            id=view.id,
            name=view.name,
            email=view.email,
            roles=list(view.roles),
            groups=list(view.groups),
            demo=view.demo,
            created_at=time_text(view.created_at),
            deactivated_at=optional_time(view.deactivated_at),
        )


class UserQuery(PageQuery, frozen=True, kw_only=True):
    """`text` is a part of id, name or email; `group` a group's id."""

    text: Annotated[str, msgspec.Meta(max_length=255)] | None = None
    group: Name | None = None
    active: bool | None = None


class NewUser(Request, frozen=True, kw_only=True):
    """Without `password` the user has API keys only."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._@-]{1,100}$")]
    name: Name | None = None
    email: Email | None = None
    roles: list[Role] = msgspec.field(default_factory=lambda: [Role.PARTICIPANT])
    groups: Annotated[list[Name], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)
    password: Password | None = None


class UserChange(Request, frozen=True, kw_only=True):
    """What is left out stays; null takes email or password away. People may change their own first three."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    email: Email | msgspec.UnsetType | None = msgspec.UNSET
    password: Password | msgspec.UnsetType | None = msgspec.UNSET
    roles: Annotated[list[Role], msgspec.Meta(max_length=10)] | msgspec.UnsetType = msgspec.UNSET
    groups: Annotated[list[Name], msgspec.Meta(max_length=100)] | msgspec.UnsetType = msgspec.UNSET


class ApiKey(Answer, frozen=True, kw_only=True):
    """`secret` is given once, when the key is made; `lastUsedAt` is right to a minute."""

    id: Id
    name: str
    user_id: str
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    last_used_at: Time | None
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
            last_used_at=optional_time(view.last_used_at),
            secret=view.secret,
        )


class ApiKeyQuery(PageQuery, frozen=True, kw_only=True):
    """`userId`: that user's keys only."""

    user_id: Name | None = None


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
@operation(query=UserQuery, answer=Page[User], roles=OPERATORS)
def list_users(call: Call, query: UserQuery) -> Page[User]:
    """List users, by id."""
    page = people.list_(
        call.engine,
        actor=call.actor,
        text=query.text,
        group=query.group,
        active=query.active,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Page(items=[User.of(view) for view in page.items], next_cursor=page.next_cursor)


@users.post("")
@operation(body=NewUser, answer=User, status=201, roles=ADMINISTRATORS, errors=(409,))
def create_user(call: Call, body: NewUser) -> User:
    """Create a user."""
    view = identity.create_user(
        call.engine,
        body.id,
        actor=call.actor,
        name=body.name,
        email=people.check_email(body.email),
        roles=body.roles,
        groups=body.groups,
        password=body.password,
    )
    return User.of(view)


@users.get("/<name:user_id>")
@operation(answer=User, roles=OPERATORS, errors=(404,))
def get_user(call: Call, user_id: str) -> User:
    """Get a user."""
    return User.of(identity.get_user(call.engine, user_id))


@users.patch("/<name:user_id>")
@operation(body=UserChange, answer=User, roles=EVERYBODY, errors=(404, 409))
def change_user(call: Call, user_id: str, body: UserChange) -> User:
    """Change a user; people may change their own name, email and password. A new password ends the sessions."""
    view = people.change(
        call.engine,
        user_id,
        actor=call.actor,
        name=body.name,
        email=body.email,
        password=body.password,
        roles=body.roles,
        groups=body.groups,
    )
    return User.of(view)


@users.post("/<name:user_id>/deactivate")
@operation(answer=User, roles=ADMINISTRATORS, errors=(404, 409))
def deactivate_user(call: Call, user_id: str) -> User:
    """Let a user in no more: sessions end, keys are revoked. Other server processes know within 5 seconds."""
    return User.of(people.deactivate(call.engine, user_id, actor=call.actor))


@users.post("/<name:user_id>/reactivate")
@operation(answer=User, roles=ADMINISTRATORS, errors=(404,))
def reactivate_user(call: Call, user_id: str) -> User:
    """Let a user in again; revoked keys stay revoked."""
    return User.of(people.reactivate(call.engine, user_id, actor=call.actor))


@users.delete("/<name:user_id>")
@operation(answer=Nothing, roles=ADMINISTRATORS, errors=(404, 409))
def delete_user(call: Call, user_id: str) -> Nothing:
    """Delete a user who left no trace in audit and tasks; others can be deactivated."""
    people.delete_user(call.engine, user_id, actor=call.actor)
    return Nothing()


@api_keys.get("")
@operation(query=ApiKeyQuery, answer=Page[ApiKey], roles=ADMINISTRATORS)
def list_api_keys(call: Call, query: ApiKeyQuery) -> Page[ApiKey]:
    """List API keys, without their secrets."""
    page = identity.api_keys(
        call.engine, actor=call.actor, user_id=query.user_id, limit=query.limit, cursor=query.cursor
    )
    return Page(items=[ApiKey.of(view) for view in page.items], next_cursor=page.next_cursor)


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
