"""Process instances. Locking this row (the root's) is what allows to change anything of the instance.

`caller_*` name the call activity that waits for it, if any, and `call_depth` counts the callers above. `start_key`
is the name and correlation key of the message that started it. `conversation_id` is the instance that began the
exchange along message flows (guided mode) this one takes part in.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from baton.models.base import Id, UtcDateTime, metadata, partial_index

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("root_id", Id, nullable=False),
    Column("caller_id", Id),
    Column("caller_token_id", Id),
    Column("caller_scope_id", Id),
    Column("caller_element_id", Text),
    Column("caller_definition_id", Id),
    Column("call_depth", Integer, nullable=False, server_default="0"),
    Column("start_key", Text),
    Column("conversation_id", Id),
    Column("process_definition_id", Id, ForeignKey("process_definition.id"), nullable=False),
    Column("key", Text, nullable=False),
    # By code points on PostgreSQL too, so that one index answers equality, prefixes and the order of a page.
    Column("business_key", Text().with_variant(Text(collation="C"), "postgresql")),
    Column("state", Text, nullable=False),
    # One more with every change: what a writer on SQLite checks, having decided without a lock.
    Column("revision", BigInteger, nullable=False),
    Column("audit_sequence", BigInteger, nullable=False),
    Column("audit_hash", LargeBinary, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by", Text),
    Column("ended_at", UtcDateTime),
    Index(None, "root_id", "id"),
    Index(None, "process_definition_id", "state", "id"),
    Index(None, "key", "state", "id"),
    Index(None, "business_key", "id"),
    Index(None, "state", "id"),
    Index(None, "started_at", "id"),
    Index(None, "ended_at", "id"),
)
partial_index(
    "ix_process_instance_caller_id",
    process_instance.c.caller_id,
    process_instance.c.id,
    where=process_instance.c.caller_id.is_not(None),
)
partial_index(
    "ix_process_instance_start_key",
    process_instance.c.start_key,
    where=process_instance.c.start_key.is_not(None),
)
