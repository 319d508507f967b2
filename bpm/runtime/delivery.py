"""One message to the one who waits for it, or to the start event it begins; exactly one, or a refusal that says why.

`taking` is what goes with the delivery in one transaction: the job that brought the message, the row that kept it.
It raises `Conflict` if that is gone, and then nothing was delivered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, update

from baton.bpm import errors
from baton.bpm.execution import start_subscriptions
from baton.bpm.execution.commands import CorrelateMessage, StartProcessInstance
from baton.bpm.execution.token import TriggerKind
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import buffered_messages, correlation, correlation_keys, instance_store
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.correlation import Message
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.bpm.runtime.instance_store import Handled, Origin
from baton.models import process_instance

_TRIES = 10
Taking = Callable[[Connection, "Delivered"], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """`started`: a new instance began; else a waiting one went on."""

    process_instance_id: int
    element_id: str
    key: str
    started: bool


class Suspended(errors.WrongState):
    """Who waits for the message is suspended."""

    def __init__(self, message: Message, row: Row[Any]) -> None:
        super().__init__(
            f"Expected to deliver the {message.called}, but '{row.element_id}' of process instance "
            f"'{row.process_instance_id}' ({row.key}), which waits for it, is suspended; resume it first",
            state=ProcessInstanceState.SUSPENDED.value,
        )
        self.process_instance_id: int = row.process_instance_id
        self.process_definition_id: int = row.process_definition_id


class Nobody(errors.NotFound):
    """Nobody waits for the message, and it starts nothing."""


class Several(errors.Ambiguous):
    """The message is for one, but several wait for it."""


def deliver(engine: Engine, message: Message, *, actor: Actor, taking: Taking | None = None) -> Delivered:
    """Raises `Nobody`, `Several`, `Suspended`; and what starting may raise."""
    for _ in range(_TRIES):
        with engine.database.read() as connection:
            waiting = correlation.waiting_for(connection, message)
            starts = [] if waiting else _starts(connection, message)
        if len(waiting) > 1:
            raise Several(
                f"Expected one to wait for the {message.called}, found {_count(waiting)}: "
                f"{correlation.listed(waiting)}; give a correlation key, business key, instance or variable values",
                candidates=correlation.candidates(waiting),
            )
        try:
            if waiting:
                return _correlate(engine, message, waiting[0], actor, taking)
            if starts:
                return _start(engine, message, starts[0], actor, taking)
        except _Gone:
            continue
        raise _nobody(engine, message)
    raise errors.Conflict(f"Expected to deliver the {message.called}, but who waits for it changed {_TRIES} times")


class _Gone(Exception):
    """Who was found does not wait any more."""


def _starts(connection: Connection, message: Message) -> list[Row[Any]]:
    found = correlation.starts_of(connection, message)
    if len(found) > 1:
        listed = ", ".join(f"'{row.element_id}' of '{row.key}'" for row in found)
        raise Several(
            f"Expected the {message.called} to start one process, found {_count(found)}: {listed}",
            candidates=correlation.candidates(found),
        )
    if found and message.start_key and correlation.is_live(connection, message.start_key, found[0].key):
        return []
    return found


def _count(rows: list[Row[Any]]) -> str:
    return f"{len(rows)}{' or more' if len(rows) == correlation.MOST_CANDIDATES else ''}"


def _nobody(engine: Engine, message: Message) -> Nobody:
    with engine.database.read() as connection:
        starts = correlation.starts_of(connection, message)
        near = [] if message.flows else correlation.near_misses(connection, message)
    if starts:
        why = f"process '{starts[0].key}' has a live instance that was started with this key"
    elif near:
        shown = "; ".join(f"{correlation.listed([row])} waits for it {_wanted(row, message)}" for row in near)
        why = f"it does not fit: {shown}"
    else:
        why = "nobody does, and no start event of a newest version does"
    return Nobody(f"Expected somebody to wait for the {message.called}, but {why}")


def _wanted(row: Row[Any], message: Message) -> str:
    if message.process_instance_id not in (None, row.process_instance_id):
        return f"in another instance than '{message.process_instance_id}'"
    if row.correlation_key is not None:
        return f"with the correlation key {correlation_keys.written(row.correlation_key)}"
    if row.business_key != message.business_key and message.business_key is not None:
        return f"with the business key '{row.business_key}'"
    return "with other values of its variables"


def _correlate(engine: Engine, message: Message, row: Row[Any], actor: Actor, taking: Taking | None) -> Delivered:
    delivered = Delivered(row.process_instance_id, row.element_id, row.key, started=False)

    def decide(loaded: Loaded) -> CorrelateMessage:
        if loaded.state is ProcessInstanceState.SUSPENDED:
            raise Suspended(message, row)
        return CorrelateMessage(
            token_id=row.token_id, scope_id=row.scope_id, subscription_id=row.id, variables=dict(message.variables)
        )

    def also(connection: Connection, handled: Handled) -> None:
        if taking is not None:
            taking(connection, delivered)
        if message.flows and handled.loaded.conversation_id is None and message.sender_id != handled.loaded.id:
            _join(connection, handled.loaded.id, message)

    try:
        instance_store.run(engine, Subject("process_instance", row.process_instance_id), decide, actor=actor, also=also)
    except Suspended:
        raise
    except (errors.WrongState, errors.NotFound) as gone:
        raise _Gone from gone
    return delivered


def _join(connection: Connection, process_instance_id: int, message: Message) -> None:
    """From now on it talks with the sender's side."""
    conversation_id = message.conversation_id or message.sender_id
    connection.execute(
        update(process_instance)
        .where(process_instance.c.id == process_instance_id)
        .values(conversation_id=conversation_id)
    )


def _start(engine: Engine, message: Message, row: Row[Any], actor: Actor, taking: Taking | None) -> Delivered:
    definition = engine.definitions.get(row.process_definition_id)
    start_key = message.start_key
    part = start_subscriptions.part_that_came(
        definition.spec, row.element_id, TriggerKind.MESSAGE, row.name, engine.clock(), correlation.flows_of(row)
    )

    def guard(connection: Connection) -> None:
        if start_key is None:
            return
        buffered_messages.lock_name(engine, connection, message.name)
        if correlation.is_live(connection, start_key, definition.key):
            raise _Gone

    def also(connection: Connection, handled: Handled) -> None:
        if taking is not None:
            taking(connection, Delivered(handled.loaded.id, row.element_id, row.key, started=True))

    origin = Origin(
        start_key=start_key,
        conversation_id=(message.conversation_id or message.sender_id) if message.flows else None,
    )
    handled = instance_store.start(
        engine,
        definition,
        StartProcessInstance(variables=dict(message.variables), start_event_id=row.element_id, part=part),
        actor=actor,
        business_key=message.business_key,
        also=also,
        origin=origin,
        guard=guard,
    )
    return Delivered(handled.loaded.id, row.element_id, row.key, started=True)
