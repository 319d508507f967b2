"""Closings: activities that were interrupted with so much in them that it ends in several transactions.

What is below the scopes that `token_id` (of the scope `scope_id`) had opened counts as ended for everybody, though its
rows still stand as they were; a job ends them. A row goes when that is done.
"""

from __future__ import annotations

from sqlalchemy import Column, Table

from baton.models.base import Id, UtcDateTime, metadata

closing = Table(
    "closing",
    metadata,
    Column("token_id", Id, primary_key=True, autoincrement=False),
    Column("scope_id", Id, nullable=False),
    Column("process_instance_id", Id, nullable=False, index=True),
    Column("began_at", UtcDateTime, nullable=False),
)
