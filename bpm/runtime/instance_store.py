"""One transaction per command: lock, load, handle, project, audit, save. HTTP, workers and library share it.

Invariants: a process instance changes only while its root's row is locked; state, rows, audit and new jobs
commit together or not at all; a rejected command leaves nothing but its answer.

Lock order: the root process instance first, always; tasks, jobs and scopes are read after it.

On SQLite, which has one writer, nothing slow may run while the write transaction is open. There `run` reads
and decides in a snapshot of its own, then opens the write transaction and goes on only if the instance's
`revision` is still the one it saw; else it starts again, now in line for the instance.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exc, select

from baton.bpm import errors
from baton.bpm.execution.commands import Command, FireTimer, ReturnFromCall, StartAsyncContinuation
from baton.bpm.execution.decisions import DecisionSource
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.state import NewInstanceSource, StateSource
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import audit, handled_writes, projection
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.callers import CallLink, DrawnCaller
from baton.bpm.runtime.definitions import RunnableDefinition
from baton.bpm.runtime.deployed_decisions import DeployedDecisions
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.handled_writes import Also as Also
from baton.bpm.runtime.handled_writes import Changed
from baton.bpm.runtime.handled_writes import Handled as Handled
from baton.bpm.runtime.instance_rows import Loaded, RowSource, Subject, load, lock, new
from baton.bpm.runtime.told_values import Shape
from baton.bpm.runtime.written_rows import Rows
from baton.models import process_definition

ATTEMPTS = 50
_log = logging.getLogger(__name__)


Decide = Callable[[Loaded], Command]


@dataclass(frozen=True, slots=True)
class _Deed:
    """What `run` was asked for."""

    subject: Subject
    decide: Decide
    actor: Actor
    also: Also | None
    before: Sequence[audit.Entry]


# --- the two ways to change an instance ----------------------------------------------------------------------


def run(
    engine: Engine,
    subject: Subject,
    decide: Decide,
    *,
    actor: Actor,
    also: Also | None = None,
    before: Sequence[audit.Entry] = (),
) -> Handled:
    """Carry out the kernel command that `decide` makes of the loaded rows.

    `decide` checks states and may raise any `Rejection`. `also` writes more rows in the same transaction;
    `before` goes into the audit ahead of the kernel's events.
    """
    deed = _Deed(subject, decide, actor, also, before)
    if engine.database.is_sqlite:
        handled = _run_on_sqlite(engine, deed)
    else:
        with engine.database.write() as connection:
            lock(engine, connection, subject)
            handled = _decide(engine, connection, deed, load(connection, subject))
            handled_writes.write(engine, connection, handled, actor, also)
    _tell(engine, handled.rows, subject)
    return handled


def amend(
    engine: Engine,
    subject: Subject,
    change: Callable[[Connection, Loaded], Iterable[audit.Entry]],
    *,
    actor: Actor,
    state: Callable[[Loaded], ProcessInstanceState] | None = None,
) -> Loaded:
    """Change rows around the token game (claims, leases, suspension) under the same lock and with the same audit.

    `change` writes its rows and returns what to put into the audit; nothing at all if it returns nothing.
    """
    with engine.database.write() as connection:
        if not engine.database.is_sqlite:
            lock(engine, connection, subject)
        loaded = load(connection, subject)
        amend_loaded(engine, connection, loaded, change, actor=actor, state=state)
        return loaded


def amend_loaded(
    engine: Engine,
    connection: Connection,
    loaded: Loaded,
    change: Callable[[Connection, Loaded], Iterable[audit.Entry]],
    *,
    actor: Actor,
    state: Callable[[Loaded], ProcessInstanceState] | None = None,
) -> None:
    """The same inside a transaction that has the lock already."""
    entries = list(change(connection, loaded))
    if not entries:
        return
    definition = engine.definitions.get(loaded.process_definition_id)
    rows = Rows(
        definition=definition,
        process_instance_id=loaded.id,
        root_id=loaded.root_id,
        now=engine.clock(),
        actor_id=actor.id,
        next_id=engine.next_id,
        state=state(loaded) if state else loaded.state,
        ended_at=loaded.ended_at,
    )
    handled_writes.write(engine, connection, Handled(loaded, rows, (), entries), actor, None)


@dataclass(frozen=True, slots=True)
class Origin:
    """How an instance came to be, if nobody simply started it.

    A called one has its id, its caller's root and the link to it; `start_key` is the message's that started it,
    `conversation_id` that of the sender. `started_by` None: the actor.
    """

    id: int | None = None
    root_id: int | None = None
    call: CallLink | None = None
    start_key: str | None = None
    conversation_id: int | None = None
    started_by: str | None = None


def start(
    engine: Engine,
    definition: RunnableDefinition,
    command: Command,
    *,
    actor: Actor,
    business_key: str | None,
    also: Also | None = None,
    origin: Origin | None = None,
    guard: Callable[[Connection], None] | None = None,
) -> Handled:
    """A new instance of `definition`. Nobody can know it before the commit, so there is nothing to lock.

    `guard` comes first in the transaction: it locks and checks what the start depends on, and may raise.
    """
    came = origin or Origin()
    instance_id = came.id or engine.next_id()
    loaded = new(
        definition,
        instance_id,
        business_key,
        root_id=came.root_id,
        call=came.call,
        start_key=came.start_key,
        conversation_id=came.conversation_id,
    )
    handled = _begin(engine, definition, command, loaded, actor)
    try:
        with engine.database.write() as connection:
            if guard is not None:
                guard(connection)
            handled_writes.insert(engine, connection, handled, actor, also, came.started_by)
    except exc.IntegrityError as error:
        _check_definition(engine, definition.id, error)
        raise
    _tell(engine, handled.rows, Subject("process_instance", instance_id))
    return handled


def _begin(engine: Engine, definition: RunnableDefinition, command: Command, loaded: Loaded, actor: Actor) -> Handled:
    now, source = engine.clock(), NewInstanceSource()
    decisions = DeployedDecisions(engine.database, engine.decision_models, definition.deployment_id)
    if loaded.call is None:
        instance = _instance(engine, definition, source, decisions, loaded)
        return _handle(engine, instance, command, loaded, definition, actor, now)
    with engine.database.read() as connection:
        caller = DrawnCaller(engine.definitions, connection, loaded.call)
        instance = _instance(engine, definition, source, decisions, loaded, caller)
        return _handle(engine, instance, command, loaded, definition, actor, now)


def _check_definition(engine: Engine, definition_id: int, error: exc.IntegrityError) -> None:
    """Raise `NotFound` if the definition was deleted since it was looked up."""
    query = select(process_definition.c.id).where(process_definition.c.id == definition_id)
    with engine.database.read() as connection:
        if connection.execute(query).first() is None:
            engine.definitions.forget(definition_id)
            raise errors.NotFound(
                f"Expected a process definition with id '{definition_id}', but it was just deleted"
            ) from error


# --- handle and project --------------------------------------------------------------------------------------


def _decide(engine: Engine, connection: Connection, deed: _Deed, loaded: Loaded) -> Handled:
    source = loaded.source = RowSource(connection, loaded.id, loaded.scope)
    command = deed.decide(loaded)
    definition = engine.definitions.get(loaded.process_definition_id)
    decisions = DeployedDecisions(engine.database, engine.decision_models, definition.deployment_id, connection)
    caller = None if loaded.call is None else DrawnCaller(engine.definitions, connection, loaded.call)
    instance = _instance(engine, definition, source, decisions, loaded, caller)
    handled = _handle(engine, instance, command, loaded, definition, deed.actor, engine.clock())
    handled.entries[:0] = deed.before
    return handled


def _instance(
    engine: Engine,
    definition: RunnableDefinition,
    source: StateSource,
    decisions: DecisionSource,
    loaded: Loaded,
    caller: DrawnCaller | None = None,
) -> ProcessInstance:
    return ProcessInstance(
        definition.spec,
        source,
        id=loaded.id,
        next_id=engine.next_id,
        business_key=loaded.business_key,
        caller=caller,
        limits=RunLimits(
            steps=engine.settings.steps_per_transaction,
            steps_without_wait=engine.settings.max_steps,
            children_at_once=engine.settings.steps_per_transaction,
            monotonic=time.monotonic,
        ),
        zone=engine.zone,
        sensitive=engine.sensitive,
        decisions=decisions,
        definition_id=str(definition.id),
    )


def _handle(
    engine: Engine,
    instance: ProcessInstance,
    command: Command,
    loaded: Loaded,
    definition: RunnableDefinition,
    actor: Actor,
    now: datetime,
) -> Handled:
    happened = instance.handle(command, now, actor.id, actor.groups)
    shape = Shape(engine.settings.audit_value_bytes, engine.sensitive)
    rows = Rows(
        definition=definition,
        process_instance_id=loaded.id,
        root_id=loaded.root_id,
        now=now,
        actor_id=actor.id,
        next_id=engine.next_id,
        business_key=loaded.business_key,
        call=loaded.call,
        state=loaded.state,
        job_of_incident=_job_of_incident(command, loaded),
        shape=shape,
    )
    projection.project(rows, happened, instance.take_changes())
    return Handled(loaded, rows, happened, [audit.entry_of(event, shape) for event in happened])


def _job_of_incident(command: Command, loaded: Loaded) -> int | None:
    """The job that comes again when the incident is resolved: a worker's, or the one that brings what was called."""
    if isinstance(command, ReturnFromCall):
        return int(loaded.row.id)
    if isinstance(command, FireTimer | StartAsyncContinuation):
        return None  # it is done: what fails is a step that follows
    return getattr(command, "job_id", None)


