"""Deployments and the files they brought. Immutable once written."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text

from baton.models.base import Id, UtcDateTime, metadata

deployment = Table(
    "deployment",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("deployed_at", UtcDateTime, nullable=False),
    Column("deployed_by", Text),
)

resource = Table(
    "resource",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("deployment_id", Id, ForeignKey("deployment.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
)
