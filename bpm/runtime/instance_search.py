"""The search for process instances: one walk along an index, in the order of the pages, and filters beside it.

Which index is walked is decided here, not by a planner: the one that is left with the fewest rows. What the walk
passes is read by primary key and filtered, and a page looks at no more than `SCANNED` rows: where few of them fit,
the page is short and its cursor leads on. So the time of a page does not depend on how many instances there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    or_,
    select,
)

from baton.bpm import errors, values
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import pages, visibility, walks
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.walks import plain
from baton.models import flow_node_instance, incident, process_definition, process_instance, variable

SCANNED = 500
MOST_VERSIONS = 50
_FIRST_LOOK = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_instance = process_instance.c


class InstanceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What instances have to be, all of it at once; None: anything.

    `version` goes with `key`. `variable` is a name and a value: a variable of that name in any of its scopes equals
    it. `element_id` is a flow node with an open visit, and goes with `key` (its newest 50 versions) or
    `process_definition_id`. Times are bounds that are not met themselves.
    """

    key: str | None = None
    version: int | None = None
    process_definition_id: int | None = None
    state: ProcessInstanceState | None = None
    business_key: str | None = None
    business_key_prefix: str | None = None
    variable: tuple[str, Any] | None = None
    element_id: str | None = None
    has_incident: bool | None = None
    started_after: datetime | None = None
    started_before: datetime | None = None
    ended_after: datetime | None = None
    ended_before: datetime | None = None
    caller_id: int | None = None
    root_id: int | None = None


@dataclass(frozen=True)
class _Order:
    """Of a page: `by` a column before the id, or by the id alone."""

    by: Column[Any] | None = None
    descending: bool = True

    @property
    def shape(self) -> type[tuple[Any, ...]]:
        if self.by is None:
            return tuple[int]
        return tuple[str, int] if self.by is _instance.business_key else tuple[int, int]

    def place(self, row: Row[Any]) -> tuple[Any, ...]:
        """Of a process instance."""
        return (row.id,) if self.by is None else _comparable((getattr(row, self.by.name), row.id))


@dataclass(frozen=True)
class Walk:
    """Along an index: each of `branches` selects ids (and what the order is by) and is walked in that order.

    `begins` says of the order's column where the walk begins.
    """

    branches: Sequence[Select[Any]]
    id_: Column[Any]
    order: _Order = _Order()
    begins: Callable[[ColumnElement[Any]], Sequence[ColumnElement[bool]]] | None = None

    def statements(self, after: tuple[Any, ...] | None, limit: int) -> list[Select[Any]]:
        """What is asked of the database for the next `limit` places after the one given."""
        keys = [self.id_] if self.order.by is None else [self.order.by, self.id_]
        ordered = [key.desc() if self.order.descending else key.asc() for key in keys]
        bounds = [*self._first(after), *([] if after is None else [self._beyond(after)])]
        return [branch.where(*bounds).order_by(*ordered).limit(limit) for branch in self.branches]

    def _first(self, after: tuple[Any, ...] | None) -> Sequence[ColumnElement[bool]]:
        """Of two bounds SQLite would take either, and walk from there; the cursor may be that of another search."""
        by = self.order.by
        if self.begins is None or by is None:
            return ()
        return self.begins(by if after is None else plain(by))

    def _beyond(self, after: tuple[Any, ...]) -> ColumnElement[bool]:
        by, last_id = self.order.by, after[-1]
        if by is None:
            return and_(self.id_ < last_id)
        last = _moment(after[0]) if isinstance(after[0], int) else after[0]
        if self.order.descending:
            return and_(by <= last, or_(by < last, self.id_ < last_id))
        return and_(by >= last, or_(by > last, self.id_ > last_id))

    def next(self, connection: Connection, after: tuple[Any, ...] | None, limit: int) -> list[tuple[Any, ...]]:
        """Up to `limit` places after the one given, each once; fewer may be left out as repeated."""
        found = [
            _comparable(row) for statement in self.statements(after, limit) for row in connection.execute(statement)
        ]
        return sorted(found, reverse=self.order.descending)[:limit]


def search(
    connection: Connection, wanted: InstanceFilter, *, actor: Actor, limit: int, cursor: str | None
) -> pages.Page[Row[Any]]:
    """A page of rows, newest first; by business key where a prefix of it leads the search.

    Raises `InvalidCommand` for a filter that cannot be answered and for a cursor of another search.
    """
    pages.check_limit(limit)
    definitions = _definitions(connection, wanted)
    if definitions is not None and not definitions:
        return pages.Page(())
    walk, conditions = plan(wanted, definitions)
    if not actor.is_operator:
        conditions = [*conditions, visibility.concerns(actor)]
    after = None if cursor is None else _position(cursor, walk.order)
    return _page(connection, walk, conditions, limit, after)


