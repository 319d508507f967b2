"""Workers that asked for jobs: when last, for which types. Written seldom, not with every request."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from baton.models.base import UtcDateTime, metadata

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("job_types", Text, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False, index=True),
)
