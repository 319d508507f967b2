"""Variables: typed, one row each, as `bpm.values` encodes them. `value_key` is for search by equality."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from baton.models.base import Id, metadata

variable = Table(
    "variable",
    metadata,
    Column("scope_id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("process_instance_id", Id, nullable=False, index=True),
    Column("type", Text, nullable=False),
    Column("value", Text),
    Column("value_key", Text),
    Column("size", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
    Index(None, "name", "value_key", "process_instance_id"),
    sqlite_with_rowid=False,
)
