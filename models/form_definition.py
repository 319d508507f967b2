"""Form definitions: one row per form and version. The JSON is the resource's."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from baton.models.base import Id, UtcDateTime, metadata

form_definition = Table(
    "form_definition",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("version_tag", Text),
    Column("kind", Text, nullable=False),
    Column("deployment_id", Id, ForeignKey("deployment.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("resource_id", Id, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("deployed_at", UtcDateTime, nullable=False),
    UniqueConstraint("key", "version"),
)
