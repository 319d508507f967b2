"""A command that has been decided is written: the instance's row, the rows of its events, and the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from baton.bpm.execution import events
from baton.bpm.runtime import announcements, audit, buffered_messages, changed_user_tasks, statements
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.callers import CallLink
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded
from baton.bpm.runtime.prepared import Prepared
from baton.bpm.runtime.written_rows import Rows


@dataclass(slots=True)
class Handled:
    """A command that has been decided but not yet written."""

    loaded: Loaded
    rows: Rows
    happened: Sequence[events.Event]
    entries: list[audit.Entry]


class Changed(Exception):
    """The instance was changed by somebody else between reading and writing."""


Also = Callable[[Connection, Handled], None]


def insert(
    engine: Engine,
    connection: Connection,
    handled: Handled,
    actor: Actor,
    also: Also | None,
    started_by: str | None,
) -> None:
    """A new instance, with everything of its first command."""
    rows, loaded = handled.rows, handled.loaded
    audit_rows, sequence, last_hash = _audit(handled, actor)
    connection.execute(
        statements.INSERT_INSTANCE,
        {
            "id": loaded.id,
            "root_id": loaded.root_id,
            **_call_columns(loaded.call),
            "start_key": loaded.start_key,
            "conversation_id": loaded.conversation_id,
            "process_definition_id": loaded.process_definition_id,
            "key": loaded.key,
            "business_key": loaded.business_key,
            "state": rows.state.value,
            "revision": 1,
            "audit_sequence": sequence,
            "audit_hash": last_hash,
            "started_at": rows.now,
            "started_by": started_by or actor.id,
            "ended_at": rows.ended_at,
        },
    )
    _save(engine, connection, handled, audit_rows, also)


def _call_columns(call: CallLink | None) -> dict[str, Any]:
    return {
        "caller_id": call and call.process_instance_id,
        "caller_scope_id": call and call.scope_id,
        "caller_token_id": call and call.token_id,
        "caller_element_id": call and call.element_id,
        "caller_definition_id": call and call.process_definition_id,
        "call_depth": call.depth if call else 0,
    }


def write(engine: Engine, connection: Connection, handled: Handled, actor: Actor, also: Also | None) -> None:
    """Everything of one command. Raises `Changed` if the instance is not as it was when `handled` was decided."""
    audit_rows, sequence, last_hash = _audit(handled, actor)
    update, change = _instance_change(handled, sequence, last_hash)
    if not engine.database.is_sqlite:
        # The row was read after it was locked, so it is as it was: the answer need not be waited for.
        _save(engine, connection, handled, audit_rows, also, ahead=(update, change))
        return
    if update.change(connection, (change,)) != 1:
        raise Changed
    _save(engine, connection, handled, audit_rows, also)


def _instance_change(handled: Handled, sequence: int, last_hash: bytes) -> tuple[Prepared, dict[str, Any]]:
    rows, loaded = handled.rows, handled.loaded
    change: dict[str, Any] = {
        "id_": loaded.id,
        "seen": loaded.revision,
        "audit_sequence": sequence,
        "audit_hash": last_hash,
    }
    if rows.state is loaded.state:
        return statements.TOUCH_INSTANCE, change
    return statements.UPDATE_INSTANCE, change | {"state": rows.state.value, "ended_at": rows.ended_at}


def _audit(handled: Handled, actor: Actor) -> tuple[list[dict[str, Any]], int, bytes]:
    loaded, rows = handled.loaded, handled.rows
    labels = audit.Labels(
        occurred_at=rows.now,
        actor=actor,
        process_instance_id=loaded.id,
        process_definition_id=loaded.process_definition_id,
        key=loaded.key,
    )
    audit_rows = audit.rows(
        handled.entries,
        labels,
        sequence=loaded.audit_sequence,
        previous_hash=loaded.audit_hash,
        element_name=lambda element_id: rows.definition.label(element_id).name,
    )
    last_hash = audit_rows[-1]["hash"] if audit_rows else loaded.audit_hash
    return audit_rows, loaded.audit_sequence + len(audit_rows), last_hash


def _save(
    engine: Engine,
    connection: Connection,
    handled: Handled,
    audit_rows: list[dict[str, Any]],
    also: Also | None,
    *,
    ahead: tuple[Prepared, dict[str, Any]] | None = None,
) -> None:
    rows, writers = handled.rows, engine.statements
    gone = [scope for scope in rows.ended_scopes if scope["id_"] != rows.process_instance_id]
    gone_ids = {scope["id_"] for scope in gone}
    changed = [row for (scope_id, _name), row in rows.variables.items() if scope_id not in gone_ids]
    buffered_messages.wake(engine, connection, rows)
    if rows.ended_at is not None and handled.loaded.start_key is not None:
        buffered_messages.wake_for_start(engine, connection, rows, handled.loaded.start_key)
    with engine.database.batch(connection):
        if ahead is not None:
            update, change = ahead
            update.change(connection, (change,))
        writers.scopes.write(connection, rows.new_scopes)
        statements.UPDATE_SCOPE.change(connection, rows.changed_scopes)
        statements.DELETE_SCOPE.change(connection, rows.ended_scopes)
        writers.variables.write(connection, changed)
        statements.DELETE_VARIABLES.change(connection, gone)
        writers.flow_nodes.write(connection, list(rows.flow_nodes.values()))
        writers.tasks.write(connection, list(rows.tasks.values()))
        writers.replace_candidates(
            connection,
            _tasks_with_candidates(handled),
            [row for named in rows.candidates.values() for row in named],
        )
        statements.DELETE_DRAFTS.change(connection, _tasks_with_drafts(handled))
        statements.INSERT_CLOSING.change(connection, rows.closings)
        statements.DELETE_CLOSING.change(connection, rows.ended_closings)
        writers.jobs.write(connection, list(rows.jobs.values()))
        statements.DELETE_JOB.change(connection, rows.ended_jobs)
        writers.subscriptions.write(connection, list(rows.subscriptions.values()))
        statements.DELETE_SUBSCRIPTION.change(connection, rows.ended_subscriptions)
        writers.data_stores.write(connection, list(rows.data_stores.values()))
        writers.decision_evaluations.write(connection, rows.decision_evaluations)
        writers.incidents.write(connection, list(rows.incidents.values()))
        statements.END_INCIDENT.change(connection, rows.ended_incidents)
        writers.audit.write(connection, audit_rows)
    if also is not None:
        also(connection, handled)
    # After what somebody changed by hand: the listeners heard of that.
    changed_user_tasks.write(connection, rows.changed_tasks)
    announcements.announce(engine, connection, rows.topics)


def _tasks_with_candidates(handled: Handled) -> list[dict[str, Any]]:
    """Ended tasks whose candidates must go; the subject's own row says whether it has any."""
    row = handled.loaded.row
    own = getattr(row, "candidate_users", None), getattr(row, "candidate_groups", None)
    without = row.id if own == ("[]", "[]") else None
    return [{"id_": task_id} for task_id in handled.rows.ended_tasks if task_id != without]


def _tasks_with_drafts(handled: Handled) -> list[dict[str, Any]]:
    """Ended tasks whose drafts must go; saving one moves the revision, so the subject's own row knows."""
    row = handled.loaded.row
    without = None if getattr(row, "has_draft", True) else row.id
    return [{"id_": task_id} for task_id in handled.rows.ended_tasks if task_id != without]
