"""Live scopes: the process itself and every running sub-process. A row goes when its scope ends."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from baton.models.base import Id, metadata

scope = Table(
    "scope",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("process_instance_id", Id, nullable=False, index=True),
    Column("root_id", Id, nullable=False),
    Column("parent_id", Id, index=True),
    Column("parent_token_id", Id),
    Column("element_id", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
