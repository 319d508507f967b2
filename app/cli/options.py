"""The options of every command that speaks to a running server, and what they become: a client."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate

import click

from baton.app.cli.client import Client


def remote_options(command: Callable[Concatenate[Client, bool, ...], None]) -> Callable[..., None]:
    """Add the options; the command gets a `Client` and whether the answer is to be printed as JSON, then its own."""

    @functools.wraps(command)
    def asked(url: str, api_key: str | None, user: str | None, as_json: bool, **given: Any) -> None:
        command(Client(url, api_key, user), as_json, **given)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the server's answer as JSON."),
        click.option("--user", envvar="BATON_USER", help="Who you are, on an open loopback server. [BATON_USER]"),
        click.option("--api-key", envvar="BATON_API_KEY", help="Better kept in the environment. [BATON_API_KEY]"),
        click.option(
            "--url", envvar="BATON_URL", default="http://127.0.0.1:8080", show_default=True, help="[BATON_URL]"
        ),
    ):
        asked = option(asked)
    return asked


def limit_option(default: int = 50) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """How many items of a list are asked for, page after page."""
    return click.option("--limit", type=click.IntRange(1, 100_000), default=default, show_default=True)
