"""Data stores: what outlives the instances that write it, one typed value per name. The last write holds."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from baton.models.base import Id, UtcDateTime, metadata

data_store = Table(
    "data_store",
    metadata,
    Column("name", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("value", Text),
    Column("written_at", UtcDateTime, nullable=False),
    Column("written_by_instance", Id, nullable=False),
)
