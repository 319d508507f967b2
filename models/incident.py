"""Incidents: what a model or its data did wrong, open until resolved."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from baton.models.base import Id, UtcDateTime, metadata, partial_index

incident = Table(
    "incident",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("process_instance_id", Id, nullable=False),
    Column("root_id", Id, nullable=False),
    Column("process_definition_id", Id, nullable=False),
    Column("scope_id", Id, nullable=False),
    Column("token_id", Id, nullable=False),
    Column("job_id", Id),
    Column("element_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text),
    # Alike for what went wrong alike: process, element, type, and the message without its numbers and names.
    Column("cause", Text, nullable=False),
    Index(None, "process_instance_id", "id"),
    Index(None, "state", "id"),
    Index(None, "type", "state", "id"),
    Index(None, "state", "cause", "id"),
)
partial_index(
    "ix_incident_open",
    incident.c.process_definition_id,
    incident.c.element_id,
    incident.c.process_instance_id,
    where=incident.c.ended_at.is_(None),
)
partial_index(
    "ix_incident_open_process_instance_id",
    incident.c.process_instance_id,
    where=incident.c.ended_at.is_(None),
)
