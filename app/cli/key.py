"""`baton key`: API keys of a running server."""

from __future__ import annotations

from typing import Any

import click

from baton.app.cli.client import Client, segment
from baton.app.cli.options import limit_option, remote_options
from baton.app.cli.shown import console, new_table, print_json


@click.group()
def key() -> None:
    """API keys of a running server: list, create, revoke."""


@key.command("list")
@click.argument("user_id", metavar="[USER]", required=False)
@limit_option()
@remote_options
def list_(client: Client, as_json: bool, user_id: str | None, limit: int) -> None:
    """List API keys, without their secrets; with USER only that user's."""
    found = client.items("/api-keys", limit, userId=user_id)
    if as_json:
        print_json({"items": found})
        return
    table = new_table("id", "name", "user", "created", "last used", "state")
    for each in found:
        used = each["lastUsedAt"] or "never"
        table.add_row(each["id"], each["name"], each["userId"], each["createdAt"], used, _state(each))
    console().print(table)


@key.command()
@click.argument("user_id", metavar="USER")
@click.option("--name", required=True, help="What it is for.")
@click.option("--expires", metavar="TIME", help="RFC 3339 with a zone, such as 2027-01-01T00:00:00Z; else never.")
@remote_options
def create(client: Client, as_json: bool, user_id: str, name: str, expires: str | None) -> None:
    """Make an API key that acts as the user USER; print its secret, which nobody can see again."""
    answer = client.post("/api-keys", {"userId": user_id, "name": name, "expiresAt": expires})
    if as_json:
        print_json(answer)
        return
    click.echo(f"key {answer['id']} of {answer['userId']}; its secret is shown this once:", err=True)
    click.echo(answer["secret"])


@key.command()
@click.argument("key_id", metavar="KEY")
@remote_options
def revoke(client: Client, as_json: bool, key_id: str) -> None:
    """Revoke the API key with the id KEY."""
    answer = client.delete(f"/api-keys/{segment(key_id)}")
    if as_json:
        print_json(answer)
        return
    click.echo(f"{key_id} revoked")


def _state(answer: dict[str, Any]) -> str:
    if answer["revokedAt"] is not None:
        return f"revoked {answer['revokedAt']}"
    return f"until {answer['expiresAt']}" if answer["expiresAt"] else "active"
