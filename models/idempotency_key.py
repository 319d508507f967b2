"""Answers already given, so that a request sent twice is carried out once."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from baton.models.base import UtcDateTime, metadata

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("actor_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_digest", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)
