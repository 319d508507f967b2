"""Flow node instances: every visit of a flow node, live and ended; `id` is the token's id."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from baton.models.base import Id, UtcDateTime, metadata, partial_index

flow_node_instance = Table(
    "flow_node_instance",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("process_instance_id", Id, nullable=False),
    Column("process_definition_id", Id, nullable=False),
    Column("scope_id", Id, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("element_type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("activated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "process_instance_id", "id"),
)
# Where tokens are: only open visits, whatever number has ended.
partial_index(
    "ix_flow_node_instance_open",
    flow_node_instance.c.process_definition_id,
    flow_node_instance.c.element_id,
    flow_node_instance.c.process_instance_id,
    where=flow_node_instance.c.ended_at.is_(None),
)
# In the order of their ends, for `flow_node_statistics`.
partial_index(
    "ix_flow_node_instance_ended_at",
    flow_node_instance.c.ended_at,
    flow_node_instance.c.id,
    where=flow_node_instance.c.ended_at.is_not(None),
)