def _page(
    connection: Connection,
    walk: Walk,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    after: tuple[Any, ...] | None,
) -> pages.Page[Row[Any]]:
    found: list[tuple[tuple[Any, ...], Row[Any]]] = []
    scanned, look = 0, limit + 1 if not conditions else max(limit + 1, _FIRST_LOOK)
    while True:
        matching, last = (_through if len(walk.branches) == 1 else _merged)(connection, walk, conditions, after, look)
        found += matching
        if len(found) > limit:
            return pages.Page(tuple(row for _, row in found[:limit]), _cursor(found[limit - 1][0]))
        if last is None:
            return pages.Page(tuple(row for _, row in found))
        after, scanned = last, scanned + look
        if scanned >= SCANNED:
            return pages.Page(tuple(row for _, row in found), _cursor(after))
        look = SCANNED - scanned


_Found = tuple[list[tuple[tuple[Any, ...], Row[Any]]], tuple[Any, ...] | None]
"""Rows by their places, in the order of the walk, and the last place looked at if there may be more."""


def _through(
    connection: Connection,
    walk: Walk,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[Any, ...] | None,
    look: int,
) -> _Found:
    """Of one index: what it passes never leaves the database, but for what meets the conditions."""
    (passed,), (place,) = walk.statements(after, look), walk.statements(after, 1)
    last = connection.execute(place.offset(look - 1)).first()
    ids = select(passed.subquery("passed").c[walk.id_.name])
    rows = connection.execute(select(process_instance).where(_instance.id.in_(ids), *conditions))
    found = sorted(((walk.order.place(row), row) for row in rows), reverse=walk.order.descending, key=itemgetter(0))
    return found, None if last is None else _comparable(last)


def _merged(
    connection: Connection,
    walk: Walk,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[Any, ...] | None,
    look: int,
) -> _Found:
    """Of several indexes, or places of one: which of them are next is known when each has said its own."""
    places = walk.next(connection, after, look)
    by_id = {place[-1]: place for place in places}
    if not by_id:
        return [], None
    rows = connection.execute(select(process_instance).where(walks.among(connection, _instance.id, by_id), *conditions))
    matching = {row.id: row for row in rows}
    found = [(place, matching[id_]) for id_, place in by_id.items() if id_ in matching]
    return found, places[-1] if len(places) == look else None


def _comparable(place: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_microseconds(part) if isinstance(part, datetime) else part for part in place)


# --- which index ---------------------------------------------------------------------------------------------


def plan(wanted: InstanceFilter, definitions: Sequence[int] | None) -> tuple[Walk, list[ColumnElement[bool]]]:
    """The walk, and what the rows that it passes still have to be. `definitions`: the ids of the versions asked for."""
    asked = _conditions(wanted, definitions)
    walk, answered = _walk(wanted, definitions)
    return walk, [condition for name, condition in asked.items() if name not in answered]


def _walk(wanted: InstanceFilter, definitions: Sequence[int] | None) -> tuple[Walk, set[str]]:
    """The most selective first."""
    ids = select(_instance.id)
    for name in ("root_id", "caller_id"):
        if getattr(wanted, name) is not None:
            return Walk([ids.where(_instance[name] == getattr(wanted, name))], _instance.id), {name}
    if wanted.variable is not None and wanted.variable[1] is not None:
        of = variable.c
        named = of.name == wanted.variable[0], of.value_key == _value_key(wanted.variable[1])
        return Walk([select(of.process_instance_id).where(*named)], of.process_instance_id), {"variable"}
    if wanted.business_key is not None:
        return Walk([ids.where(_instance.business_key == wanted.business_key)], _instance.id), {"business_key"}
    if wanted.element_id is not None:
        return _at_element(wanted.element_id, definitions or ()), {"element_id", "definition", "key"}
    if wanted.has_incident:
        troubled = select(incident.c.process_instance_id).where(_OPEN_INCIDENT)
        return Walk([troubled], incident.c.process_instance_id), {"has_incident"}
    if wanted.business_key_prefix is not None:
        prefix = wanted.business_key_prefix
        beginning = select(_instance.business_key, _instance.id).where(_instance.business_key < _end_of(prefix))
        order = _Order(_instance.business_key, False)
        return Walk([beginning], _instance.id, order, lambda key: [key >= prefix]), {"business_key_prefix"}
    for name, after, before in (
        ("started_at", wanted.started_after, wanted.started_before),
        ("ended_at", wanted.ended_after, wanted.ended_before),
    ):
        if after is not None or before is not None:
            within = select(_instance[name], _instance.id).where(*_between(_instance[name], after, None))
            order = _Order(_instance[name])
            return Walk([within], _instance.id, order, partial(_between, after=None, before=before)), {name}
    return _of_definition_or_state(wanted, definitions)


def _at_element(element_id: str, definitions: Sequence[int]) -> Walk:
    visits = flow_node_instance.c
    return Walk(
        [
            select(visits.process_instance_id).where(
                visits.process_definition_id == definition_id,
                visits.element_id == element_id,
                visits.ended_at.is_(None),
            )
            for definition_id in definitions
        ],
        visits.process_instance_id,
    )


