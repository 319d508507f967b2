"""`baton db upgrade`."""

from __future__ import annotations

import os

import click

from baton.app import database
from baton.bpm.settings import read_settings


@click.group()
def db() -> None:
    """Create or migrate the database that BATON_DATABASE_URL names."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date; a SQLite file with data is copied first."""
    revision = database.upgrade(read_settings(os.environ))
    click.echo(f"The database is at revision {revision}.")
