"""The statements of the hot path, prebuilt once per process so that SQLAlchemy compiles each of them once.

`lock_*` locks the root process instance of a thing (PostgreSQL only); `load_*` reads the thing with its process
instance (columns `i_*`) and, where it has one, its scope (columns `s_*`); `is_over` if it is below something
interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql

from baton.bpm.runtime import closings
from baton.bpm.runtime.prepared import Prepared
from baton.bpm.runtime.row_writers import RowWriter, encode_rows, insert_from_json
from baton.models import (
    audit_event,
    closing,
    data_store,
    decision_evaluation,
    flow_node_instance,
    idempotency_key,
    incident,
    job,
    process_instance,
    scope,
    subscription,
    user_task,
    user_task_candidate,
    user_task_draft,
    variable,
    worker,
)

_instance = [
    column.label(f"i_{column.name}") for column in process_instance.c if column.name not in ("started_by", "started_at")
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

# So that ending a task without a draft, as most are, costs no statement more.
_has_draft = exists().where(user_task_draft.c.task_id == user_task.c.id).label("has_draft")

LOAD: dict[str, Prepared] = {
    "process_instance": Prepared(
        select(*_instance, *_scope)
        .join_from(process_instance, scope, scope.c.id == process_instance.c.id, isouter=True)
        .where(process_instance.c.id == bindparam("id_"))
    ),
} | {
    table.name: Prepared(
        select(
            table,
            *_instance,
            *_scope,
            closings.is_over(table).label("is_over"),
            *((_has_draft,) if table is user_task else ()),
        )
        .join_from(table, process_instance, process_instance.c.id == table.c.process_instance_id)
        .join(scope, scope.c.id == table.c.scope_id, isouter=True)
        .where(table.c.id == bindparam("id_"))
    )
    for table in (user_task, job, incident)
}

LOAD_SCOPE = Prepared(select(*_scope).where(scope.c.id == bindparam("id_")))
CHILD_SCOPES = select(*_scope).where(
    scope.c.parent_id == bindparam("id_"), scope.c.parent_token_id == bindparam("token_id_")
)
CHILD_SCOPES_AFTER = CHILD_SCOPES.where(scope.c.id > bindparam("after_")).order_by(scope.c.id).limit(bindparam("most_"))
CHILD_SCOPES_OF_MANY = select(*_scope).where(scope.c.parent_id.in_(bindparam("ids", expanding=True)))
VARIABLES = select(variable.c.scope_id, variable.c.name, variable.c.type, variable.c.value)
VARIABLES_OF_ONE = Prepared(VARIABLES.where(variable.c.scope_id == bindparam("id_")))
ONE_VARIABLE = select(variable.c.type, variable.c.value).where(
    variable.c.scope_id == bindparam("id_"), variable.c.name == bindparam("name_")
)
VARIABLES_OF_MANY = VARIABLES.where(variable.c.scope_id.in_(bindparam("ids", expanding=True)))

DATA_STORE = select(data_store.c.type, data_store.c.value).where(data_store.c.name == bindparam("name_"))
SUBSCRIBED_SCOPES = select(subscription.c.scope_id).where(
    subscription.c.process_instance_id == bindparam("id_"),
    subscription.c.kind == bindparam("kind_"),
    ~closings.is_over(subscription),
)
SUBSCRIBED_SCOPES_BY_NAME = SUBSCRIBED_SCOPES.where(subscription.c.name == bindparam("name_"))

INSERT_INSTANCE = insert(process_instance)
# Without the columns that seldom change, so that their indexes are left alone.
_touch = (
    update(process_instance)
    .where(process_instance.c.id == bindparam("id_"), process_instance.c.revision == bindparam("seen"))
    .values(
        revision=bindparam("seen") + 1,
        audit_sequence=bindparam("audit_sequence"),
        audit_hash=bindparam("audit_hash"),
    )
)
TOUCH_INSTANCE = Prepared(_touch)
UPDATE_INSTANCE = Prepared(_touch.values(state=bindparam("state"), ended_at=bindparam("ended_at")))

UPDATE_SCOPE = Prepared(update(scope).where(scope.c.id == bindparam("id_")).values(state=bindparam("state")))
DELETE_SCOPE = Prepared(delete(scope).where(scope.c.id == bindparam("id_")))
DELETE_VARIABLES = Prepared(delete(variable).where(variable.c.scope_id == bindparam("id_")))

DELETE_CANDIDATES = Prepared(delete(user_task_candidate).where(user_task_candidate.c.task_id == bindparam("id_")))
_ended = (
    delete(user_task_candidate)
    .where(user_task_candidate.c.task_id == func.any(bindparam("ended", type_=postgresql.ARRAY(BigInteger))))
    .cte("ended")
)
REPLACE_CANDIDATES = insert_from_json(user_task_candidate, user_task_candidate.c.keys()).add_cte(_ended)

DELETE_DRAFTS = Prepared(delete(user_task_draft).where(user_task_draft.c.task_id == bindparam("id_")))

DELETE_SUBSCRIPTION = Prepared(delete(subscription).where(subscription.c.id == bindparam("id_")))
INSERT_CLOSING = Prepared(insert(closing), closing.c.keys())
DELETE_CLOSING = Prepared(delete(closing).where(closing.c.token_id == bindparam("id_")))
DELETE_JOB = Prepared(delete(job).where(job.c.id == bindparam("id_")))

END_INCIDENT = Prepared(
    update(incident)
    .where(incident.c.id == bindparam("id_"))
    .values(state=bindparam("state"), ended_at=bindparam("ended_at"), ended_by=bindparam("ended_by"))
)

INSERT_IDEMPOTENCY_KEY = insert(idempotency_key)
NOTIFY = select(func.pg_notify(bindparam("channel"), bindparam("payload")))


class Statements:
    """Writers of rows, which differ between the databases. `dialect` is `sqlite` or `postgresql`."""

    def __init__(self, dialect: str) -> None:
        self.scopes = RowWriter(dialect, scope)
        self.variables = RowWriter(
            dialect, variable, key=("scope_id", "name"), update=("type", "value", "value_key", "size")
        )
        # A flow node or task that ends comes with what it began with left blank: only these columns are taken.
        self.flow_nodes = RowWriter(dialect, flow_node_instance, key=("id",), update=("state", "ended_at"))
        self.tasks = RowWriter(dialect, user_task, key=("id",), update=("state", "ended_at", "ended_by"))
        self._candidates = RowWriter(dialect, user_task_candidate)
        self._at_once = dialect == "postgresql"
        self.jobs = RowWriter(dialect, job)
        self.subscriptions = RowWriter(dialect, subscription)
        self.data_stores = RowWriter(
            dialect, data_store, key=("name",), update=("type", "value", "written_at", "written_by_instance")
        )
        self.decision_evaluations = RowWriter(dialect, decision_evaluation)
        self.incidents = RowWriter(dialect, incident)
        self.workers = RowWriter(dialect, worker, key=("name",), update=("actor_id", "job_types", "last_seen_at"))
        given_by_database = ("id", "transaction_id")
        self.audit = RowWriter(
            dialect,
            audit_event,
            columns=[column.name for column in audit_event.c if column.name not in given_by_database],
        )

    def replace_candidates(
        self, connection: Connection, ended: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]
    ) -> None:
        """Candidates of ended tasks go, those of new ones come: on PostgreSQL in one statement."""
        if self._at_once and ended and rows:
            connection.execute(
                REPLACE_CANDIDATES, {"ended": [task["id_"] for task in ended], "rows": encode_rows(rows)}
            )
            return
        DELETE_CANDIDATES.change(connection, ended)
        self._candidates.write(connection, rows)
