"""Audit events: append-only, written with the change they tell of.

`sequence` counts within a process instance without gaps; `hash` chains there. `id` is the database's own
number: commit order on SQLite, but not on PostgreSQL, where a reader of all events must take only those of
transactions below the oldest one still running (`transaction_id`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from baton.models.base import Id, UtcDateTime, metadata, partial_index


class current_transaction(FunctionElement[int]):
    """The running transaction's number on PostgreSQL; null where commits have an order of their own."""

    type = BigInteger()
    inherit_cache = True


@compiles(current_transaction)
def _nothing(element: current_transaction, compiler: SQLCompiler, **kw: Any) -> str:
    return "NULL"


@compiles(current_transaction, "postgresql")
def _pg_current_xact_id(element: current_transaction, compiler: SQLCompiler, **kw: Any) -> str:
    return "((pg_current_xact_id())::text)::bigint"


audit_event = Table(
    "audit_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("process_instance_id", Id),
    Column("sequence", BigInteger),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("element_id", Text),
    Column("element_name", Text),
    Column("process_definition_id", Id),
    Column("key", Text),
    Column("deployment_id", Id),
    Column("data", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    # The type again, for types that are few and far between: see FREQUENT_TYPES.
    Column("rare_type", Text),
    Column("transaction_id", BigInteger, server_default=current_transaction()),
    UniqueConstraint("process_instance_id", "sequence"),
    Index(None, "process_definition_id", "id"),
    Index(None, "actor_id", "id"),
    Index(None, "occurred_at"),
)
partial_index(
    "ix_audit_event_rare_type", audit_event.c.rare_type, audit_event.c.id, where=audit_event.c.rare_type.is_not(None)
)

# Found quickly by going back from the newest event, so an index of them would only make every write larger.
FREQUENT_TYPES = frozenset(
    {
        "FlowNodeActivated",
        "FlowNodeCompleted",
        "SequenceFlowTaken",
        "UserTaskCompleted",
        "UserTaskCreated",
        "VariableCreated",
        "VariableUpdated",
    }
)
