"""Wakeups for the other processes on PostgreSQL: told with the transaction that made the work."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from baton.bpm.runtime import statements
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.wakeups import CHANNEL, EVERYBODY

_PAYLOAD_BYTES = 7900


def announce(engine: Engine, connection: Connection, topics: Collection[str]) -> None:
    """Tell every process on PostgreSQL, this one too, when the transaction commits."""
    if topics and not engine.database.is_sqlite:
        connection.execute(statements.NOTIFY, {"channel": CHANNEL, "payload": payload_of(topics)})


def payload_of(topics: Iterable[str]) -> str:
    """Topics as the payload of a notification; if they do not fit in its 8 kB, everybody is to look."""
    payload = "\n".join(sorted(topics))
    return payload if len(payload.encode()) <= _PAYLOAD_BYTES else EVERYBODY
