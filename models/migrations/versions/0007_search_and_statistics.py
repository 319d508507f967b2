"""Indexes for the search of instances and for where tokens are; statistics of flow nodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.base import Id

revision = "0007"
down_revision = "0006"  # closings


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE process_instance ALTER COLUMN business_key TYPE text COLLATE "C"')
    for name in ("root_id", "caller_id", "process_definition_id_id", "key_id", "started_at", "ended_at"):
        op.drop_index(f"ix_process_instance_{name}", "process_instance")
    for columns in (
        ["root_id", "id"],
        ["process_definition_id", "state", "id"],
        ["key", "state", "id"],
        ["started_at", "id"],
        ["ended_at", "id"],
    ):
        op.create_index(f"ix_process_instance_{'_'.join(columns)}", "process_instance", columns)
    _partial("ix_process_instance_caller_id", "process_instance", ["caller_id", "id"], "caller_id IS NOT NULL")

    op.drop_index("ix_flow_node_instance_process_definition_id_element_id_id", "flow_node_instance")
    where = ["process_definition_id", "element_id", "process_instance_id"]
    _partial("ix_flow_node_instance_open", "flow_node_instance", where, "ended_at IS NULL")
    _partial("ix_flow_node_instance_ended_at", "flow_node_instance", ["ended_at", "id"], "ended_at IS NOT NULL")
    _partial("ix_incident_open", "incident", where, "ended_at IS NULL")
    _partial("ix_incident_open_process_instance_id", "incident", ["process_instance_id"], "ended_at IS NULL")

    op.create_table(
        "flow_node_statistics",
        sa.Column("process_definition_id", Id, autoincrement=False, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("duration_class", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "process_definition_id", "element_id", "duration_class", name="pk_flow_node_statistics"
        ),
    )


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
