"""Form definitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.base import Id, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "form_definition",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("resource_id", Id, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name="fk_form_definition_deployment_id_deployment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="fk_form_definition_resource_id_resource", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_form_definition"),
        sa.UniqueConstraint("key", "version", name="uq_form_definition_key_version"),
    )
    op.create_index("ix_form_definition_deployment_id", "form_definition", ["deployment_id"])
    op.create_index("ix_form_definition_resource_id", "form_definition", ["resource_id"])
