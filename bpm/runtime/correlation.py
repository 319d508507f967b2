"""Who a message is for: the open subscriptions it fits, and the start events it would begin.

A subscription with a correlation key fits an equal key only. One without fits by name, together with what the sender
gives: business key, instance, values of variables. Along message flows (guided mode) the drawing decides, and among
several instances the conversation: who was started by the sender, or has talked with it before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, or_, select

from baton.bpm import errors, values
from baton.bpm.runtime import buffered_messages, closings
from baton.models import process_definition, process_instance, subscription, variable

MESSAGE = "message"
MOST_CANDIDATES = 20
_flows = msgspec.json.Decoder(tuple[str, ...]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent. `correlation_key` is canonical, `shown_key` what people see of it.

    `flows` with the `deployment_id` they are drawn in. `sender_id` is the instance that threw it, if one did.
    """

    name: str
    correlation_key: str | None = None
    shown_key: str | None = None
    business_key: str | None = None
    process_instance_id: int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    correlation_variables: Mapping[str, Any] = field(default_factory=dict)
    flows: tuple[str, ...] = ()
    deployment_id: int | None = None
    sender_id: int | None = None
    conversation_id: int | None = None

    @property
    def start_key(self) -> str | None:
        """By which an instance that it starts is known while it is live."""
        return None if self.correlation_key is None or self.flows else f"{self.name}\n{self.correlation_key}"

    @property
    def called(self) -> str:
        """For sentences: its name and key, or the flows it takes."""
        if self.flows:
            return f"message along {', '.join(repr(flow) for flow in self.flows)}"
        with_key = "" if self.shown_key is None else f" with the correlation key {self.shown_key}"
        return f"message '{self.name}'{with_key}"


def waiting_for(connection: Connection, message: Message) -> list[Row[Any]]:
    """Subscriptions of instances that `message` fits, oldest first, with the instance's state; a few of very many."""
    if message.flows:
        return _along_flows(connection, message)
    c, instance = subscription.c, process_instance.c
    given: list[ColumnElement[bool]] = [c.kind == MESSAGE, c.name == message.name]
    if message.process_instance_id is not None:
        given.append(c.process_instance_id == message.process_instance_id)
    without_key: ColumnElement[bool] = c.correlation_key.is_(None)
    if message.business_key is not None:
        without_key = and_(without_key, instance.business_key == message.business_key)
    for name, value in message.correlation_variables.items():
        without_key = and_(without_key, _has(name, value))
    if message.correlation_key is None:
        given.append(without_key)
    else:
        given.append(or_(c.correlation_key == message.correlation_key, without_key))
    query = _WITH_INSTANCE.where(*given).order_by(c.id).limit(MOST_CANDIDATES)
    return list(connection.execute(query).all())


def starts_of(connection: Connection, message: Message) -> list[Row[Any]]:
    """Subscriptions of start events that `message` begins: newest versions, except along flows."""
    if message.process_instance_id is not None:
        return []
    c = subscription.c
    query = select(subscription, process_definition.c.key).join_from(
        subscription, process_definition, process_definition.c.id == c.process_definition_id
    )
    query = query.where(c.process_instance_id.is_(None), c.kind == MESSAGE)
    if message.flows:
        rows = connection.execute(query.where(c.deployment_id == message.deployment_id, c.flows != "[]")).all()
        return [row for row in rows if buffered_messages.overlap(flows_of(row), message.flows)]
    return list(connection.execute(query.where(c.name == message.name).order_by(c.id).limit(MOST_CANDIDATES)).all())


def near_misses(connection: Connection, message: Message) -> list[Row[Any]]:
    """Subscriptions of the same name that `message` does not fit."""
    query = _WITH_INSTANCE.where(subscription.c.kind == MESSAGE, subscription.c.name == message.name)
    return list(connection.execute(query.order_by(subscription.c.id).limit(5)).all())


def is_live(connection: Connection, start_key: str, key: str) -> bool:
    """True if an instance of the process `key` that was started with `start_key` is live."""
    c = process_instance.c
    query = select(c.id).where(c.start_key == start_key, c.key == key, c.ended_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


_WITH_INSTANCE: Select[Any] = (
    select(
        subscription,
        process_instance.c.key,
        process_instance.c.state,
        process_instance.c.business_key,
        process_instance.c.conversation_id,
    )
    .join_from(subscription, process_instance, process_instance.c.id == subscription.c.process_instance_id)
    .where(~closings.is_over(subscription))
)


def _along_flows(connection: Connection, message: Message) -> list[Row[Any]]:
    """One at most: of the same conversation, else of the same business key, else the oldest without a conversation."""
    c = subscription.c
    query = _WITH_INSTANCE.where(c.deployment_id == message.deployment_id, c.kind == MESSAGE, c.flows != "[]")
    rows = [
        row
        for row in connection.execute(query.order_by(c.id))
        if buffered_messages.overlap(flows_of(row), message.flows)
    ]
    talking = message.conversation_id or message.sender_id
    of_conversation = [row for row in rows if talking in (row.conversation_id, row.process_instance_id)]
    keyed = [row for row in rows if message.business_key is not None and row.business_key == message.business_key]
    strangers = [row for row in rows if row.conversation_id is None]
    return (of_conversation or keyed or strangers)[:1]


def _has(name: str, value: Any) -> ColumnElement[bool]:
    key = values.value_key(value)
    if key is None:
        raise errors.InvalidCommand(
            f"Expected '{name}' to have a value that can be compared: no null, list, object or file",
            field=f"correlationVariables.{name}",
        )
    return exists(
        select(variable.c.scope_id).where(
            variable.c.scope_id == subscription.c.process_instance_id,
            variable.c.name == name,
            variable.c.value_key == key,
        )
    )


def flows_of(row: Row[Any]) -> tuple[str, ...]:
    """The message flows that arrive where a subscription waits."""
    return _flows(row.flows)


def listed(rows: Sequence[Row[Any]]) -> str:
    """Candidates for a sentence."""
    return ", ".join(f"'{row.element_id}' of process instance '{row.process_instance_id}' ({row.key})" for row in rows)


def candidates(rows: Sequence[Row[Any]]) -> tuple[errors.Candidate, ...]:
    """The same for programs; rows of start events have no instance."""
    return tuple(
        errors.Candidate(
            key=row.key,
            element_id=row.element_id,
            subscription_id=row.id,
            process_definition_id=row.process_definition_id,
            process_instance_id=row.process_instance_id,
        )
        for row in rows
    )
