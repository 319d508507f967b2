"""Requests sent twice are carried out once: the answer is kept with the change, by actor and key."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, delete, exc, select

from baton.bpm import errors
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.statements import INSERT_IDEMPOTENCY_KEY
from baton.models import idempotency_key

Answer = TypeVar("Answer")
KEPT_FOR = timedelta(days=2)


class Idempotency(msgspec.Struct, frozen=True):
    """`key` is the caller's own; `request_digest` tells a repetition from another request under the same key."""

    key: str
    request_digest: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= 255 or "\0" in self.key:
            raise errors.InvalidCommand("Expected an Idempotency-Key of 1 to 255 characters", field="Idempotency-Key")


def replay(engine: Engine, actor: Actor, idempotency: Idempotency | None, type_: type[Answer]) -> Answer | None:
    """The answer given before to the same request, None if it is new.

    Raises `Conflict` if the key was used for another request.
    """
    if idempotency is None:
        return None
    query = select(idempotency_key.c.request_digest, idempotency_key.c.answer).where(
        idempotency_key.c.actor_id == actor.id, idempotency_key.c.key == idempotency.key
    )
    with engine.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    if row.request_digest != idempotency.request_digest:
        raise errors.Conflict(
            f"Expected a new Idempotency-Key, but '{idempotency.key}' was sent with another request before"
        )
    return msgspec.json.decode(row.answer, type=type_)


def remember(
    engine: Engine, connection: Connection, actor: Actor, idempotency: Idempotency | None, answer: object
) -> None:
    """Keep `answer` (a view) in the transaction of the change. Raises `Conflict` if the same request is under way."""
    if idempotency is None:
        return
    row = {
        "actor_id": actor.id,
        "key": idempotency.key,
        "request_digest": idempotency.request_digest,
        "answer": msgspec.json.encode(answer).decode(),
        "created_at": engine.clock(),
    }
    try:
        connection.execute(INSERT_IDEMPOTENCY_KEY, row)
    except exc.IntegrityError as error:
        raise errors.Conflict(
            f"Expected Idempotency-Key '{idempotency.key}' to be sent once at a time, but it is being carried out"
        ) from error


def forget_old(engine: Engine) -> int:
    """Drop answers older than `KEPT_FOR`; how many there were."""
    with engine.database.write() as connection:
        gone = connection.execute(
            delete(idempotency_key).where(idempotency_key.c.created_at < engine.clock() - KEPT_FOR)
        )
        return gone.rowcount
