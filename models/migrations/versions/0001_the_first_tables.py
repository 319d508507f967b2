"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from baton.models.audit_event import current_transaction
from baton.models.base import Id, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("process_instance_id", Id, nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=True),
        sa.Column("element_name", sa.Text(), nullable=True),
        sa.Column("process_definition_id", Id, nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("deployment_id", Id, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("rare_type", sa.Text(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), server_default=current_transaction(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
        sa.UniqueConstraint("process_instance_id", "sequence", name="uq_audit_event_process_instance_id_sequence"),
    )
    op.create_index("ix_audit_event_actor_id_id", "audit_event", ["actor_id", "id"])
    op.create_index("ix_audit_event_occurred_at", "audit_event", ["occurred_at"])
    op.create_index("ix_audit_event_process_definition_id_id", "audit_event", ["process_definition_id", "id"])
    op.create_index(
        "ix_audit_event_rare_type",
        "audit_event",
        ["rare_type", "id"],
        sqlite_where=sa.text("rare_type IS NOT NULL"),
        postgresql_where=sa.text("rare_type IS NOT NULL"),
    )

    op.create_table(
        "deployment",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=False),
        sa.Column("deployed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deployment"),
    )
    op.create_table(
        "flow_node_instance",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("process_instance_id", Id, nullable=False),
        sa.Column("process_definition_id", Id, nullable=False),
        sa.Column("scope_id", Id, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("activated_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_flow_node_instance"),
    )
    op.create_index(
        "ix_flow_node_instance_process_definition_id_element_id_id",
        "flow_node_instance",
        ["process_definition_id", "element_id", "id"],
    )
    op.create_index("ix_flow_node_instance_process_instance_id_id", "flow_node_instance", ["process_instance_id", "id"])

    op.create_table(
        "group",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_group"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])

    op.create_table(
        "incident",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("process_instance_id", Id, nullable=False),
        sa.Column("root_id", Id, nullable=False),
        sa.Column("process_definition_id", Id, nullable=False),
        sa.Column("scope_id", Id, nullable=False),
        sa.Column("token_id", Id, nullable=False),
        sa.Column("job_id", Id, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_process_instance_id_id", "incident", ["process_instance_id", "id"])
    op.create_index("ix_incident_state_id", "incident", ["state", "id"])
    op.create_index("ix_incident_type_state_id", "incident", ["type", "state", "id"])

    op.create_table(
        "job",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("process_instance_id", Id, nullable=True),
        sa.Column("root_id", Id, nullable=True),
        sa.Column("process_definition_id", Id, nullable=False),
        sa.Column("token_id", Id, nullable=True),
        sa.Column("scope_id", Id, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pauses", sa.Text(), server_default="[]", nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_due_at", "job", ["due_at"])
    op.create_index(
        "ix_job_internal_due",
        "job",
        ["due_at"],
        sqlite_where=sa.text("kind != 'service' AND NOT suspended"),
        postgresql_where=sa.text("kind != 'service' AND NOT suspended"),
    )
    op.create_index("ix_job_process_definition_id_kind", "job", ["process_definition_id", "kind"])
    op.create_index("ix_job_process_instance_id_id", "job", ["process_instance_id", "id"])
    op.create_index(
        "ix_job_service_due",
        "job",
        ["type", "due_at"],
        sqlite_where=sa.text("kind = 'service' AND NOT suspended"),
        postgresql_where=sa.text("kind = 'service' AND NOT suspended"),
    )

    op.create_table(
        "scope",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("process_instance_id", Id, nullable=False),
        sa.Column("root_id", Id, nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("parent_token_id", Id, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scope"),
    )
    op.create_index("ix_scope_parent_id", "scope", ["parent_id"])
    op.create_index("ix_scope_process_instance_id", "scope", ["process_instance_id"])

    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
    )
    op.create_table(
        "user_task",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("process_instance_id", Id, nullable=False),
        sa.Column("root_id", Id, nullable=False),
        sa.Column("process_definition_id", Id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope_id", Id, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("candidate_users", sa.Text(), nullable=False),
        sa.Column("candidate_groups", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("follow_up_at", UtcDateTime(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("choose", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user_task"),
    )
    op.create_index(
        "ix_user_task_open",
        "user_task",
        ["id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_user_task_open_assignee",
        "user_task",
        ["assignee", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_user_task_open_due_at",
        "user_task",
        ["due_at"],
        sqlite_where=sa.text("ended_at IS NULL AND due_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_user_task_open_key",
        "user_task",
        ["key", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_user_task_process_instance_id_id", "user_task", ["process_instance_id", "id"])

    op.create_table(
        "user_task_candidate",
        sa.Column("task_id", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "kind", "name", name="pk_user_task_candidate"),
    )
    op.create_index("ix_user_task_candidate_kind_name_task_id", "user_task_candidate", ["kind", "name", "task_id"])

    op.create_table(
        "variable",
        sa.Column("scope_id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("process_instance_id", Id, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("value_key", sa.Text(), nullable=True),
        sa.Column("size", Id, nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "name", name="pk_variable"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_variable_name_value_key_process_instance_id", "variable", ["name", "value_key", "process_instance_id"]
    )
    op.create_index("ix_variable_process_instance_id", "variable", ["process_instance_id"])

    op.create_table(
        "api_key",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_api_key_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )
    op.create_index("ix_api_key_user_id", "api_key", ["user_id"])

    op.create_table(
        "membership",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name="fk_membership_group_id_group", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_membership_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "group_id", name="pk_membership"),
    )
    op.create_index("ix_membership_group_id", "membership", ["group_id"])

    op.create_table(
        "resource",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name="fk_resource_deployment_id_deployment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
    )
    op.create_index("ix_resource_deployment_id", "resource", ["deployment_id"])

    op.create_table(
        "session",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_session_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_index("ix_session_user_id", "session", ["user_id"])

    op.create_table(
        "process_definition",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("resource_id", Id, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("deployed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name="fk_process_definition_deployment_id_deployment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name="fk_process_definition_resource_id_resource", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_process_definition"),
        sa.UniqueConstraint("key", "version", name="uq_process_definition_key_version"),
    )
    op.create_index("ix_process_definition_deployment_id", "process_definition", ["deployment_id"])
    op.create_index("ix_process_definition_resource_id", "process_definition", ["resource_id"])

    op.create_table(
        "process_instance",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("root_id", Id, nullable=False),
        sa.Column("caller_id", Id, nullable=True),
        sa.Column("caller_token_id", Id, nullable=True),
        sa.Column("process_definition_id", Id, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("audit_sequence", sa.BigInteger(), nullable=False),
        sa.Column("audit_hash", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_definition_id"],
            ["process_definition.id"],
            name="fk_process_instance_process_definition_id_process_definition",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_process_instance"),
    )
    op.create_index("ix_process_instance_business_key_id", "process_instance", ["business_key", "id"])
    op.create_index("ix_process_instance_ended_at", "process_instance", ["ended_at"])
    op.create_index("ix_process_instance_key_id", "process_instance", ["key", "id"])
    op.create_index("ix_process_instance_process_definition_id_id", "process_instance", ["process_definition_id", "id"])
    op.create_index("ix_process_instance_root_id", "process_instance", ["root_id"])
    op.create_index("ix_process_instance_started_at", "process_instance", ["started_at"])
    op.create_index("ix_process_instance_state_id", "process_instance", ["state", "id"])
