"""Subscriptions, messages that wait, and who called an instance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.base import Id, UtcDateTime

revision = "0004"
down_revision = "0003"  # forms


def upgrade() -> None:
    for column in (
        sa.Column("caller_scope_id", Id, nullable=True),
        sa.Column("caller_element_id", sa.Text(), nullable=True),
        sa.Column("caller_definition_id", Id, nullable=True),
        sa.Column("call_depth", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("start_key", sa.Text(), nullable=True),
        sa.Column("conversation_id", Id, nullable=True),
    ):
        op.add_column("process_instance", column)
    for name in ("caller_id", "start_key"):
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_process_instance_{name}", "process_instance", [name], sqlite_where=where, postgresql_where=where
        )

    op.create_table(
        "subscription",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("correlation_key", sa.Text(), nullable=True),
        sa.Column("process_definition_id", Id, nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("process_instance_id", Id, nullable=True),
        sa.Column("root_id", Id, nullable=True),
        sa.Column("scope_id", Id, nullable=True),
        sa.Column("token_id", Id, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("flows", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    for columns in (
        ["kind", "name", "correlation_key"],
        ["process_instance_id", "kind"],
        ["deployment_id", "element_id"],
        ["process_definition_id"],
    ):
        op.create_index(f"ix_subscription_{'_'.join(columns)}", "subscription", columns)

    op.create_table(
        "message",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation_key", sa.Text(), nullable=True),
        sa.Column("shown_key", sa.Text(), nullable=True),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("correlation_variables", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("deployment_id", Id, nullable=True),
        sa.Column("flows", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("sender_id", Id, nullable=True),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_state_name", "message", ["state", "name"])
    op.create_index("ix_message_expires_at", "message", ["expires_at"])
    op.create_index(
        "uq_message_name_message_id",
        "message",
        ["name", "message_id"],
        unique=True,
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )

    op.create_table(
        "data_store",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("written_by_instance", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_data_store"),
    )
