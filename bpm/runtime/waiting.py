"""What a process instance waits for: every live token, since when, and what would move it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from baton.bpm.definition.dialects.connectors import HTTP_JOB_TYPES
from baton.bpm.execution.listeners import Stage
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.state import NewInstanceSource, ScopeRecord
from baton.bpm.execution.token import Phase, Token
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import closings, event_waits, pages, visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.bpm.runtime.waiting_facts import Facts, Wait, said
from baton.models import closing, flow_node_instance, scope

_names = msgspec.json.Decoder(tuple[str, ...]).decode


class WaitingView(msgspec.Struct, frozen=True, kw_only=True):
    """One live token, or an event sub-process that listens.

    `waits_for` is `user_task`, `job`, `timer`, `message`, `signal`, `condition`, `events` (behind a gateway, or several
    at once), `call`, `loop`, `compensation`, `start_quantity`, `join`, `sub_process`, `listener`, `continuation`,
    `async_continuation` or `incident`, and `closing` for what was interrupted and is not ended yet; `description` and
    `moved_by` are sentences; `action` is what a machine would do: `{"kind": ..., ids and names}`.
    """

    token_id: int
    element_id: str
    element_name: str
    element_type: str
    scope_id: int
    since: datetime | None
    waits_for: str
    description: str
    moved_by: str
    action: dict[str, Any]
    due_at: datetime | None = None
    incident_id: int | None = None
    incident_message: str | None = None


class WaitingPage(Page[WaitingView], frozen=True):
    """`tokens` and `incidents` count, by element, all live tokens and all that have trouble: not of this page alone."""

    tokens: Mapping[str, int] = msgspec.field(default_factory=dict)
    incidents: Mapping[str, int] = msgspec.field(default_factory=dict)


def waiting(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    limit: int = pages.MAXIMUM_LIMIT,
    cursor: str | None = None,
) -> WaitingPage:
    """Live tokens, oldest first, a page at a time; none for an instance that has ended. Raises `NotFound`."""
    pages.check_limit(limit)
    after = pages.decode_cursor(cursor) if cursor else 0
    with engine.database.read() as connection:
        row = visibility.instance_row(connection, process_instance_id, actor)
        definition = engine.definitions.get(row.process_definition_id)
        records = _records(connection, process_instance_id)
        instance = ProcessInstance(
            definition.spec, _Records(records), id=process_instance_id, next_id=engine.next_id, zone=engine.zone
        )
        live = [token for scope_id in records for token in instance.scope(scope_id).all_tokens()]
        tokens = sorted((token for token in live if token.id > after), key=lambda token: token.id)
        # One more than is shown says whether there are more.
        facts = Facts.read(connection, definition, process_instance_id, tokens[: limit + 1])
        closed = [_closing_view(facts, row) for row in connection.execute(_closings(process_instance_id, after))]
    views = [_view(facts, token.workflow, token) for token in tokens[: limit + 1]]
    shown = sorted([*views, *closed], key=lambda view: view.token_id)
    more = len(shown) > limit
    return WaitingPage(
        tuple(shown[:limit]),
        pages.encode_cursor(shown[limit - 1].token_id) if more else None,
        tokens=Counter(token.task_spec.name for token in live),
        incidents=Counter(token.task_spec.name for token in live if token.incident_id is not None),
    )


def _closings(process_instance_id: int, after: int) -> Select[Any]:
    visit = flow_node_instance
    return (
        select(closing, visit.c.element_id)
        .join_from(closing, visit, visit.c.id == closing.c.token_id)
        .where(closing.c.process_instance_id == process_instance_id, closing.c.token_id > after)
    )


def _closing_view(facts: Facts, row: Row[Any]) -> WaitingView:
    label = facts.definition.label(row.element_id)
    return WaitingView(
        token_id=row.token_id,
        element_id=row.element_id,
        element_name=label.name,
        element_type=label.type,
        scope_id=row.scope_id,
        since=row.began_at,
        waits_for="closing",
        description="Was interrupted; what was in it is being ended.",
        moved_by="It goes on by itself.",
        action={"kind": "none"},
    )


def _records(connection: Connection, process_instance_id: int) -> dict[int, ScopeRecord]:
    alive = ~closings.is_over(scope, scope.c.id)
    query = select(scope).where(scope.c.process_instance_id == process_instance_id, alive).order_by(scope.c.id)
    return {
        row.id: ScopeRecord(
            id=row.id,
            parent_id=row.parent_id,
            parent_token_id=row.parent_token_id,
            element_id=row.element_id,
            state=row.state,
        )
        for row in connection.execute(query)
    }


class _Records(NewInstanceSource):
    """The scopes that were read; what was not read is not asked for."""

    def __init__(self, records: dict[int, ScopeRecord]) -> None:
        self._records = records

    def load_scope(self, scope_id: int) -> ScopeRecord:
        return self._records[scope_id]


def _view(facts: Facts, scope_: Scope, token: Token) -> WaitingView:
    element_id = token.task_spec.name
    label = facts.definition.label(element_id)
    wait = _wait(facts, scope_, token)
    open_incident = facts.incidents.get(token.incident_id or 0)
    return WaitingView(
        token_id=token.id,
        element_id=element_id,
        element_name=label.name,
        element_type=label.type,
        scope_id=scope_.id,
        since=facts.since_of(token.id),
        waits_for=wait.kind,
        description=wait.description,
        moved_by=wait.moved_by + event_waits.beside(facts, token),
        action=wait.action,
        due_at=wait.due_at,
        incident_id=open_incident.id if open_incident else None,
        incident_message=open_incident.message if open_incident else None,
    )


def _wait(facts: Facts, scope_: Scope, token: Token) -> Wait:
    """The most pressing reason first: an incident, then what the token's phase says."""
    if token.incident_id is not None:
        return _for_incident(facts, token)
    if token.phase is Phase.JOINING:
        quantity = getattr(token.task_spec.element, "start_quantity", 1)
        if quantity > 1:
            return _for_start_quantity(scope_, token, quantity)
        return _for_join(scope_, token)
    if token.id in facts.tasks:
        return _for_user_task(facts.tasks[token.id])
    if token.phase is Phase.DEFERRED:
        return _for_its_turn(facts, token)
    if token.job_id is not None:
        return _for_job(facts, token.job_id)
    waits_for_event = event_waits.wait_of(facts, token)
    if waits_for_event is not None:
        return waits_for_event
    if token.phase is Phase.WAITING:
        return Wait(
            "sub_process",
            "Waits for what is inside it.",
            "It goes on when nothing inside is live any more.",
            {"kind": "none"},
        )
    return Wait(
        "continuation",
        "Is ready to go on; a long run was divided into several transactions.",
        "It goes on by itself.",
        {"kind": "none"},
    )


