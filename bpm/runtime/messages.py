"""Messages: published from outside, kept for a while if nobody waits for them yet, listed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, exc, insert, select, update

from baton.bpm import errors, values
from baton.bpm.runtime import buffered_messages, correlation, correlation_keys, delivery
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.buffered_messages import WAITING
from baton.bpm.runtime.correlation import Message
from baton.bpm.runtime.delivery import Delivered, Nobody
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page, fetch_page
from baton.models import message as table

ANSWERED, UNMATCHED = "answered", "unmatched"
ANSWERS_KEPT_FOR = timedelta(days=2)
UNMATCHED_KEPT_FOR = timedelta(hours=1)
MOST_UNMATCHED = 200
LONGEST_NAME = 255
MOST_SECONDS_TO_LIVE = 366 * 86400


class Outcome(StrEnum):
    """What became of a published message."""

    CORRELATED = "correlated"
    STARTED = "started"
    BUFFERED = "buffered"


class PublishedView(msgspec.Struct, frozen=True, kw_only=True):
    """The instance and element that got it, or until when it waits under `id`."""

    outcome: Outcome
    process_instance_id: int | None = None
    key: str | None = None
    element_id: str | None = None
    id: int | None = None
    expires_at: datetime | None = None


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits. `correlation_key` is in its HTTP form, as JSON text."""

    id: int
    name: str
    correlation_key: str | None
    business_key: str | None
    message_id: str | None
    variables: dict[str, Any]
    published_at: datetime
    published_by: str | None
    expires_at: datetime


def publish(
    engine: Engine,
    *,
    actor: Actor,
    name: str,
    correlation_key: Any = None,
    business_key: str | None = None,
    process_instance_id: int | None = None,
    variables: Mapping[str, Any] | None = None,
    correlation_variables: Mapping[str, Any] | None = None,
    time_to_live: float = 0.0,
    message_id: str | None = None,
) -> PublishedView:
    """To the one who waits for it, else to the start event it begins, else kept for `time_to_live` seconds.

    The same `message_id` and name again get the first answer and happen once. Raises `NotFound` if nobody waits and
    it is not to be kept, `Conflict` if several wait, `WrongState` if who waits is suspended.
    """
    actor.require(Role.OPERATOR, Role.WORKER)
    given, wanted = dict(variables or {}), dict(correlation_variables or {})
    values.check_limits(given, limits=engine.variable_limits)
    values.check_limits(wanted, limits=engine.variable_limits)
    _check(name, business_key, message_id, time_to_live)
    message = Message(
        name=name,
        correlation_key=correlation_keys.canonical(correlation_key),
        shown_key=correlation_keys.shown(correlation_key),
        business_key=business_key,
        process_instance_id=process_instance_id,
        variables=given,
        correlation_variables=wanted,
    )
    if message_id is not None and (before := _answer_before(engine, name, message_id)) is not None:
        return before
    expires_at = engine.clock() + timedelta(seconds=time_to_live)

    def remember(connection: Connection, delivered: Delivered) -> None:
        if message_id is not None:
            kept_until = max(expires_at, engine.clock() + ANSWERS_KEPT_FOR)
            view = _view_of(delivered)
            _keep(engine, connection, message, actor, kept_until, ANSWERED, message_id=message_id, answer=view)

    try:
        for _ in range(3):
            try:
                return _view_of(delivery.deliver(engine, message, actor=actor, taking=remember))
            except Nobody:
                if time_to_live <= 0:
                    _note_unmatched(engine, message, actor)
                    raise
            kept = _keep_waiting(engine, message, actor, expires_at, message_id)
            if kept is not None:
                return kept
    except exc.IntegrityError:
        # The same message id was published at the same time, and that one was first.
        first = None if message_id is None else _answer_before(engine, name, message_id)
        if first is None:
            raise
        return first
    raise errors.Conflict(f"Expected to keep the {message.called}, but somebody began to wait for it each time")


