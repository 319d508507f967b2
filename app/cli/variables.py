"""`--var name=value` of the command line: JSON where it is JSON, text otherwise."""

from __future__ import annotations

from typing import Any

import click
import msgspec


def parse(given: tuple[str, ...]) -> dict[str, Any]:
    """`("amount=100", "name=Ada")` to `{"amount": 100, "name": "Ada"}`; `name="100"` in quotes stays text."""
    variables: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"Expected name=value, but found '{text}'.", param_hint="--var")
        variables[name] = _value(value)
    return variables


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
