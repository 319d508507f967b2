"""How answers are shown: tables for people, JSON for programs."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table


def new_table(*columns: str) -> Table:
    """A table without lines; long texts are folded."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def console() -> Console:
    """As wide as the terminal, or 200 columns where there is none."""
    return Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)


def print_json(answer: Any) -> None:
    """Indented, as the server gave it."""
    click.echo(msgspec.json.format(msgspec.json.encode(answer)).decode())
