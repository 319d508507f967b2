"""Process instances: start, read, change, end. What they wait for is in `waiting`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from baton.bpm import errors, values
from baton.bpm.execution.commands import SetVariables, StartProcessInstance, TerminateProcessInstance
from baton.bpm.lifecycle import ProcessInstanceState, can_transition
from baton.bpm.runtime import (
    announcements,
    called_instances,
    closings,
    forms,
    instance_rows,
    instance_search,
    instance_store,
    process_definitions,
    starters,
    visibility,
)
from baton.bpm.runtime import idempotency as idempotency_
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_search import InstanceFilter
from baton.bpm.runtime.pages import Page
from baton.bpm.runtime.waiting import WaitingView, waiting
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic
from baton.models import job, scope
from baton.models import variable as variable_table

_SUSPEND_JOBS = (
    update(job).where(job.c.process_instance_id == bindparam("id_")).values(suspended=bindparam("suspended_"))
)


__all__ = [
    "InstanceFilter",
    "ProcessInstanceView",
    "VariableView",
    "WaitingView",
    "get",
    "list_",
    "resume",
    "set_variables",
    "start",
    "suspend",
    "terminate",
    "variables",
    "waiting",
]


class ProcessInstanceView(msgspec.Struct, frozen=True, kw_only=True):
    """`started_by` is the id of the actor that started it; `caller_id` the instance that called it."""

    id: int
    root_id: int
    caller_id: int | None
    process_definition_id: int
    key: str
    business_key: str | None
    state: ProcessInstanceState
    started_at: datetime
    started_by: str | None
    ended_at: datetime | None


class VariableView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` as in `bpm.values`; `element_id` is the process's key or the sub-process's id."""

    scope_id: int
    element_id: str
    name: str
    type: str
    value: Any


# --- starting ------------------------------------------------------------------------------------------------


def start(
    engine: Engine,
    *,
    actor: Actor,
    process_definition_id: int | None = None,
    key: str | None = None,
    version: int | None = None,
    variables: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    start_event_id: str | None = None,
    idempotency: idempotency_.Idempotency | None = None,
) -> ProcessInstanceView:
    """A new instance of the definition with that id, or of `key` (its newest version unless `version` is given).

    Raises `NotFound`, `NotAllowed` (the diagram names others who may), `InvalidCommand` (bad variables, business key or
    start event), `FormRefused`, `TooLarge`.
    """
    answered = idempotency_.replay(engine, actor, idempotency, ProcessInstanceView)
    if answered is not None:
        return answered
    given = dict(variables or {})
    values.check_limits(given, limits=engine.variable_limits)
    if process_definition_id is None:
        if key is None:
            raise errors.InvalidCommand("Expected a process definition id or a key, found neither", field="key")
        process_definition_id = process_definitions.latest(engine, key, actor=actor, version=version).id
    definition = engine.definitions.get(process_definition_id)
    starters.require(definition.spec.process.starters, definition.key, actor)
    checked, business_key = forms.check_start(engine, definition, start_event_id, given, business_key)
    _check_business_key(business_key)

    def remember(connection: Connection, handled: instance_store.Handled) -> None:
        idempotency_.remember(engine, connection, actor, idempotency, _started(handled, actor))

    handled = instance_store.start(
        engine,
        definition,
        StartProcessInstance(variables=checked, start_event_id=start_event_id),
        actor=actor,
        business_key=business_key,
        also=remember if idempotency else None,
    )
    return _started(handled, actor)


def _check_business_key(business_key: str | None) -> None:
    if business_key is not None and (not 1 <= len(business_key) <= 255 or "\0" in business_key):
        raise errors.InvalidCommand("Expected businessKey to have 1 to 255 characters", field="businessKey")


