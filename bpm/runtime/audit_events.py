"""Audit events: who did what, when. Append-only; by instance ordered by sequence.

`audit_exports` gives all of a search, `audit_chains` verifies that nothing was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, CompoundSelect, Connection, Row, Select, and_, select, tuple_, union

from baton.bpm import errors
from baton.bpm.runtime import keysets, pages, visibility, walks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.pages import Page
from baton.models import audit_event, process_definition
from baton.models.audit_event import FREQUENT_TYPES

SEARCHED_AT_ONCE = 5_000
_MERGED = 50
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

    A search by element or frequent type, or by several filters that many events pass, looks at 5,000 events per page:
    a page may be short, even empty, while there is a next cursor. Who is no operator sees those of instances that
    concern them, one instance at a time, and their own.
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
        return _search(connection, filters, actor, limit, cursor)


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


@dataclass(frozen=True)
class _Order:
    """Newest first, by the number of the event or by its time."""

    name: str
    keys: tuple[Column[Any], ...]
    shape: type[tuple[int, ...]]

    @property
    def columns(self) -> tuple[ColumnElement[Any], ...]:
        return tuple(key.desc() for key in self.keys)

    def cursor(self, place: Any) -> str:
        keys = [getattr(place, key.name) for key in self.keys]
        return keysets.encode(self.name, *(keysets.of_time(key) if isinstance(key, datetime) else key for key in keys))

    def beyond(self, cursor: str) -> ColumnElement[bool]:
        keys = keysets.decode(self.name, cursor, self.shape)
        if len(keys) == 1:
            return and_(audit_event.c.id < keys[0])
        return and_(tuple_(*self.keys) < (keysets.to_time(keys[0]), keys[1]))


_BY_ID = _Order("audit-events", (audit_event.c.id,), tuple[int])
_BY_TIME = _Order("audit-events:time", (audit_event.c.occurred_at, audit_event.c.id), tuple[int, int])


@dataclass(frozen=True)
class _Lead:
    """What an index leads to: the events that have one of `values` in `column`."""

    column: Column[Any]
    values: Sequence[Any]

    @property
    def each(self) -> list[ColumnElement[bool]]:
        return [self.column == value for value in self.values]

    @property
    def plainly(self) -> ColumnElement[bool]:
        return walks.plain(self.column).in_(self.values)


def _search(
    connection: Connection, filters: AuditFilters, actor: Actor, limit: int, cursor: str | None
) -> Page[AuditEventView]:
    """Few events that an index has are sorted; of many, an index in the order of the page is walked."""
    others = other_conditions(filters)
    order = _BY_ID if filters.after is None and filters.before is None else _BY_TIME
    begins = _begins(filters, order, cursor)
    ends = [] if filters.after is None else [audit_event.c.occurred_at > filters.after]
    leads = _leads(connection, filters, actor)
    query, end = select(audit_event).where(*others), None
    few = walks.few(connection, [[select(audit_event.c.id).where(one) for one in lead.each] for lead in leads])
    if few is not None or not all(lead.values for lead in leads):
        query = query.where(walks.among(connection, audit_event.c.id, few or ()), *(lead.plainly for lead in leads))
        rows = _fetch(connection, query.where(*begins, *ends), order, limit)
    elif not leads and not others:
        rows = _fetch(connection, query.where(*begins, *ends), order, limit)
    elif len(leads) == 1 and len(leads[0].values) <= _MERGED and order is _BY_ID and not others:
        rows = _merged(connection, leads[0], begins, limit)
    else:
        rows, end = _walked(connection, query, leads, begins, ends, order, limit)
    if len(rows) > limit:
        end = rows[limit - 1]
    return Page(tuple(view_of(row) for row in rows[:limit]), None if end is None else order.cursor(end))


def _begins(filters: AuditFilters, order: _Order, cursor: str | None) -> list[ColumnElement[bool]]:
    """At the cursor, which may be that of a search with other times, or at the last time asked for."""
    at = audit_event.c.occurred_at
    if cursor is None:
        return [] if filters.before is None else [at < filters.before]
    return [order.beyond(cursor), *([] if filters.before is None else [walks.plain(at) < filters.before])]


def _fetch(connection: Connection, query: Select[Any], order: _Order, limit: int) -> list[Row[Any]]:
    return list(connection.execute(query.order_by(*order.columns).limit(limit + 1)))


def _merged(connection: Connection, lead: _Lead, begins: list[ColumnElement[bool]], limit: int) -> list[Row[Any]]:
    """The newest of those that the lead has by each of its values."""
    id_ = audit_event.c.id
    newest = [select(id_).where(one, *begins).order_by(id_.desc()).limit(limit + 1) for one in lead.each]
    ids = sorted((found for query in newest for found in connection.execute(query).scalars()), reverse=True)
    return _fetch(connection, select(audit_event).where(walks.among(connection, id_, ids[: limit + 1])), _BY_ID, limit)


def _walked(
    connection: Connection,
    query: Select[Any],
    leads: list[_Lead],
    begins: list[ColumnElement[bool]],
    ends: list[ColumnElement[bool]],
    order: _Order,
    limit: int,
) -> tuple[list[Row[Any]], Row[Any] | None]:
    """Along the index of times, of a lead with one value, or of everything; the other leads are tried on each event."""
    lead = next((lead for lead in leads if len(lead.values) == 1 and order is _BY_ID), None)
    along = [] if lead is None else lead.each
    return walks.along(
        connection,
        query.where(*along, *(each.plainly for each in leads if each is not lead)),
        select(*order.keys).where(*along),
        order.columns,
        between=walks.one_way(*order.keys, descending=True),
        begins=begins,
        ends=ends,
        limit=limit + 1,
        most=SEARCHED_AT_ONCE,
    )


def _leads(connection: Connection, filters: AuditFilters, actor: Actor) -> list[_Lead]:
    event = audit_event.c
    rare = None if filters.type in FREQUENT_TYPES else filters.type
    wanted = (
        (event.rare_type, rare),
        (event.process_definition_id, filters.process_definition_id),
        (event.actor_id, filters.actor_id),
        (event.actor_id, None if actor.is_operator else actor.id),
    )
    found = [_Lead(column, (value,)) for column, value in wanted if value is not None]
    if filters.key is not None:
        versions = connection.execute(_versions_of(filters.key)).scalars().all()
        found.append(_Lead(event.process_definition_id, versions))
    return found


def _versions_of(key: str) -> CompoundSelect[Any]:
    """By the versions' ids, which are indexed; deleted versions by what was written of their deployment."""
    event = audit_event.c
    versions = select(process_definition.c.id).where(process_definition.c.key == key)
    created = select(event.process_definition_id).where(event.rare_type == "ProcessDefinitionCreated", event.key == key)
    return union(versions, created)


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
        conditions.append(event.process_definition_id.in_(_versions_of(filters.key)))
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