def _for_its_turn(facts: Facts, token: Token) -> Wait:
    row = facts.jobs.get(token.job_id or 0)
    before = token.details.divided[-1:] == (Stage.BEFORE,)
    description = f"Waits for its turn {'before' if before else 'after'} its work (asynchronous continuation)."
    if row is not None and row.state == JobState.FAILED:
        description = (
            f"Waits for its next try at {said(row.due_at)}, {row.retries} left; it failed: {row.error_message}"
        )
    return Wait(
        "async_continuation",
        description,
        "It goes on by itself; to not wait, run its job.",
        {"kind": "run_job", "job_id": str(token.job_id)},
        row.due_at if row is not None else None,
    )


def _for_incident(facts: Facts, token: Token) -> Wait:
    row = facts.incidents.get(token.incident_id or 0)
    message = row.message if row else "its incident"
    return Wait(
        "incident",
        f"Has an incident: {message}",
        "Repair what the incident names, then resolve it (with changed variables, or retries for a job).",
        {"kind": "resolve_incident", "incident_id": str(token.incident_id)},
    )


def _for_join(scope_: Scope, token: Token) -> Wait:
    missing = scope_.missing_flows(token.task_spec)
    flows = ", ".join(f"'{flow.name or flow.id}' from '{flow.source.title}'" for flow in missing)
    description = f"Waits for a token on the sequence flow {flows}." if missing else "Is a surplus token at a join."
    return Wait(
        "join",
        description,
        "It goes on when the missing tokens arrive." if missing else "It goes on when all other flows bring one more.",
        {"kind": "none", "missing_flows": [{"id": flow.id, "from": flow.source.name} for flow in missing]},
    )


def _for_start_quantity(scope_: Scope, token: Token, quantity: int) -> Wait:
    here = sum(len(queue) for queue in scope_.joins.get(token.task_spec.name, {}).values())
    return Wait(
        "start_quantity",
        f"Waits until {quantity} tokens are here; {here} are.",
        f"It begins when {quantity - here} more come.",
        {"kind": "none", "wanted": quantity, "here": here},
    )


def _for_user_task(row: Row[Any]) -> Wait:
    action = {"kind": "complete_user_task", "user_task_id": str(row.id), "assignee": row.assignee}
    candidates = [*_names(row.candidate_users), *_names(row.candidate_groups)]
    if row.assignee is not None:
        description = f"Waits for '{row.assignee}' to complete the user task '{row.name}'."
    elif candidates:
        named = ", ".join(f"'{name}'" for name in candidates)
        description = f"Waits for one of {named} to take the user task '{row.name}'."
    else:
        description = f"Waits for anybody to complete the user task '{row.name}'."
    return Wait("user_task", description, "Complete the user task.", action, row.due_at)


def _for_job(facts: Facts, job_id: int) -> Wait:
    row = facts.jobs.get(job_id)
    if row is None:
        return Wait("job", "Waits for a job.", "A worker has to complete it.", {"kind": "none"})
    action = {"kind": "complete_job", "job_id": str(row.id), "type": row.type}
    by_state: dict[str, Callable[[], str]] = {
        JobState.CREATED.value: lambda: f"Waits for a worker of type '{row.type}'; none has taken the job yet.",
        JobState.ACTIVATED.value: lambda: (
            f"Waits for the worker '{row.locked_by}', which holds the job until {said(row.locked_until)}."
        ),
        JobState.FAILED.value: lambda: (
            f"Waits for its next try at {said(row.due_at)}, {row.retries} left; it failed: {row.error_message}"
        ),
    }
    description = by_state.get(row.state, lambda: f"Waits for a job of type '{row.type}'.")()
    moved_by = f"A worker of type '{row.type}' has to complete the job."
    if row.type in HTTP_JOB_TYPES:
        moved_by += " The server does it itself where BATON_HTTP_ALLOW names the host."
    return Wait("job", description, moved_by, action, row.due_at)