def _started(handled: instance_store.Handled, actor: Actor) -> ProcessInstanceView:
    loaded, rows = handled.loaded, handled.rows
    return ProcessInstanceView(
        id=loaded.id,
        root_id=loaded.root_id,
        caller_id=None,
        process_definition_id=loaded.process_definition_id,
        key=loaded.key,
        business_key=loaded.business_key,
        state=rows.state,
        started_at=rows.now,
        started_by=actor.id,
        ended_at=rows.ended_at,
    )


# --- reading -------------------------------------------------------------------------------------------------


def list_(
    engine: Engine, *, actor: Actor, limit: int = 50, cursor: str | None = None, **filters: Any
) -> Page[ProcessInstanceView]:
    """Newest first. `filters` are those of `InstanceFilter`; a page may be short and its cursor lead on all the same.

    Who is no operator sees the instances they started or have a task in.
    """
    with engine.database.read() as connection:
        page = instance_search.search(connection, InstanceFilter(**filters), actor=actor, limit=limit, cursor=cursor)
    return Page(tuple(_view(row) for row in page.items), page.next_cursor)


def get(engine: Engine, process_instance_id: int, *, actor: Actor) -> ProcessInstanceView:
    """Raises `NotFound`, also for an instance the actor has nothing to do with."""
    with engine.database.read() as connection:
        return _view(visibility.instance_row(connection, process_instance_id, actor))


def variables(engine: Engine, process_instance_id: int, *, actor: Actor) -> list[VariableView]:
    """Of the process and its live sub-processes, by scope and name. Raises `NotFound`."""
    query = (
        select(variable_table, scope.c.element_id)
        .join_from(variable_table, scope, scope.c.id == variable_table.c.scope_id, isouter=True)
        .where(variable_table.c.process_instance_id == process_instance_id, ~closings.is_over(variable_table))
        .order_by(variable_table.c.scope_id, variable_table.c.name)
    )
    with engine.database.read() as connection:
        instance = visibility.instance_row(connection, process_instance_id, actor)
        rows = connection.execute(query).all()
    return [
        VariableView(
            scope_id=row.scope_id,
            element_id=row.element_id or instance.key,
            name=row.name,
            type=row.type,
            value=values.decode(row.type, row.value),
        )
        for row in rows
    ]


def _view(row: Row[Any]) -> ProcessInstanceView:
    return ProcessInstanceView(
        id=row.id,
        root_id=row.root_id,
        caller_id=row.caller_id,
        process_definition_id=row.process_definition_id,
        key=row.key,
        business_key=row.business_key,
        state=ProcessInstanceState(row.state),
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
    )


# --- changing ------------------------------------------------------------------------------------------------


def set_variables(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    variables: Mapping[str, Any],
    scope_id: int | None = None,
) -> None:
    """Write into the process, or exactly into one of its live scopes. Raises `NotFound`, `WrongState`."""
    actor.require(Role.OPERATOR)
    given = dict(variables)
    values.check_limits(given, limits=engine.variable_limits)
    target = process_instance_id if scope_id is None else scope_id
    if target != process_instance_id:
        _check_scope(engine, process_instance_id, target)

    def decide(loaded: instance_rows.Loaded) -> SetVariables:
        loaded.require_active("set variables")
        return SetVariables(scope_id=target, variables=given)

    try:
        instance_store.run(engine, _subject(process_instance_id), decide, actor=actor)
    except LookupError:
        # The scope may have ended since; anything else is a bug of ours.
        _check_scope(engine, process_instance_id, target)
        raise


def _check_scope(engine: Engine, process_instance_id: int, scope_id: int) -> None:
    query = select(scope.c.id).where(
        scope.c.id == scope_id,
        scope.c.process_instance_id == process_instance_id,
        ~closings.is_over(scope, scope.c.id),
    )
    with engine.database.read() as connection:
        if connection.execute(query).first() is None:
            raise errors.NotFound(
                f"Expected a live scope with id '{scope_id}' in process instance '{process_instance_id}', "
                "but there is none"
            )


