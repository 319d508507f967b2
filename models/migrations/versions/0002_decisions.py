"""Decisions and their evaluations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.base import Id, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "decision_definition",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=True),
        sa.Column("graph_id", sa.Text(), nullable=False),
        sa.Column("graph_name", sa.Text(), nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("resource_id", Id, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name="fk_decision_definition_deployment_id_deployment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="fk_decision_definition_resource_id_resource", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decision_definition"),
        sa.UniqueConstraint("key", "version", name="uq_decision_definition_key_version"),
    )
    op.create_index("ix_decision_definition_deployment_id", "decision_definition", ["deployment_id"])
    op.create_index("ix_decision_definition_resource_id", "decision_definition", ["resource_id"])
    op.create_table(
        "decision_evaluation",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("decision_definition_id", Id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("process_instance_id", Id, nullable=True),
        sa.Column("process_definition_id", Id, nullable=True),
        sa.Column("token_id", Id, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("evaluated_at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision_evaluation"),
    )
    op.create_index(
        "ix_decision_evaluation_decision_definition_id_id", "decision_evaluation", ["decision_definition_id", "id"]
    )
    op.create_index("ix_decision_evaluation_key_id", "decision_evaluation", ["key", "id"])
    op.create_index(
        "ix_decision_evaluation_process_instance_id_id", "decision_evaluation", ["process_instance_id", "id"]
    )