def _run_on_sqlite(engine: Engine, deed: _Deed) -> Handled:
    """Without waiting if nobody else wants the instance, else in line for it."""
    try:
        return _attempt(engine, deed, in_line=False)
    except Changed:
        pass
    with engine.database.read() as connection:
        root_id = load(connection, deed.subject).root_id
    with engine.locks.hold(root_id):
        for _ in range(ATTEMPTS):
            try:
                return _attempt(engine, deed, in_line=True)
            except Changed:
                continue
    raise errors.Conflict(
        f"Expected to change process instance '{root_id}', but others changed it {ATTEMPTS} times meanwhile"
    )


def _attempt(engine: Engine, deed: _Deed, *, in_line: bool) -> Handled:
    with engine.database.read() as connection:
        loaded = load(connection, deed.subject)
        if not in_line and engine.locks.is_held(loaded.root_id):
            raise Changed  # somebody waits for this instance: no overtaking
        handled = _decide(engine, connection, deed, loaded)
    with engine.database.write() as connection:
        handled_writes.write(engine, connection, handled, deed.actor, deed.also)
    return handled


def _tell(engine: Engine, rows: Rows, subject: Subject) -> None:
    engine.wakeups.notify(rows.topics)
    _log.info(
        "command subject=%s id=%s process_instance=%s state=%s",
        subject.kind,
        subject.id,
        rows.process_instance_id,
        rows.state,
    )
