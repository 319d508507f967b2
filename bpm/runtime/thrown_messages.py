"""Messages that instances throw, and kept ones that somebody waits for now: each a job, delivered once.

A thrown message that nobody waits for is told in the sender's audit, and nothing waits. Along message flows (guided
mode) it is kept instead, until the other side has come to where it waits.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, select

from baton.bpm import errors
from baton.bpm.runtime import (
    buffered_messages,
    called_instances,
    correlation,
    correlation_keys,
    delivery,
    instance_store,
)
from baton.bpm.runtime import messages as kept_messages
from baton.bpm.runtime.actors import SYSTEM
from baton.bpm.runtime.audit import Entry
from baton.bpm.runtime.correlation import Message
from baton.bpm.runtime.delivery import Delivered, Nobody, Several, Suspended
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_rows import Loaded, Subject
from baton.models import job, process_instance

KEPT_ALONG_FLOWS_FOR = timedelta(days=30)
_log = logging.getLogger(__name__)


def deliver(engine: Engine, row: Row[Any]) -> bool:
    """Carry out a `message` job. False if nothing was delivered."""
    payload = msgspec.json.decode(row.payload)
    if "kept_id" in payload:
        return _deliver_kept(engine, row, payload["kept_id"])
    message = _thrown(engine, row, payload)

    def taking(connection: Connection, _delivered: Delivered) -> None:
        _take(connection, row)

    try:
        delivery.deliver(engine, message, actor=SYSTEM, taking=taking)
    except Suspended as suspended:
        called_instances.put_aside(engine, row.id, suspended.process_instance_id, suspended.process_definition_id)
        return False
    except Nobody as nobody:
        return _keep(engine, row, message) if message.flows else _give_up(engine, row, message, nobody)
    except Several as several:
        return _give_up(engine, row, message, several)
    except errors.Conflict:
        return False
    except (errors.InvalidCommand, errors.TooLarge) as refused:
        return _give_up(engine, row, message, refused)
    return True


def _thrown(engine: Engine, row: Row[Any], payload: Mapping[str, Any]) -> Message:
    sender_id = payload.get("sender_id", row.process_instance_id)
    with engine.database.read() as connection:
        conversation_id = connection.execute(
            select(process_instance.c.conversation_id).where(process_instance.c.id == sender_id)
        ).scalar()
    return Message(
        name=payload["name"],
        correlation_key=payload["correlation_key"],
        shown_key=payload["shown_key"],
        business_key=payload["business_key"],
        variables=correlation_keys.decode_variables(payload["variables"]),
        flows=tuple(payload["flows"]),
        deployment_id=payload["deployment_id"],
        sender_id=sender_id,
        conversation_id=conversation_id,
    )


def _take(connection: Connection, row: Row[Any]) -> None:
    if connection.execute(delete(job).where(job.c.id == row.id)).rowcount != 1:
        raise errors.Conflict(f"Expected job '{row.id}' to wait still, but somebody else did it")


def _deliver_kept(engine: Engine, row: Row[Any], kept_id: int) -> bool:
    message = kept_messages.find_kept(engine, kept_id)
    if message is None:
        return called_instances.forget(engine, row.id)

    def taking(connection: Connection, delivered: Delivered) -> None:
        _take(connection, row)
        kept_messages.take_kept(engine, connection, kept_id, delivered)

    try:
        delivery.deliver(engine, message, actor=SYSTEM, taking=taking)
    except Suspended as suspended:
        called_instances.put_aside(engine, row.id, suspended.process_instance_id, suspended.process_definition_id)
        return False
    except errors.Rejection as refused:
        # Nobody any more, or several: it goes on waiting.
        _log.info("message %s waits on: %s", kept_id, refused.message)
        return called_instances.forget(engine, row.id)
    return True


def _keep(engine: Engine, row: Row[Any], message: Message) -> bool:
    with engine.database.write() as connection:
        buffered_messages.lock_name(engine, connection, buffered_messages.name_to_lock(message.name, message.flows))
        if correlation.waiting_for(connection, message):
            return False  # somebody has begun to wait for it: the job comes again
        _take(connection, row)
        until = engine.clock() + KEPT_ALONG_FLOWS_FOR
        kept_messages.keep_thrown(engine, connection, message, SYSTEM, until)
    return False


def _give_up(engine: Engine, row: Row[Any], message: Message, why: errors.Rejection) -> bool:
    def change(connection: Connection, _loaded: Loaded) -> list[Entry]:
        _take(connection, row)
        data = {"name": message.name, "correlation_key": message.shown_key, "reason": why.message}
        return [Entry("MessageNotDelivered", row.element_id, data)]

    _log.info("the message thrown by job %s was not delivered: %s", row.id, why.message)
    try:
        instance_store.amend(engine, Subject("process_instance", message.sender_id or 0), change, actor=SYSTEM)
    except errors.Conflict:
        return False
    except errors.NotFound:
        return called_instances.forget(engine, row.id)
    return False
