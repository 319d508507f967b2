"""Priorities of jobs; who may start a process, and how long it says that history is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"  # search and statistics


def upgrade() -> None:
    op.add_column("job", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    by_priority = (sa.text("priority DESC"), sa.text("due_at"))
    for name, columns, kind in (
        ("internal", by_priority, "kind != 'service'"),
        ("service", (sa.text("type"), *by_priority), "kind = 'service'"),
    ):
        where = sa.text(f"{kind} AND NOT suspended AND priority <> 0")
        op.create_index(f"ix_job_{name}_priority", "job", columns, sqlite_where=where, postgresql_where=where)
    # What a timer brings is tried once unless its diagram says otherwise.
    op.execute(sa.text("UPDATE job SET retries = 1 WHERE kind = 'timer'"))

    for column in (
        sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("starter_users", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("starter_groups", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("history_time_to_live", sa.Text(), nullable=True),
    ):
        op.add_column("process_definition", column)
