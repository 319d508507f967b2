"""What goes between instances, by a running server: messages, signals, and who waits for them."""

from __future__ import annotations

from typing import Any

import click

from baton.app import variable_texts
from baton.app.cli.client import Client
from baton.app.cli.options import limit_option, remote_options
from baton.app.cli.shown import console, new_table, print_json


@click.command()
@click.argument("name")
@click.option("--key", help="Correlation key, JSON or text: 1 is a number, '\"1\"' a text.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@click.option("--match", "match", multiple=True, metavar="NAME=VALUE", help="A variable the receiver must have.")
@click.option("--business-key", help="The receiver's.")
@click.option("--instance", help="Only this process instance.")
@click.option("--ttl", type=click.FloatRange(min=0), default=0, help="Seconds to wait for a receiver.")
@click.option("--message-id", help="The same id again happens once.")
@remote_options
def message(
    client: Client,
    as_json: bool,
    name: str,
    key: str | None,
    variables: tuple[str, ...],
    match: tuple[str, ...],
    business_key: str | None,
    instance: str | None,
    ttl: float,
    message_id: str | None,
) -> None:
    """Publish the message NAME to the one who waits for it."""
    body: dict[str, Any] = {
        "name": name,
        "variables": variable_texts.plain(variables),
        "correlationVariables": variable_texts.plain(match),
        "businessKey": business_key,
        "processInstanceId": instance,
        "timeToLive": ttl,
        "messageId": message_id,
    }
    if key is not None:
        body["correlationKey"] = variable_texts.plain((f"key={key}",))["key"]
    answer = client.post("/messages", body)
    if as_json:
        print_json(answer)
    elif answer["outcome"] == "buffered":
        click.echo(f"buffered as {answer['id']} until {answer['expiresAt']}")
    else:
        click.echo(f"{answer['outcome']} {answer['processInstanceId']} {answer['key']} at {answer['elementId']}")


@click.command()
@click.argument("name")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="JSON or text; may be repeated.")
@remote_options
def signal(client: Client, as_json: bool, name: str, variables: tuple[str, ...]) -> None:
    """Broadcast the signal NAME to all who wait for it."""
    body = {"name": name, "variables": variable_texts.plain(variables)}
    answer = client.post("/signals", body)
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['processInstances']} instances get it, {answer['starts']} are started")


@click.command()
@click.option("--kind", type=click.Choice(["message", "signal", "condition"]), help="Only of this kind.")
@click.option("--name", help="Only of this message or signal.")
@click.option("--instance", help="Only of this process instance.")
@limit_option()
@remote_options
def subscriptions(
    client: Client,
    as_json: bool,
    kind: str | None,
    name: str | None,
    instance: str | None,
    limit: int,
) -> None:
    """List who waits for messages, signals and conditions."""
    found = client.items("/subscriptions", limit, kind=kind, name=name, processInstanceId=instance)
    if as_json:
        print_json({"items": found})
        return
    rows = new_table("id", "kind", "name", "key", "process", "instance", "element")
    for each in found:
        waits = each["processInstanceId"] or "starts one"
        rows.add_row(
            each["id"],
            each["kind"],
            each["name"] or ", ".join(each["flows"]),
            each["correlationKey"] or "",
            each["key"],
            waits,
            each["elementId"],
        )
    console().print(rows)
