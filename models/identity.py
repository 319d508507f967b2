"""Who acts: users, groups, memberships, API keys and browser sessions. Secrets are kept as digests only."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

from baton.models.base import Id, UtcDateTime, metadata

user = Table(
    "user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("email", Text),
    Column("password_hash", Text),
    Column("demo", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("deactivated_at", UtcDateTime),
)

group = Table(
    "group",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("user_id", Text, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Text, ForeignKey("group.id", ondelete="CASCADE"), primary_key=True, index=True),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("user_id", Text, ForeignKey("user.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
)

session = Table(
    "session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("user.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
