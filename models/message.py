"""Messages that are kept: those that wait for a subscription (`state` `waiting`), the answers to publishes with a
message id (`answered`), and the last ones that nobody waited for (`unmatched`), which explain near misses.

`variables` are typed, as in a job's payload; `flows` the message flows of guided mode, within `deployment_id`.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from baton.models.base import Id, UtcDateTime, metadata, partial_index

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("correlation_key", Text),
    # The key as it was sent, in its HTTP form, to be shown.
    Column("shown_key", Text),
    Column("business_key", Text),
    Column("variables", Text, nullable=False),
    Column("correlation_variables", Text, nullable=False, server_default="{}"),
    Column("message_id", Text),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("deployment_id", Id),
    Column("flows", Text, nullable=False, server_default="[]"),
    Column("sender_id", Id),
    Column("conversation_id", Id),
    Column("published_at", UtcDateTime, nullable=False),
    Column("published_by", Text),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "state", "name"),
    Index(None, "expires_at"),
)
partial_index(
    "uq_message_name_message_id",
    message.c.name,
    message.c.message_id,
    where=message.c.message_id.is_not(None),
    unique=True,
)
