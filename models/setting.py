"""Facts about this database that must survive a restart, by name."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from baton.models.base import metadata

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
