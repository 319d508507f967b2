"""What is interrupted and ends in several transactions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.base import Id, UtcDateTime

revision = "0006"
down_revision = "0005"  # people and operations


def upgrade() -> None:
    op.create_table(
        "closing",
        sa.Column("token_id", Id, autoincrement=False, nullable=False),
        sa.Column("scope_id", Id, nullable=False),
        sa.Column("process_instance_id", Id, nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name="pk_closing"),
    )
    op.create_index("ix_closing_process_instance_id", "closing", ["process_instance_id"])
