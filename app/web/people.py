"""`/people`: users with their roles and groups, groups with their members, API keys.

Everybody may see their own page, change their own name, email and password, and make keys of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, make_response, redirect, request, url_for

from baton.app.api import json_bodies
from baton.app.api.groups import GroupChange, NewGroup
from baton.app.api.identity import NewUser, UserChange
from baton.app.web import filter_values, forms, page
from baton.bpm import errors
from baton.bpm.runtime import groups, identity, people
from baton.bpm.runtime.actors import Actor, Role

blueprint = Blueprint("people", __name__, url_prefix="/people")

Shape = TypeVar("Shape", bound=msgspec.Struct)
ACTIVE = {"active": True, "deactivated": False}


# --- users ----------------------------------------------------------------------------------------------------


@blueprint.get("")
def index() -> str:
    """Users by id, by the filters of the address."""
    actor = _administrator()
    given = page.filters("text", "group", "active")
    found = people.list_(
        page.engine(),
        actor=actor,
        text=given.get("text"),
        group=given.get("group"),
        active=ACTIVE.get(given.get("active", "")),
        limit=page.ROWS,
        cursor=request.args.get("cursor"),
    )
    return page.show("people/index.html", area="people", found=found, given=given, states=list(ACTIVE))


@blueprint.get("/new")
def new() -> str:
    """The form of a new user."""
    _administrator()
    return _new()


@blueprint.post("/new")
def create() -> page.Answer:
    """Make a user."""
    _administrator()

    def command(actor: Actor) -> object:
        wanted = _read(NewUser, id=_text("id"), roles=request.form.getlist("roles"), groups=_groups(), **_personal())
        return identity.create_user(
            page.engine(),
            wanted.id,
            actor=actor,
            name=wanted.name,
            email=people.check_email(wanted.email),
            roles=wanted.roles,
            groups=wanted.groups,
            password=wanted.password,
        )

    return _act(command, "/people", lambda error: _new(error))


@blueprint.get("/users/<name:user_id>")
def user(user_id: str) -> str:
    """One user: what can be changed, and their API keys."""
    return _user(_allowed(user_id), user_id)


@blueprint.post("/users/<name:user_id>")
def change(user_id: str) -> page.Answer:
    """Change a user; roles and groups only by administrators, whose form has them."""
    may_all = Role.ADMINISTRATOR in page.actor().roles

    def command(actor: Actor) -> object:
        given = _personal() | ({} if "takePassword" not in request.form else {"password": None})
        if may_all:
            given |= {"roles": request.form.getlist("roles"), "groups": _groups()}
        wanted = _read(UserChange, **({"email": None} | given))
        return people.change(
            page.engine(),
            user_id,
            actor=actor,
            name=wanted.name,
            email=wanted.email,
            password=wanted.password,
            roles=wanted.roles,
            groups=wanted.groups,
        )

    return _act_on_user(user_id, command)


@blueprint.post("/users/<name:user_id>/deactivate")
def deactivate(user_id: str) -> page.Answer:
    """Let in no more."""
    return _act_on_user(user_id, lambda actor: people.deactivate(page.engine(), user_id, actor=actor))


@blueprint.post("/users/<name:user_id>/reactivate")
def reactivate(user_id: str) -> page.Answer:
    """Let in again."""
    return _act_on_user(user_id, lambda actor: people.reactivate(page.engine(), user_id, actor=actor))


@blueprint.post("/users/<name:user_id>/delete")
def delete(user_id: str) -> page.Answer:
    """Only who left no trace."""
    return _act_on_user(user_id, lambda actor: people.delete_user(page.engine(), user_id, actor=actor), then="/people")


def _new(refusal: errors.Rejection | None = None) -> str:
    return page.show("people/new.html", area="people", roles=list(Role), refusal=refusal)


def _user(
    actor: Actor, user_id: str, *, refusal: errors.Rejection | None = None, made: identity.ApiKeyView | None = None
) -> str:
    engine = page.engine()
    keys = identity.api_keys(engine, actor=actor, user_id=user_id, limit=page.ROWS, cursor=request.args.get("cursor"))
    return page.show(
        "people/user.html",
        area="people",
        person=identity.get_user(engine, user_id),
        keys=keys,
        roles=list(Role),
        may_all=Role.ADMINISTRATOR in actor.roles,
        refusal=refusal,
        made=made,
    )


def _act_on_user(user_id: str, command: Callable[[Actor], object], then: str | None = None) -> page.Answer:
    actor = _allowed(user_id)
    here = url_for("people.user", user_id=user_id)
    return _act(command, then or here, lambda error: _user(actor, user_id, refusal=error))


# --- API keys -------------------------------------------------------------------------------------------------


@blueprint.get("/keys")
def keys() -> str:
    """All keys, oldest first."""
    found = identity.api_keys(page.engine(), actor=_administrator(), limit=page.ROWS, cursor=request.args.get("cursor"))
    return page.show("people/keys.html", area="people", keys=found)


@blueprint.post("/users/<name:user_id>/keys")
def make_key(user_id: str) -> page.Answer:
    """A new key: this answer alone shows it."""
    actor = _allowed(user_id)
    forms.check(page.FORM_LIMIT)
    try:
        made = identity.create_api_key(
            page.engine(),
            actor=actor,
            user_id=user_id,
            name=_text("keyName"),
            expires_at=filter_values.a_time(request.form, "expiresAt"),
        )
    except errors.Rejection as error:
        if error.field == "name":
            error.field = "keyName"
        return _user(actor, user_id, refusal=error), error.status
    answer = make_response(_user(actor, user_id, made=made))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/keys/<id:api_key_id>/revoke")
def revoke_key(api_key_id: int) -> page.Answer:
    """From now on it opens nothing."""
    return _act(lambda actor: identity.revoke_api_key(page.engine(), api_key_id, actor=actor), "/people/keys", None)


# --- groups ---------------------------------------------------------------------------------------------------


@blueprint.get("/groups")
def group_list() -> str:
    """By id, each with the number of its members."""
    return _group_list(_administrator())


@blueprint.post("/groups")
def create_group() -> page.Answer:
    """A group without members."""
    administrator = _administrator()

    def command(actor: Actor) -> object:
        wanted = _read(NewGroup, id=_text("id"), name=_text("name") or None)
        return groups.create(page.engine(), wanted.id, actor=actor, name=wanted.name)

    return _act(command, "/people/groups", lambda error: _group_list(administrator, error))


@blueprint.get("/groups/<name:group_id>")
def group(group_id: str) -> str:
    """One group with its members."""
    return _group(_administrator(), group_id)


@blueprint.post("/groups/<name:group_id>")
def rename_group(group_id: str) -> page.Answer:
    """Its id stays."""

    def command(actor: Actor) -> object:
        wanted = _read(GroupChange, name=_text("name"))
        return groups.rename(page.engine(), group_id, actor=actor, name=wanted.name)

    return _act_on_group(group_id, command)


@blueprint.post("/groups/<name:group_id>/members")
def add_member(group_id: str) -> page.Answer:
    """Make a user a member."""

    def command(actor: Actor) -> None:
        try:
            groups.add_member(page.engine(), group_id, _text("member"), actor=actor)
        except errors.NotFound as error:
            error.field = "member"
            raise

    return _act_on_group(group_id, command)


@blueprint.post("/groups/<name:group_id>/members/remove")
def remove_member(group_id: str) -> page.Answer:
    """A user is a member no more."""
    return _act_on_group(
        group_id, lambda actor: groups.remove_member(page.engine(), group_id, _text("member"), actor=actor)
    )


@blueprint.post("/groups/<name:group_id>/delete")
def delete_group(group_id: str) -> page.Answer:
    """Only one that no open task is offered to."""
    return _act_on_group(
        group_id, lambda actor: groups.remove(page.engine(), group_id, actor=actor), then="/people/groups"
    )


def _group_list(actor: Actor, refusal: errors.Rejection | None = None) -> str:
    found = groups.list_(page.engine(), actor=actor, limit=page.ROWS, cursor=request.args.get("cursor"))
    return page.show("people/groups.html", area="people", groups=found, refusal=refusal)


def _group(actor: Actor, group_id: str, refusal: errors.Rejection | None = None) -> str:
    engine = page.engine()
    return page.show(
        "people/group.html",
        area="people",
        group=groups.get(engine, group_id, actor=actor),
        members=people.list_(engine, actor=actor, group=group_id, limit=page.ROWS, cursor=request.args.get("cursor")),
        refusal=refusal,
    )


def _act_on_group(group_id: str, command: Callable[[Actor], object], then: str | None = None) -> page.Answer:
    actor = _administrator()
    here = url_for("people.group", group_id=group_id)
    return _act(command, then or here, lambda error: _group(actor, group_id, error))


# --- inside ---------------------------------------------------------------------------------------------------


def _act(command: Callable[[Actor], object], then: str, again: Callable[[errors.Rejection], str] | None) -> page.Answer:
    """`page.act` for every role: workers have keys and a password too."""
    forms.check(page.FORM_LIMIT)
    try:
        command(page.actor())
    except errors.Rejection as error:
        if again is None or (isinstance(error, errors.NotFound) and error.field is None):
            return page.refused(error, back=page.way_back(then))
        return again(error), error.status
    return redirect(page.way_back(then), 303)


def _read(shape: type[Shape], **members: Any) -> Shape:
    """The form as the same shape that the API reads, and so with its limits. Raises `InvalidCommand`."""
    try:
        return msgspec.convert(members, shape)
    except msgspec.ValidationError as error:
        raise json_bodies.refuse_validation(error, shape, what="form") from error


def _personal() -> dict[str, Any]:
    """Name, email and password, where they are given."""
    return {name: _text(name) for name in ("name", "email", "password") if _text(name)}


def _groups() -> list[str]:
    """One per line or between commas."""
    parts = request.form.get("groups", "").replace("\n", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def _text(name: str) -> str:
    text = request.form.get(name, "")
    return text if name == "password" else text.strip()


def _administrator() -> Actor:
    actor = page.actor()
    actor.require(Role.ADMINISTRATOR)
    return actor


def _allowed(user_id: str) -> Actor:
    """Administrators, and the user themselves."""
    actor = page.actor()
    if actor.id != user_id:
        actor.require(Role.ADMINISTRATOR)
    return actor
