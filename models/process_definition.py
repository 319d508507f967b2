"""Process definitions: one row per process and version. The XML is the resource's."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, UniqueConstraint, true

from baton.models.base import Id, UtcDateTime, metadata

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("version_tag", Text),
    Column("mode", Text, nullable=False),
    # Who may start it, as the diagram says: offered to people at all, and if any are named (JSON lists), only they.
    Column("is_listed", Boolean, nullable=False, server_default=true()),
    Column("starter_users", Text, nullable=False, server_default="[]"),
    Column("starter_groups", Text, nullable=False, server_default="[]"),
    Column("history_time_to_live", Text),
    Column("deployment_id", Id, ForeignKey("deployment.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("resource_id", Id, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("deployed_at", UtcDateTime, nullable=False),
    UniqueConstraint("key", "version"),
)
