"""Decisions: one row per decision of a file and version, and one per time it was made. The XML is the resource's."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from baton.models.base import Id, UtcDateTime, metadata

decision_definition = Table(
    "decision_definition",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("version_tag", Text),
    # The file's own id and name: what holds the decisions that this one requires.
    Column("graph_id", Text, nullable=False),
    Column("graph_name", Text, nullable=False),
    Column("deployment_id", Id, ForeignKey("deployment.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("resource_id", Id, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("deployed_at", UtcDateTime, nullable=False),
    UniqueConstraint("key", "version"),
)

decision_evaluation = Table(
    "decision_evaluation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("decision_definition_id", Id, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    # Who called it, if a process did.
    Column("process_instance_id", Id),
    Column("process_definition_id", Id),
    Column("token_id", Id),
    Column("element_id", Text),
    Column("evaluated_at", UtcDateTime, nullable=False),
    Column("actor_id", Text, nullable=False),
    # JSON: values in their HTTP form; large ones as size and digest.
    Column("inputs", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("decisions", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("failure", Text),
    Index(None, "decision_definition_id", "id"),
    Index(None, "key", "id"),
    Index(None, "process_instance_id", "id"),
)
