"""Process instances. Locking this row (the root's) is what allows to change anything of the instance."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from baton.models.base import Id, UtcDateTime, metadata

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("root_id", Id, nullable=False, index=True),
    Column("caller_id", Id),
    Column("caller_token_id", Id),
    Column("process_definition_id", Id, ForeignKey("process_definition.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("business_key", Text),
    Column("state", Text, nullable=False),
    # One more with every change: what a writer on SQLite checks, having decided without a lock.
    Column("revision", BigInteger, nullable=False),
    Column("audit_sequence", BigInteger, nullable=False),
    Column("audit_hash", LargeBinary, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by", Text),
    Column("ended_at", UtcDateTime),
    Index(None, "process_definition_id", "id"),
    Index(None, "key", "id"),
    Index(None, "business_key", "id"),
    Index(None, "state", "id"),
    Index(None, "started_at"),
    Index(None, "ended_at"),
)
