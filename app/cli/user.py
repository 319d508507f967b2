"""`baton user`: who there is, on a running server."""

from __future__ import annotations

import sys
from typing import Any

import click

from baton.app.cli.client import Client, segment
from baton.app.cli.options import limit_option, remote_options
from baton.app.cli.shown import console, new_table, print_json
from baton.bpm.runtime.actors import Role

_ROLES = click.Choice([str(role) for role in Role])


@click.group()
def user() -> None:
    """Users of a running server: list, create, change, let in no more."""


@user.command("list")
@click.argument("text", required=False)
@click.option("--group", help="Only who belongs to this group.")
@click.option("--active/--deactivated", default=None, help="Only who may come in, or may not.")
@limit_option()
@remote_options
def list_(client: Client, as_json: bool, text: str | None, group: str | None, active: bool | None, limit: int) -> None:
    """List users; with TEXT those with it in their id, name or email."""
    asked = None if active is None else str(active).lower()
    show_all(client.items("/users", limit, text=text, group=group, active=asked), as_json)


@user.command()
@remote_options
def me(client: Client, as_json: bool) -> None:
    """Show whom the server takes you for."""
    answer = client.get("/me")
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['id']} ({answer['kind']})")
    click.echo(f"roles: {_names(answer['roles'])}")
    click.echo(f"groups: {_names(answer['groups'])}")


@user.command()
@click.argument("user_id", metavar="USER")
@remote_options
def show(client: Client, as_json: bool, user_id: str) -> None:
    """Show the user USER."""
    _show(client.get(_path(user_id)), as_json)


@user.command()
@click.argument("user_id", metavar="USER")
@click.option("--name", help="USER, unless given.")
@click.option("--email")
@click.option("--role", "roles", multiple=True, type=_ROLES, help="May be repeated; participant, unless given.")
@click.option("--group", "groups", multiple=True, help="Made if there is none of that id; may be repeated.")
@click.option("--password", "with_password", is_flag=True, help="Ask for one; without it there are only API keys.")
@remote_options
def create(
    client: Client,
    as_json: bool,
    user_id: str,
    name: str | None,
    email: str | None,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    with_password: bool,
) -> None:
    """Create the user USER."""
    body: dict[str, Any] = {"id": user_id, "name": name, "email": email, "groups": groups}
    if roles:
        body["roles"] = roles
    if with_password:
        body["password"] = _ask_password()
    _show(client.post("/users", body), as_json)


@user.command()
@click.argument("user_id", metavar="USER")
@click.option("--name")
@click.option("--email", help="An empty one takes it away.")
@click.option("--role", "roles", multiple=True, type=_ROLES, help="Instead of all that USER has; may be repeated.")
@click.option("--no-roles", is_flag=True, help="Take all roles away.")
@click.option("--group", "groups", multiple=True, help="Instead of all that USER belongs to; may be repeated.")
@click.option("--no-groups", is_flag=True, help="USER belongs to no group.")
@click.option("--password", "with_password", is_flag=True, help="Ask for a new one, which ends USER's sessions.")
@click.option("--no-password", is_flag=True, help="Take it away: USER has only API keys.")
@remote_options
def change(
    client: Client,
    as_json: bool,
    user_id: str,
    name: str | None,
    email: str | None,
    roles: tuple[str, ...],
    no_roles: bool,
    groups: tuple[str, ...],
    no_groups: bool,
    with_password: bool,
    no_password: bool,
) -> None:
    """Change the user USER; what is not named stays. People may change their own name, email and password."""
    _check_one("--role", bool(roles), "--no-roles", no_roles)
    _check_one("--group", bool(groups), "--no-groups", no_groups)
    _check_one("--password", with_password, "--no-password", no_password)
    body: dict[str, Any] = {}
    if name is not None:
        body["name"] = name
    if email is not None:
        body["email"] = email or None
    if roles or no_roles:
        body["roles"] = roles
    if groups or no_groups:
        body["groups"] = groups
    if with_password or no_password:
        body["password"] = None if no_password else _ask_password()
    if not body:
        raise click.UsageError("Expected what to change, such as --name, but found no option of it.")
    _show(client.patch(_path(user_id), body), as_json)


@user.command()
@click.argument("user_id", metavar="USER")
@remote_options
def deactivate(client: Client, as_json: bool, user_id: str) -> None:
    """Let the user USER in no more: sessions end, keys are revoked."""
    _show(client.post(f"{_path(user_id)}/deactivate", {}), as_json)


@user.command()
@click.argument("user_id", metavar="USER")
@remote_options
def reactivate(client: Client, as_json: bool, user_id: str) -> None:
    """Let the user USER in again; revoked keys stay revoked."""
    _show(client.post(f"{_path(user_id)}/reactivate", {}), as_json)


@user.command()
@click.argument("user_id", metavar="USER")
@remote_options
def delete(client: Client, as_json: bool, user_id: str) -> None:
    """Delete the user USER, who left no trace in audit and tasks; others can be deactivated."""
    answer = client.delete(_path(user_id))
    if as_json:
        print_json(answer)
        return
    click.echo(f"{user_id} deleted")


def show_all(users: list[Any], as_json: bool) -> None:
    """The users as a table, or as JSON."""
    if as_json:
        print_json({"items": users})
        return
    table = new_table("id", "name", "email", "roles", "groups", "state")
    for each in users:
        roles, groups = ", ".join(each["roles"]), ", ".join(each["groups"])
        table.add_row(each["id"], each["name"], each["email"] or "", roles, groups, _state(each))
    console().print(table)


def _show(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    email = f" <{answer['email']}>" if answer["email"] else ""
    click.echo(f"{answer['id']} {answer['name']}{email} {_state(answer)}")
    click.echo(f"roles: {_names(answer['roles'])}")
    click.echo(f"groups: {_names(answer['groups'])}")


def _state(answer: dict[str, Any]) -> str:
    if answer["deactivatedAt"] is not None:
        return f"deactivated {answer['deactivatedAt']}"
    return "active, demo" if answer["demo"] else "active"


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _path(user_id: str) -> str:
    return f"/users/{segment(user_id)}"


def _check_one(option: str, given: bool, other: str, other_given: bool) -> None:
    if given and other_given:
        raise click.UsageError(f"Expected {option} or {other}, but found both.")


def _ask_password() -> str:
    """Typed twice and not shown, or the first line of what is piped in; never an argument, which others can read."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
