"""How a decision was made, for the terminal: each decision with the rules that matched, then the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import msgspec


def show(made: Mapping[str, Any]) -> None:
    """Print an evaluation as the HTTP API answers it (`output`, `decisions`, `notes`, `failure`)."""
    for decision in made["decisions"]:
        numbers = ", ".join(_rule(rule) for rule in decision["matchedRules"])
        rules = f" by rule {numbers}" if numbers else ""
        click.echo(f"{decision['name']} = {_text(decision['output'])}{rules}", err=True)
        for name, value in decision["inputs"].items():
            click.echo(f"  {name} = {_text(value)}", err=True)
    for note in made["notes"]:
        click.echo(f"note: {note}", err=True)
    if made["failure"] is not None:
        click.echo(f"Failed: {made['failure']}", err=True)
        return
    click.echo(_text(made["output"]))


def _rule(rule: Mapping[str, Any]) -> str:
    return f"{rule['index']} ({rule['ruleId']})" if rule["ruleId"] else str(rule["index"])


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