def list_(
    engine: Engine, *, actor: Actor, name: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[MessageView]:
    """Messages that wait for somebody, oldest first."""
    actor.require(Role.OPERATOR, Role.WORKER)
    query = select(table).where(table.c.state == WAITING, table.c.expires_at > engine.clock())
    if name is not None:
        query = query.where(table.c.name == name)
    with engine.database.read() as connection:
        return fetch_page(connection, query, table.c.id, _waiting_view, limit=limit, cursor=cursor, newest_first=False)


def withdraw(engine: Engine, id_: int, *, actor: Actor) -> None:
    """A message that waits is deleted. Raises `NotFound`."""
    actor.require(Role.OPERATOR, Role.WORKER)
    with engine.database.write() as connection:
        gone = connection.execute(delete(table).where(table.c.id == id_, table.c.state == WAITING))
        if gone.rowcount != 1:
            raise errors.NotFound(f"Expected a waiting message with id '{id_}', but there is none")


def keep_thrown(engine: Engine, connection: Connection, message: Message, actor: Actor, until: datetime) -> None:
    """Along message flows: it waits until the other side has come to where it waits."""
    _keep(engine, connection, message, actor, until, WAITING)


def find_kept(engine: Engine, id_: int) -> Message | None:
    """A message that waits and has not expired."""
    query = select(table).where(table.c.id == id_, table.c.state == WAITING, table.c.expires_at > engine.clock())
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return Message(
        name=row.name,
        correlation_key=row.correlation_key,
        shown_key=row.shown_key,
        business_key=row.business_key,
        variables=correlation_keys.decode_variables(row.variables),
        correlation_variables=correlation_keys.decode_variables(row.correlation_variables),
        flows=tuple(msgspec.json.decode(row.flows)),
        deployment_id=row.deployment_id,
        sender_id=row.sender_id,
        conversation_id=row.conversation_id,
    )


def take_kept(engine: Engine, connection: Connection, id_: int, delivered: Delivered) -> None:
    """It was delivered; with a message id the answer stays. Raises `Conflict` if somebody else took it."""
    waiting = (table.c.id == id_, table.c.state == WAITING)
    answer = msgspec.json.encode(_view_of(delivered)).decode()
    taken = connection.execute(
        update(table)
        .where(*waiting, table.c.message_id.is_not(None))
        .values(state=ANSWERED, answer=answer, expires_at=engine.clock() + ANSWERS_KEPT_FOR)
    ).rowcount
    taken += connection.execute(delete(table).where(*waiting, table.c.message_id.is_(None))).rowcount
    if taken != 1:
        raise errors.Conflict(f"Expected message '{id_}' to wait still, but somebody else took it")


def forget_old(engine: Engine) -> int:
    """Drop what has expired; how many there were."""
    with engine.database.write() as connection:
        return connection.execute(delete(table).where(table.c.expires_at < engine.clock())).rowcount


def _check(name: str, business_key: str | None, message_id: str | None, time_to_live: float) -> None:
    for field, text in (("name", name), ("businessKey", business_key), ("messageId", message_id)):
        if text is not None and (not 1 <= len(text) <= LONGEST_NAME or "\0" in text):
            raise errors.InvalidCommand(f"Expected {field} to have 1 to {LONGEST_NAME} characters", field=field)
    if not 0 <= time_to_live <= MOST_SECONDS_TO_LIVE:
        raise errors.InvalidCommand(
            f"Expected timeToLive from 0 to {MOST_SECONDS_TO_LIVE} seconds, found {time_to_live}", field="timeToLive"
        )


def _answer_before(engine: Engine, name: str, message_id: str) -> PublishedView | None:
    query = select(table).where(table.c.name == name, table.c.message_id == message_id)
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    if row is None or row.expires_at <= engine.clock():
        return None
    if row.state == WAITING:
        return PublishedView(outcome=Outcome.BUFFERED, id=row.id, expires_at=row.expires_at)
    return msgspec.json.decode(row.answer, type=PublishedView)


def _view_of(delivered: Delivered) -> PublishedView:
    return PublishedView(
        outcome=Outcome.STARTED if delivered.started else Outcome.CORRELATED,
        process_instance_id=delivered.process_instance_id,
        key=delivered.key,
        element_id=delivered.element_id,
    )


def _keep_waiting(
    engine: Engine, message: Message, actor: Actor, expires_at: datetime, message_id: str | None
) -> PublishedView | None:
    """None: somebody has begun to wait for it since."""
    with engine.database.write() as connection:
        buffered_messages.lock_name(engine, connection, message.name)
        if correlation.waiting_for(connection, message):
            return None
        id_ = _keep(engine, connection, message, actor, expires_at, WAITING, message_id=message_id)
    return PublishedView(outcome=Outcome.BUFFERED, id=id_, expires_at=expires_at)


def _note_unmatched(engine: Engine, message: Message, actor: Actor) -> None:
    """For who wonders why an instance still waits; the newest few."""
    with engine.database.write() as connection:
        old = (
            select(table.c.id)
            .where(table.c.state == UNMATCHED)
            .order_by(table.c.id.desc())
            .offset(MOST_UNMATCHED - 1)
            .limit(1)
        )
        oldest = connection.execute(old).scalar()
        if oldest is not None:
            connection.execute(delete(table).where(table.c.state == UNMATCHED, table.c.id <= oldest))
        _keep(engine, connection, message, actor, engine.clock() + UNMATCHED_KEPT_FOR, UNMATCHED)


def _keep(
    engine: Engine,
    connection: Connection,
    message: Message,
    actor: Actor,
    expires_at: datetime,
    state: str,
    *,
    message_id: str | None = None,
    answer: PublishedView | None = None,
) -> int:
    if message_id is not None:
        # What expired under the same id has only not been cleaned up yet.
        connection.execute(
            delete(table).where(
                table.c.name == message.name, table.c.message_id == message_id, table.c.expires_at <= engine.clock()
            )
        )
    id_ = engine.next_id()
    waits = state == WAITING
    wanted = correlation_keys.encode_variables(message.correlation_variables) if waits else "{}"
    connection.execute(
        insert(table),
        {
            "id": id_,
            "name": message.name,
            "correlation_key": message.correlation_key,
            "shown_key": message.shown_key,
            "business_key": message.business_key,
            "variables": correlation_keys.encode_variables(message.variables) if waits else "{}",
            "correlation_variables": wanted,
            "message_id": message_id,
            "state": state,
            "answer": None if answer is None else msgspec.json.encode(answer).decode(),
            "deployment_id": message.deployment_id,
            "flows": msgspec.json.encode(message.flows).decode(),
            "sender_id": message.sender_id,
            "conversation_id": message.conversation_id,
            "published_at": engine.clock(),
            "published_by": actor.id,
            "expires_at": expires_at,
        },
    )
    return id_


def _waiting_view(row: Row[Any]) -> MessageView:
    return MessageView(
        id=row.id,
        name=row.name,
        correlation_key=row.shown_key,
        business_key=row.business_key,
        message_id=row.message_id,
        variables=correlation_keys.decode_variables(row.variables),
        published_at=row.published_at,
        published_by=row.published_by,
        expires_at=row.expires_at,
    )