def _of_definition_or_state(wanted: InstanceFilter, definitions: Sequence[int] | None) -> tuple[Walk, set[str]]:
    """The indexes have the state in the middle: without one, each of the states is walked."""
    ids, states = select(_instance.id), [wanted.state] if wanted.state else list(ProcessInstanceState)
    if definitions is not None and len(definitions) == 1:
        leading, answered = _instance.process_definition_id == definitions[0], {"definition", "key", "state"}
    elif wanted.key is not None:
        leading, answered = _instance.key == wanted.key, {"key", "state"}
    elif wanted.state is not None:
        return Walk([ids.where(_instance.state == wanted.state.value)], _instance.id), {"state"}
    else:
        return Walk([ids], _instance.id), set()
    return Walk([ids.where(leading, _instance.state == state.value) for state in states], _instance.id), answered


def _conditions(wanted: InstanceFilter, definitions: Sequence[int] | None) -> dict[str, ColumnElement[bool]]:
    """Tried on what the walk passes, so no index is to be looked up by them."""
    asked: dict[str, ColumnElement[bool]] = {}
    for name, value in (
        ("root_id", wanted.root_id),
        ("caller_id", wanted.caller_id),
        ("business_key", wanted.business_key),
        ("key", wanted.key),
        ("state", wanted.state and wanted.state.value),
    ):
        if value is not None:
            asked[name] = plain(_instance[name]) == value
    if definitions is not None and (wanted.key is None or wanted.version is not None or wanted.process_definition_id):
        asked["definition"] = plain(_instance.process_definition_id).in_(list(definitions))
    if wanted.business_key_prefix is not None:
        key, prefix = plain(_instance.business_key), wanted.business_key_prefix
        asked["business_key_prefix"] = and_(key >= prefix, key < _end_of(prefix))
    if wanted.variable is not None:
        asked["variable"] = _has_variable(*wanted.variable)
    if wanted.element_id is not None:
        asked["element_id"] = _is_at(wanted.element_id)
    if wanted.has_incident is not None:
        troubled = exists().where(incident.c.process_instance_id == _instance.id, _OPEN_INCIDENT)
        asked["has_incident"] = troubled if wanted.has_incident else ~troubled
    for name, after, before in (
        ("started_at", wanted.started_after, wanted.started_before),
        ("ended_at", wanted.ended_after, wanted.ended_before),
    ):
        bounds = _between(plain(_instance[name]), after, before)
        if bounds:
            asked[name] = and_(*bounds)
    return asked


# Written as the partial index is; a state would be a parameter, which no database sees through.
_OPEN_INCIDENT = incident.c.ended_at.is_(None)


def _between(column: ColumnElement[Any], after: datetime | None, before: datetime | None) -> list[ColumnElement[bool]]:
    return [*([] if after is None else [column > after]), *([] if before is None else [column < before])]


def _end_of(prefix: str) -> str:
    """By code points, which is how both databases order business keys."""
    return prefix + "\U0010ffff"


def _has_variable(name: str, value: Any) -> ColumnElement[bool]:
    of = variable.c
    equal = of.type == values.ValueType.NULL.value if value is None else of.value_key == _value_key(value)
    return exists().where(of.process_instance_id == _instance.id, of.name == name, equal)


def _value_key(value: Any) -> str:
    key = values.value_key(value)
    if key is None:
        raise errors.InvalidCommand("Expected a value that can be searched: no list, object or file", field="variable")
    return key


def _is_at(element_id: str) -> ColumnElement[bool]:
    visits = flow_node_instance.c
    return exists().where(
        visits.process_definition_id == _instance.process_definition_id,
        visits.element_id == element_id,
        visits.process_instance_id == _instance.id,
        visits.ended_at.is_(None),
    )


def _definitions(connection: Connection, wanted: InstanceFilter) -> list[int] | None:
    """The ids of the versions asked for, newest first; None where versions do not matter."""
    if wanted.version is not None and wanted.key is None:
        raise errors.InvalidCommand("Expected a key beside the version, found none", field="version")
    if wanted.process_definition_id is not None:
        return [wanted.process_definition_id]
    if wanted.key is None or (wanted.version is None and wanted.element_id is None):
        if wanted.element_id is not None:
            raise errors.InvalidCommand("Expected a key or a processDefinitionId beside the element", field="key")
        return None
    query = select(process_definition.c.id).where(process_definition.c.key == wanted.key)
    if wanted.version is not None:
        query = query.where(process_definition.c.version == wanted.version)
    newest = query.order_by(process_definition.c.version.desc()).limit(MOST_VERSIONS)
    return list(connection.execute(newest).scalars())


# --- places --------------------------------------------------------------------------------------------------


def _cursor(place: tuple[Any, ...]) -> str:
    return pages.encode_cursor(place[0]) if len(place) == 1 else pages.encode_position(place)


def _position(cursor: str, order: _Order) -> tuple[Any, ...]:
    return (pages.decode_cursor(cursor),) if order.by is None else pages.decode_position(cursor, order.shape)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise errors.InvalidCommand(
            "Expected cursor to be the nextCursor of an earlier answer", field="cursor"
        ) from error
