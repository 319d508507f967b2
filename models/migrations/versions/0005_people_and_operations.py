"""Task lists, drafts, people who change and leave, causes of incidents, and the workers that were seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.base import Id, UtcDateTime

revision = "0005"
down_revision = "0004"  # collaboration

_OPEN = "ended_at IS NULL"
_NEW_TASK_INDEXES = (
    ("name", ["name", "id"], _OPEN),
    ("priority", [sa.text("priority DESC"), "id"], _OPEN),
    ("due_at", ["due_at", "id"], f"{_OPEN} AND due_at IS NOT NULL"),
    ("follow_up_at", ["follow_up_at", "id"], f"{_OPEN} AND follow_up_at IS NOT NULL"),
    ("without_due_at", ["id"], f"{_OPEN} AND due_at IS NULL"),
    ("for_anybody", ["id"], f"{_OPEN} AND assignee IS NULL AND candidate_users = '[]' AND candidate_groups = '[]'"),
)


def upgrade() -> None:
    op.drop_index("ix_user_task_open_due_at", "user_task")
    for name, columns, where in _NEW_TASK_INDEXES:
        _partial_index(f"ix_user_task_open_{name}", "user_task", columns, where)
    op.create_table(
        "user_task_draft",
        sa.Column("task_id", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "user_id", name="pk_user_task_draft"),
    )
    op.create_index("ix_user_task_draft_user_id", "user_task_draft", ["user_id"])

    op.add_column("user", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("user", sa.Column("deactivated_at", UtcDateTime(), nullable=True))
    op.add_column("api_key", sa.Column("last_used_at", UtcDateTime(), nullable=True))

    op.add_column("incident", sa.Column("cause", sa.Text(), nullable=False, server_default=""))
    # Earlier ones are alike by element and type; their messages stay apart from new ones.
    op.execute(
        "UPDATE incident SET cause = CAST(process_definition_id AS TEXT) || ':' || element_id || ':' || type "
        "WHERE state = 'open'"
    )
    with op.batch_alter_table("incident") as incident:
        incident.alter_column("cause", server_default=None)
    op.create_index("ix_incident_state_cause_id", "incident", ["state", "cause", "id"])

    _partial_index("ix_job_state", "job", ["state", "id"], "state != 'created'")

    op.create_table(
        "worker",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("job_types", sa.Text(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker"),
    )
    op.create_index("ix_worker_last_seen_at", "worker", ["last_seen_at"])


def _partial_index(name: str, table: str, columns: list, where: str) -> None:  # type: ignore[type-arg]
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
