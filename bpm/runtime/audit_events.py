"""Audit events: who did what, when. Append-only; by instance ordered by sequence.

`audit_exports` gives all of a search, `audit_chains` verifies that nothing was changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, select, tuple_, union

from baton.bpm import errors
from baton.bpm.runtime import keysets, pages, visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import audit_event, process_definition
from baton.models.audit_event import FREQUENT_TYPES

SEARCHED_AT_ONCE = 20_000
_json = msgspec.json.Decoder(dict[str, Any]).decode


class AuditEventView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` is the event's name, such as `UserTaskCompleted`; `data` its remaining fields. `sequence` is None
    for events of no instance (deployments)."""

    id: int
    process_instance_id: int | None
    sequence: int | None
    occurred_at: datetime
    actor_kind: str
    actor_id: str
    type: str
    element_id: str | None
    element_name: str | None
    process_definition_id: int | None
    deployment_id: int | None
    data: dict[str, Any]


class AuditFilters(msgspec.Struct, frozen=True, kw_only=True):
    """All that are given hold together. `after` and `before` are exclusive."""

    process_instance_id: int | None = None
    process_definition_id: int | None = None
    key: str | None = None
    element_id: str | None = None
    actor_id: str | None = None
    type: str | None = None
    after: datetime | None = None
    before: datetime | None = None


def list_(
    engine: Engine,
    *,
    actor: Actor,
    process_instance_id: int | None = None,
    process_definition_id: int | None = None,
    key: str | None = None,
    element_id: str | None = None,
    actor_id: str | None = None,
    type: str | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AuditEventView]:
    """Of one instance: in order of sequence. Otherwise newest first; by the time of the event if times are given.

    A search by element or frequent type looks at 20,000 events per page: a page may be short, even empty, while
    there is a next cursor. Who is no operator sees those of instances that concern them, one instance at a time, and
    their own.
    """
    pages.check_limit(limit)
    filters = AuditFilters(
        process_instance_id=process_instance_id,
        process_definition_id=process_definition_id,
        key=key,
        element_id=element_id,
        actor_id=actor_id,
        type=type,
        after=after,
        before=before,
    )
    with engine.database.read() as connection:
        if process_instance_id is not None:
            check_instance(connection, process_instance_id, actor)
            return _of_instance(connection, filters, limit, cursor)
        conditions = indexed_conditions(filters)
        if not actor.is_operator:
            conditions.append(audit_event.c.actor_id == actor.id)
        if after is None and before is None:
            return _newest(connection, filters, conditions, limit, cursor)
        return _newest_by_time(connection, filters, conditions, limit, cursor)


def until(
    engine: Engine,
    process_instance_id: int,
    *,
    actor: Actor,
    sequence: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AuditEventView]:
    """Of one instance, newest first, from the event of that number (None: the last) back. Raises `NotFound`."""
    pages.check_limit(limit)
    of = audit_event.c
    query = select(audit_event).where(of.process_instance_id == process_instance_id)
    if sequence is not None:
        query = query.where(of.sequence <= sequence)
    if cursor is not None:
        (last,) = keysets.decode("audit-events:until", cursor, tuple[int])
        query = query.where(of.sequence < last)
    with engine.database.read() as connection:
        check_instance(connection, process_instance_id, actor)
        rows = connection.execute(query.order_by(of.sequence.desc()).limit(limit + 1)).all()
    following = keysets.encode("audit-events:until", rows[limit - 1].sequence) if len(rows) > limit else None
    return Page(tuple(view_of(row) for row in rows[:limit]), following)


def _of_instance(connection: Connection, filters: AuditFilters, limit: int, cursor: str | None) -> Page[AuditEventView]:
    query = select(audit_event).where(*indexed_conditions(filters), *other_conditions(filters))
    if cursor is not None:
        (last,) = keysets.decode("audit-events:instance", cursor, tuple[int])
        query = query.where(audit_event.c.sequence > last)
    rows = connection.execute(query.order_by(audit_event.c.sequence).limit(limit + 1)).all()
    following = keysets.encode("audit-events:instance", rows[limit - 1].sequence) if len(rows) > limit else None
    return Page(tuple(view_of(row) for row in rows[:limit]), following)


