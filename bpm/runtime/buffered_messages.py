"""Messages that wait, met by a subscription that opens: a job of the transaction that opens it brings them together.

Who publishes looks for subscriptions and then keeps the message; who opens a subscription looks for kept messages.
So that they cannot miss each other, both hold a lock of the message's name until they commit (PostgreSQL);
SQLite has one writer anyway.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select

from baton.bpm.runtime.crossing_projection import crossing
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.written_rows import Rows
from baton.models import message

WAITING = "waiting"
_LOCK_SPACE = 0x6D657373  # "mess"
_flows = msgspec.json.Decoder(tuple[str, ...]).decode

_WAITING = (
    select(message.c.id, message.c.name, message.c.correlation_key, message.c.flows)
    .where(message.c.state == WAITING, message.c.expires_at > bindparam("now"))
    .where(
        or_(
            and_(message.c.flows == "[]", message.c.name.in_(bindparam("names", expanding=True))),
            and_(message.c.flows != "[]", message.c.deployment_id == bindparam("deployment_id")),
        )
    )
    .order_by(message.c.id)
    .limit(100)
)


def lock_name(engine: Engine, connection: Connection, name: str, *, shared: bool = False) -> None:
    """Hold the message name's lock until the transaction ends."""
    if engine.database.is_sqlite:
        return
    function = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
    connection.execute(select(function(_LOCK_SPACE, zlib.crc32(name.encode()) - 2**31)))


def wake(engine: Engine, connection: Connection, rows: Rows) -> None:
    """A job for each waiting message that fits a subscription of `rows`; nothing if none opens."""
    opened = [row for row in rows.subscriptions.values() if row["kind"] == "message"]
    if not opened:
        return
    for name in sorted({name_to_lock(row["name"], _flows(row["flows"])) for row in opened}):
        lock_name(engine, connection, name, shared=True)
    names = sorted({row["name"] for row in opened})
    parameters = {"now": rows.now, "names": names, "deployment_id": rows.definition.deployment_id}
    for found in connection.execute(_WAITING, parameters).all():
        if any(_fits(found, row) for row in opened):
            crossing(rows, engine.next_id(), JobKind.MESSAGE, rows.definition.key, {"kept_id": found.id})


def wake_for_start(engine: Engine, connection: Connection, rows: Rows, start_key: str) -> None:
    """The instance that a message with this key started has ended: the next such message may start another."""
    name, _, key = start_key.partition("\n")
    lock_name(engine, connection, name, shared=True)
    query = (
        select(message.c.id)
        .where(message.c.state == WAITING, message.c.name == name, message.c.correlation_key == key)
        .where(message.c.expires_at > rows.now)
        .order_by(message.c.id)
        .limit(1)
    )
    kept_id = connection.execute(query).scalar()
    if kept_id is not None:
        crossing(rows, engine.next_id(), JobKind.MESSAGE, rows.definition.key, {"kept_id": kept_id})


def name_to_lock(name: str, flows: Sequence[str]) -> str:
    """What goes along message flows has no name of its own to lock by."""
    return " ".join(sorted(flows)) if flows else name


def _fits(found: Any, opened: dict[str, Any]) -> bool:
    flows = _flows(found.flows)
    if flows:
        return overlap(flows, _flows(opened["flows"]))
    return bool(found.name == opened["name"]) and opened["correlation_key"] in (None, found.correlation_key)


def overlap(first: Iterable[str], second: Iterable[str]) -> bool:
    """True if they have a flow in common."""
    return not set(first).isdisjoint(second)
