"""`baton group`: whom tasks are offered to, on a running server."""

from __future__ import annotations

from typing import Any

import click

from baton.app.cli import user
from baton.app.cli.client import Client, segment
from baton.app.cli.options import limit_option, remote_options
from baton.app.cli.shown import console, new_table, print_json


@click.group()
def group() -> None:
    """Groups of a running server and who belongs to them."""


@group.command("list")
@limit_option()
@remote_options
def list_(client: Client, as_json: bool, limit: int) -> None:
    """List groups."""
    found = client.items("/groups", limit)
    if as_json:
        print_json({"items": found})
        return
    table = new_table("id", "name", "members")
    for each in found:
        table.add_row(each["id"], each["name"], str(each["members"]))
    console().print(table)


@group.command()
@click.argument("group_id", metavar="GROUP")
@remote_options
def show(client: Client, as_json: bool, group_id: str) -> None:
    """Show the group GROUP."""
    _show(client.get(_path(group_id)), as_json)


@group.command()
@click.argument("group_id", metavar="GROUP")
@click.option("--name", help="GROUP, unless given.")
@remote_options
def create(client: Client, as_json: bool, group_id: str, name: str | None) -> None:
    """Create the group GROUP; its id is what candidate groups of diagrams say."""
    _show(client.post("/groups", {"id": group_id, "name": name}), as_json)


@group.command()
@click.argument("group_id", metavar="GROUP")
@click.option("--name", required=True)
@remote_options
def change(client: Client, as_json: bool, group_id: str, name: str) -> None:
    """Rename the group GROUP; its id stays."""
    _show(client.patch(_path(group_id), {"name": name}), as_json)


@group.command()
@click.argument("group_id", metavar="GROUP")
@remote_options
def delete(client: Client, as_json: bool, group_id: str) -> None:
    """Delete the group GROUP, to which no open task is offered."""
    _tell(client.delete(_path(group_id)), as_json, f"{group_id} deleted")


@group.command()
@click.argument("group_id", metavar="GROUP")
@limit_option()
@remote_options
def members(client: Client, as_json: bool, group_id: str, limit: int) -> None:
    """List who belongs to the group GROUP."""
    client.get(_path(group_id))  # a group that does not exist is an error, not an empty list
    user.show_all(client.items("/users", limit, group=group_id), as_json)


@group.command()
@click.argument("group_id", metavar="GROUP")
@click.argument("user_id", metavar="USER")
@remote_options
def add(client: Client, as_json: bool, group_id: str, user_id: str) -> None:
    """Make the user USER a member of the group GROUP."""
    _tell(client.put(_member(group_id, user_id)), as_json, f"{user_id} is a member of {group_id}")


@group.command()
@click.argument("group_id", metavar="GROUP")
@click.argument("user_id", metavar="USER")
@remote_options
def remove(client: Client, as_json: bool, group_id: str, user_id: str) -> None:
    """The user USER is a member of the group GROUP no more."""
    _tell(client.delete(_member(group_id, user_id)), as_json, f"{user_id} is no member of {group_id}")


def _show(answer: dict[str, Any], as_json: bool) -> None:
    _tell(answer, as_json, f"{answer['id']} {answer['name']}, {answer['members']} members")


def _tell(answer: dict[str, Any], as_json: bool, words: str) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(words)


def _path(group_id: str) -> str:
    return f"/groups/{segment(group_id)}"


def _member(group_id: str, user_id: str) -> str:
    return f"{_path(group_id)}/members/{segment(user_id)}"
