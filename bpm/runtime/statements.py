"""The statements of the hot path, prebuilt once per process so that SQLAlchemy compiles each of them once.

`lock_*` locks the root process instance of a thing (PostgreSQL only); `load_*` reads the thing with its process
instance (columns `i_*`) and, where it has one, its scope (columns `s_*`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Select, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from baton.models import (
    audit_event,
    flow_node_instance,
    idempotency_key,
    incident,
    job,
    process_instance,
    scope,
    user_task,
    user_task_candidate,
    variable,
)

_instance = [
    column.label(f"i_{column.name}")
    for column in process_instance.c
    if column.name not in ("started_by", "caller_id", "caller_token_id")
]
_itself = process_instance.alias("itself")
_scope = [scope.c[name].label(f"s_{name}") for name in ("id", "parent_id", "parent_token_id", "element_id", "state")]

LOCK: dict[str, Select[Any]] = {
    "process_instance": (
        select(process_instance.c.id)
        .where(
            process_instance.c.id == select(_itself.c.root_id).where(_itself.c.id == bindparam("id_")).scalar_subquery()
        )
        .with_for_update()
    ),
} | {
    table.name: (
        select(process_instance.c.id)
        .where(process_instance.c.id == select(table.c.root_id).where(table.c.id == bindparam("id_")).scalar_subquery())
        .with_for_update()
    )
    for table in (user_task, job, incident)
}

LOAD: dict[str, Select[Any]] = {
    "process_instance": (
        select(*_instance, *_scope)
        .join_from(process_instance, scope, scope.c.id == process_instance.c.id, isouter=True)
        .where(process_instance.c.id == bindparam("id_"))
    ),
} | {
    table.name: (
        select(table, *_instance, *_scope)
        .join_from(table, process_instance, process_instance.c.id == table.c.process_instance_id)
        .join(scope, scope.c.id == table.c.scope_id, isouter=True)
        .where(table.c.id == bindparam("id_"))
    )
    for table in (user_task, job, incident)
}

LOAD_SCOPE = select(*_scope).where(scope.c.id == bindparam("id_"))
CHILD_SCOPES = select(scope.c.id).where(scope.c.parent_id == bindparam("id_"))
VARIABLES = select(variable.c.scope_id, variable.c.name, variable.c.type, variable.c.value)
VARIABLES_OF_ONE = VARIABLES.where(variable.c.scope_id == bindparam("id_"))
VARIABLES_OF_MANY = VARIABLES.where(variable.c.scope_id.in_(bindparam("ids", expanding=True)))

INSERT_INSTANCE = insert(process_instance)
UPDATE_INSTANCE = (
    update(process_instance)
    .where(process_instance.c.id == bindparam("id_"), process_instance.c.revision == bindparam("seen"))
    .values(
        revision=bindparam("seen") + 1,
        audit_sequence=bindparam("audit_sequence"),
        audit_hash=bindparam("audit_hash"),
        state=bindparam("state"),
        ended_at=bindparam("ended_at"),
    )
)

# Without the columns that seldom change, so that their indexes are left alone.
TOUCH_INSTANCE = (
    update(process_instance)
    .where(process_instance.c.id == bindparam("id_"), process_instance.c.revision == bindparam("seen"))
    .values(
        revision=bindparam("seen") + 1,
        audit_sequence=bindparam("audit_sequence"),
        audit_hash=bindparam("audit_hash"),
    )
)

INSERT_SCOPE = insert(scope)
UPDATE_SCOPE = update(scope).where(scope.c.id == bindparam("id_")).values(state=bindparam("state"))
DELETE_SCOPE = delete(scope).where(scope.c.id == bindparam("id_"))
DELETE_VARIABLES = delete(variable).where(variable.c.scope_id == bindparam("id_"))

INSERT_CANDIDATE = insert(user_task_candidate)
DELETE_CANDIDATES = delete(user_task_candidate).where(user_task_candidate.c.task_id == bindparam("id_"))

INSERT_JOB = insert(job)
DELETE_JOB = delete(job).where(job.c.id == bindparam("id_"))

INSERT_INCIDENT = insert(incident)
END_INCIDENT = (
    update(incident)
    .where(incident.c.id == bindparam("id_"))
    .values(state=bindparam("state"), ended_at=bindparam("ended_at"), ended_by=bindparam("ended_by"))
)

# Inline: the number the database gives to an event is not asked back.
INSERT_AUDIT = insert(audit_event).inline()
INSERT_IDEMPOTENCY_KEY = insert(idempotency_key)
NOTIFY = select(func.pg_notify(bindparam("channel"), bindparam("payload")))


class Statements:
    """Those that are written differently for each database. `dialect` is `sqlite` or `postgresql`."""

    def __init__(self, dialect: str) -> None:
        self.upsert_variable = _upsert(dialect, variable, ("scope_id", "name"), ("type", "value", "value_key", "size"))
        # A flow node or task that ends is given with what it began with left blank: only these columns are taken.
        self.upsert_flow_node = _upsert(dialect, flow_node_instance, ("id",), ("state", "ended_at"))
        self.upsert_task = _upsert(dialect, user_task, ("id",), ("state", "ended_at", "ended_by"))


def _upsert(dialect: str, table: Table, key: Sequence[str], columns: Sequence[str]) -> Executable:
    if dialect == "sqlite":
        statement = sqlite.insert(table)
        return statement.on_conflict_do_update(
            index_elements=list(key), set_={name: statement.excluded[name] for name in columns}
        )
    pg_statement = postgresql.insert(table)
    return pg_statement.on_conflict_do_update(
        index_elements=list(key), set_={name: pg_statement.excluded[name] for name in columns}
    )
