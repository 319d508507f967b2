"""`baton demo`."""

from __future__ import annotations

import os

import click

from baton.app import database
from baton.app import demo as examples
from baton.bpm import expressions
from baton.bpm.runtime import identity
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import read_settings


@click.command()
def demo() -> None:
    """Deploy the examples and start a few instances of each, once; needs no running server.

    `baton serve --demo` does the same before it serves.
    """
    settings = read_settings(os.environ)
    database.upgrade(settings)
    with Engine(settings) as engine:
        identity.ensure_demo_users(engine)
        for name in examples.fill(engine):
            click.echo(f"{name}: deployed, instances started")
    expressions.close()
