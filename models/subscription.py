"""Open subscriptions: who waits for a message, a signal or a condition. A row goes when it is closed.

`process_instance_id` null: a start event of the newest version of a process. `correlation_key` is the key's
canonical text (`bpm.runtime.correlation_keys`), so that 1 and "1" differ; `flows` the message flows of guided mode
that arrive there, as JSON.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from baton.models.base import Id, UtcDateTime, metadata

subscription = Table(
    "subscription",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("correlation_key", Text),
    Column("process_definition_id", Id, nullable=False),
    Column("deployment_id", Id, nullable=False),
    Column("process_instance_id", Id),
    Column("root_id", Id),
    Column("scope_id", Id),
    Column("token_id", Id),
    Column("element_id", Text, nullable=False),
    Column("flows", Text, nullable=False, server_default="[]"),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "kind", "name", "correlation_key"),
    Index(None, "process_instance_id", "kind"),
    Index(None, "deployment_id", "element_id"),
    Index(None, "process_definition_id"),
)
