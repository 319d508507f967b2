"""Is the audit as it was written? The hashes of an instance's events form a chain that ends in its own row."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, select

from baton.bpm import errors
from baton.bpm.runtime import audit, audit_events, keysets, pages, visibility
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import audit_event, process_instance

_AT_ONCE = 1000


class ChainView(msgspec.Struct, frozen=True, kw_only=True):
    """`events` fit; `broken_at` is the sequence of the first that does not, None if the chain is whole."""

    process_instance_id: int
    events: int
    broken_at: int | None


def verify(engine: Engine, process_instance_id: int, *, actor: Actor) -> ChainView:
    """Check every event of the instance, as far as it has come when this begins. Raises `NotFound`.

    Of an instance that was deleted with its deployment the end is not known, only that what is there fits.
    """
    with engine.database.read() as connection:
        audit_events.check_instance(connection, process_instance_id, actor)
        try:
            row = visibility.instance_row(connection, process_instance_id, actor)
            end: tuple[int, bytes] | None = (row.audit_sequence, row.audit_hash)
        except errors.NotFound:
            end = None
        return _chain(connection, process_instance_id, end)


def verify_all(engine: Engine, *, actor: Actor, limit: int = 50, cursor: str | None = None) -> Page[ChainView]:
    """One page of instances, by id, each checked from end to end. Operators only, else `NotAllowed`."""
    actor.require(Role.OPERATOR)
    pages.check_limit(limit)
    instance = process_instance.c
    query = select(instance.id, instance.audit_sequence, instance.audit_hash).order_by(instance.id).limit(limit + 1)
    if cursor is not None:
        (last,) = keysets.decode("audit-chains", cursor, tuple[int])
        query = query.where(instance.id > last)
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
        views = tuple(_chain(connection, row.id, (row.audit_sequence, row.audit_hash)) for row in rows[:limit])
    following = keysets.encode("audit-chains", views[-1].process_instance_id) if len(rows) > limit else None
    return Page(views, following)


def _chain(connection: Connection, process_instance_id: int, end: tuple[int, bytes] | None) -> ChainView:
    sequence, previous = 0, audit.EMPTY_HASH
    while True:
        query = (
            select(audit_event)
            .where(audit_event.c.process_instance_id == process_instance_id, audit_event.c.sequence > sequence)
            .order_by(audit_event.c.sequence)
            .limit(_AT_ONCE if end is None else min(_AT_ONCE, end[0] - sequence))
        )
        rows = connection.execute(query).all()
        for row in rows:
            digest = hashlib.sha256(previous + audit.canonical(row._asdict())).digest()
            if row.sequence != sequence + 1 or row.hash != digest:
                return ChainView(process_instance_id=process_instance_id, events=sequence, broken_at=sequence + 1)
            sequence, previous = row.sequence, row.hash
        if len(rows) < _AT_ONCE:
            break
    whole = end is None or (sequence, previous) == end
    return ChainView(
        process_instance_id=process_instance_id, events=sequence, broken_at=None if whole else sequence + 1
    )