def _newest(
    connection: Connection,
    filters: AuditFilters,
    conditions: list[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
) -> Page[AuditEventView]:
    id_ = audit_event.c.id
    if cursor is not None:
        (last,) = keysets.decode("audit-events", cursor, tuple[int])
        conditions.append(id_ < last)
    others = other_conditions(filters)
    searched = _search_end(connection, conditions, (id_.desc(),)) if others else None
    if searched is not None:
        others.append(id_ >= searched.id)
    query = select(audit_event).where(*conditions, *others).order_by(id_.desc()).limit(limit + 1)
    rows = connection.execute(query).all()
    end = rows[limit - 1] if len(rows) > limit else searched
    return Page(
        tuple(view_of(row) for row in rows[:limit]), None if end is None else keysets.encode("audit-events", end.id)
    )


def _newest_by_time(
    connection: Connection,
    filters: AuditFilters,
    conditions: list[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
) -> Page[AuditEventView]:
    event = audit_event.c
    key = tuple_(event.occurred_at, event.id)
    if cursor is not None:
        time, last = keysets.decode("audit-events:time", cursor, tuple[int, int])
        conditions.append(key < (keysets.to_time(time), last))
    others = other_conditions(filters)
    order = (event.occurred_at.desc(), event.id.desc())
    searched = _search_end(connection, conditions, order) if others else None
    if searched is not None:
        others.append(key >= (searched.occurred_at, searched.id))
    query = select(audit_event).where(*conditions, *others).order_by(*order).limit(limit + 1)
    rows = connection.execute(query).all()
    end = rows[limit - 1] if len(rows) > limit else searched
    following = None if end is None else keysets.encode("audit-events:time", keysets.of_time(end.occurred_at), end.id)
    return Page(tuple(view_of(row) for row in rows[:limit]), following)


def _search_end(connection: Connection, conditions: list[ColumnElement[bool]], order: tuple[Any, ...]) -> Any:
    """The last event that one page looks at; None if all that are left can be looked at."""
    query = select(audit_event.c.id, audit_event.c.occurred_at).where(*conditions).order_by(*order)
    return connection.execute(query.offset(SEARCHED_AT_ONCE - 1).limit(1)).first()


def indexed_conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    """What an index leads to: instance, definition, key, actor, rare types, times."""
    event = audit_event.c
    rare = None if filters.type in FREQUENT_TYPES else filters.type
    conditions: list[ColumnElement[bool]] = [
        column == wanted
        for column, wanted in (
            (event.process_instance_id, filters.process_instance_id),
            (event.process_definition_id, filters.process_definition_id),
            (event.actor_id, filters.actor_id),
            (event.rare_type, rare),
        )
        if wanted is not None
    ]
    if filters.key is not None:
        # By the versions' ids, which are indexed; deleted versions by what was written of their deployment.
        versions = select(process_definition.c.id).where(process_definition.c.key == filters.key)
        created = select(event.process_definition_id).where(
            event.rare_type == "ProcessDefinitionCreated", event.key == filters.key
        )
        conditions.append(event.process_definition_id.in_(union(versions, created)))
    if filters.after is not None:
        conditions.append(event.occurred_at > filters.after)
    if filters.before is not None:
        conditions.append(event.occurred_at < filters.before)
    return conditions


def other_conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    """What has to be looked at event by event: an index of it would make every write larger."""
    conditions: list[ColumnElement[bool]] = []
    if filters.element_id is not None:
        conditions.append(audit_event.c.element_id == filters.element_id)
    if filters.type in FREQUENT_TYPES:
        conditions.append(audit_event.c.type == filters.type)
    return conditions


def check_instance(connection: Connection, process_instance_id: int, actor: Actor) -> None:
    """Raise `NotFound` unless the actor may see it; of an instance whose rows were deleted operators see the audit."""
    trail = select(audit_event.c.id).where(audit_event.c.process_instance_id == process_instance_id).limit(1)
    try:
        visibility.instance_row(connection, process_instance_id, actor)
    except errors.NotFound:
        if not actor.is_operator or connection.execute(trail).first() is None:
            raise


def view_of(row: Row[Any]) -> AuditEventView:
    """The view of a row."""
    return AuditEventView(
        id=row.id,
        process_instance_id=row.process_instance_id,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        type=row.type,
        element_id=row.element_id,
        element_name=row.element_name,
        process_definition_id=row.process_definition_id,
        deployment_id=row.deployment_id,
        data=_json(row.data),
    )