def terminate(engine: Engine, process_instance_id: int, *, actor: Actor, reason: str = "") -> ProcessInstanceView:
    """Cancel everything that is live in it. Raises `WrongState` if it has ended.

    If that is more than one transaction may end, its state changes when the last of it has ended.
    """
    actor.require(Role.OPERATOR)

    def decide(loaded: instance_rows.Loaded) -> TerminateProcessInstance:
        _check_transition(loaded, ProcessInstanceState.TERMINATED, "terminate")
        return TerminateProcessInstance(reason=reason)

    def go_on(connection: Connection, _handled: instance_store.Handled) -> None:
        closings.wake(connection, process_instance_id)

    instance_store.run(engine, _subject(process_instance_id), decide, actor=actor, also=go_on)
    return get(engine, process_instance_id, actor=actor)


def suspend(engine: Engine, process_instance_id: int, *, actor: Actor, reason: str = "") -> ProcessInstanceView:
    """From now on it can only be read: timers wait, jobs are not handed out, tasks cannot be completed.

    What it called is suspended with it. `reason` is for the audit.
    """
    view = _set_state(engine, process_instance_id, ProcessInstanceState.SUSPENDED, "suspend", actor, reason)
    _set_state_of_called(engine, process_instance_id, ProcessInstanceState.SUSPENDED, "suspend", actor, reason)
    return view


def resume(engine: Engine, process_instance_id: int, *, actor: Actor, reason: str = "") -> ProcessInstanceView:
    """The reverse of `suspend`; what came due meanwhile is done at once."""
    view = _set_state(engine, process_instance_id, ProcessInstanceState.ACTIVE, "resume", actor, reason)
    _set_state_of_called(engine, process_instance_id, ProcessInstanceState.ACTIVE, "resume", actor, reason)
    engine.wakeups.notify_all()
    return view


def _set_state(
    engine: Engine, process_instance_id: int, target: ProcessInstanceState, doing: str, actor: Actor, reason: str
) -> ProcessInstanceView:
    actor.require(Role.OPERATOR)

    def change(connection: Connection, loaded: instance_rows.Loaded) -> list[Entry]:
        _check_transition(loaded, target, doing)
        suspended = target is ProcessInstanceState.SUSPENDED
        connection.execute(_SUSPEND_JOBS, {"id_": loaded.id, "suspended_": suspended})
        if not suspended:
            _announce_jobs(engine, connection, loaded.id)
        told = {"reason": reason} if reason else {}
        return [Entry("ProcessInstanceSuspended" if suspended else "ProcessInstanceResumed", None, told)]

    instance_store.amend(engine, _subject(process_instance_id), change, actor=actor, state=lambda _: target)
    return get(engine, process_instance_id, actor=actor)


def _set_state_of_called(
    engine: Engine, process_instance_id: int, target: ProcessInstanceState, doing: str, actor: Actor, reason: str
) -> None:
    """One after the other, outermost first; what is so already, or has just ended, stays."""
    with engine.database.read() as connection:
        called = called_instances.live_descendants(connection, process_instance_id)
    for called_id in called:
        with contextlib.suppress(errors.WrongState, errors.NotFound):
            _set_state(engine, called_id, target, doing, actor, reason)


def _announce_jobs(engine: Engine, connection: Connection, process_instance_id: int) -> None:
    """To the other processes, when the transaction commits."""
    if engine.database.is_sqlite:
        return
    rows = connection.execute(
        select(job.c.kind, job.c.type).where(job.c.process_instance_id == process_instance_id).distinct()
    )
    topics = {job_topic(row.type) if row.kind == "service" else TIMER_TOPIC for row in rows}
    announcements.announce(engine, connection, topics)


def _check_transition(loaded: instance_rows.Loaded, target: ProcessInstanceState, doing: str) -> None:
    if not can_transition(loaded.state, target):
        raise errors.WrongState(
            f"Expected to {doing} process instance with id '{loaded.id}', but it is in state '{loaded.state}'",
            state=str(loaded.state),
        )


def _subject(process_instance_id: int) -> instance_rows.Subject:
    return instance_rows.Subject("process_instance", process_instance_id)
