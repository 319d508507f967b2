"""`baton db upgrade`, `baton db admin-key`: what the operator of the machine does to the database itself."""

from __future__ import annotations

import os

import click

from baton.app import database
from baton.bpm.runtime import identity
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import read_settings


@click.group()
def db() -> None:
    """Work on the database that BATON_DATABASE_URL names, without a server."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date; a SQLite file with data is copied first."""
    revision = database.upgrade(read_settings(os.environ))
    click.echo(f"The database is at revision {revision}.")


@db.command("admin-key")
def admin_key() -> None:
    """Make an API key of an administrator and print it, once: the way back in when no other key is left.

    With SQLite no server may be running on the file.
    """
    settings = read_settings(os.environ)
    database.upgrade(settings)
    engine = Engine(settings)
    try:
        click.echo(identity.make_administrator_key(engine))
    finally:
        engine.close()
