"""Statistics of flow nodes: where tokens are, where incidents are, how often and how long each was visited.

What is open is counted from indexes that hold nothing else, up to `COUNTED`. Ended visits are counted here by
`roll_up`, some at a time and behind the commands, which therefore write nothing more than they did.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, Table, and_, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from baton.bpm.lifecycle import FlowNodeState
from baton.bpm.runtime import process_definitions
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.duration_classes import CANCELLED, class_of, quantile
from baton.bpm.runtime.engine import Engine
from baton.models import flow_node_instance, flow_node_statistics, incident, process_definition, setting

COUNTED = 1_000
MOST_VERSIONS = 50
ROLLED_UP_AT_ONCE = 2000
# A command's time is taken before it commits; who commits later than this is not counted.
SETTLED = timedelta(seconds=30)
_Position = tuple[datetime, int]
_POSITION = "flow_node_statistics"
_visits, _sums = flow_node_instance.c, flow_node_statistics.c


class FlowNodeStatisticsView(msgspec.Struct, frozen=True, kw_only=True):
    """One flow node. `open` visits are its live tokens, each of which waits; `open` and `incidents` at most `COUNTED`.

    `completed` and `cancelled` visits have ended; `median_seconds` and `p95_seconds` are of the completed ones, to
    within ten percent, None of none.
    """

    element_id: str
    open: int
    incidents: int
    completed: int
    cancelled: int
    median_seconds: float | None
    p95_seconds: float | None


class DefinitionStatisticsView(msgspec.Struct, frozen=True, kw_only=True):
    """`counted_until` is the end of the last visit among the ended ones, None before the first was counted."""

    process_definition_ids: tuple[int, ...]
    counted_until: datetime | None
    items: tuple[FlowNodeStatisticsView, ...]


# --- reading -------------------------------------------------------------------------------------------------


def of_definition(
    engine: Engine, process_definition_id: int, *, actor: Actor, all_versions: bool = False
) -> DefinitionStatisticsView:
    """Of every flow node that was ever visited, by id; `all_versions`: together with those of the newest 50.

    Operators only, else `NotAllowed`. Raises `NotFound`.
    """
    actor.require(Role.OPERATOR)
    key = process_definitions.get(engine, process_definition_id, actor=actor).key
    with engine.database.read() as connection:
        definitions = _versions(connection, key) if all_versions else [process_definition_id]
        tokens = _count_open(connection, flow_node_instance, definitions)
        troubles = _count_open(connection, incident, definitions)
        ended = _ended(connection, definitions)
        position = _read_position(connection)
    views = (_view(id_, tokens, troubles, ended[id_]) for id_ in sorted({*tokens, *troubles, *ended}))
    until = None if position is None else position[0]
    return DefinitionStatisticsView(process_definition_ids=tuple(definitions), counted_until=until, items=tuple(views))


def _versions(connection: Connection, key: str) -> list[int]:
    query = select(process_definition.c.id).where(process_definition.c.key == key)
    return list(connection.execute(query.order_by(process_definition.c.version.desc()).limit(MOST_VERSIONS)).scalars())


def _view(
    element_id: str, tokens: Mapping[str, int], troubles: Mapping[str, int], classes: Mapping[int, int]
) -> FlowNodeStatisticsView:
    completed = {class_: visits for class_, visits in classes.items() if class_ != CANCELLED}
    return FlowNodeStatisticsView(
        element_id=element_id,
        open=tokens.get(element_id, 0),
        incidents=troubles.get(element_id, 0),
        completed=sum(completed.values()),
        cancelled=classes.get(CANCELLED, 0),
        median_seconds=quantile(completed, 0.5),
        p95_seconds=quantile(completed, 0.95),
    )


def _count_open(connection: Connection, table: Table, definitions: Sequence[int]) -> dict[str, int]:
    """Rows that have not ended by flow node, none beyond `COUNTED`; of flow nodes that have any."""
    counts: Counter[str] = Counter()
    for definition_id in definitions:
        counts.update({row[0]: row[1] for row in connection.execute(_open_by_element(table, definition_id))})
    return {element_id: min(count, COUNTED) for element_id, count in counts.items()}


def _open_by_element(table: Table, definition_id: int) -> Select[Any]:
    """From flow node to flow node along the index, whatever number is at each."""
    columns = table.c
    open_ = (columns.ended_at.is_(None), columns.process_definition_id == definition_id)
    at = select(func.min(columns.element_id).label("element_id")).where(*open_).cte("at", recursive=True)
    following = select(func.min(columns.element_id)).where(*open_, columns.element_id > at.c.element_id)
    at = at.union_all(select(following.correlate(at).scalar_subquery()).where(at.c.element_id.is_not(None)))
    here = select(literal(1).label("one")).where(*open_, columns.element_id == at.c.element_id).correlate(at)
    counted = select(func.count()).select_from(here.limit(COUNTED).subquery("here")).scalar_subquery()
    return select(at.c.element_id, counted).where(at.c.element_id.is_not(None))


def _ended(connection: Connection, definitions: Sequence[int]) -> Mapping[str, Mapping[int, int]]:
    query = (
        select(_sums.element_id, _sums.duration_class, func.sum(_sums.visits))
        .where(_sums.process_definition_id.in_(definitions))
        .group_by(_sums.element_id, _sums.duration_class)
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for element_id, class_, visits in connection.execute(query):
        found[element_id][class_] = int(visits)
    return found


# --- counting what has ended ---------------------------------------------------------------------------------


def roll_up(engine: Engine, stop: Callable[[], bool] = lambda: False) -> int:
    """Count the visits that ended since the last time, in short transactions, until `stop`; how many there were.

    Any number of processes may do it: who finds that another has counted the same visits leaves them to it.
    """
    counted = 0
    while not stop():
        with engine.database.read() as connection:
            position = _read_position(connection)
            rows = connection.execute(_ended_after(position, engine.clock() - SETTLED)).all()
        if rows and not _add(engine, position, rows):
            return counted
        counted += len(rows)
        if len(rows) < ROLLED_UP_AT_ONCE:
            break
    return counted


def _ended_after(position: _Position | None, before: datetime) -> Select[Any]:
    query = select(
        _visits.id,
        _visits.process_definition_id,
        _visits.element_id,
        _visits.state,
        _visits.activated_at,
        _visits.ended_at,
    ).where(_visits.ended_at < before)
    if position is not None:
        at, id_ = position
        query = query.where(and_(_visits.ended_at >= at, or_(_visits.ended_at > at, _visits.id > id_)))
    return query.order_by(_visits.ended_at, _visits.id).limit(ROLLED_UP_AT_ONCE)


def _add(engine: Engine, position: _Position | None, rows: Sequence[Row[Any]]) -> bool:
    """False, and nothing, if the position is not the one given any more."""
    sums = Counter((row.process_definition_id, row.element_id, _class(row)) for row in rows)
    upsert = (sqlite if engine.database.is_sqlite else postgresql).insert(flow_node_statistics)
    adding = upsert.on_conflict_do_update(
        index_elements=list(flow_node_statistics.primary_key.columns.keys()),
        set_={"visits": _sums.visits + upsert.excluded.visits},
    )
    with engine.database.write() as connection:
        if not _move(engine, connection, position, (rows[-1].ended_at, rows[-1].id)):
            return False
        connection.execute(
            adding,
            [
                {
                    "process_definition_id": definition_id,
                    "element_id": element_id,
                    "duration_class": class_,
                    "visits": n,
                }
                for (definition_id, element_id, class_), n in sorted(sums.items())
            ],
        )
    return True


def _class(row: Row[Any]) -> int:
    return class_of(row.ended_at - row.activated_at) if row.state == FlowNodeState.COMPLETED else CANCELLED


# --- how far it has come: the last visit counted ---------------------------------------------------------------


def _read_position(connection: Connection) -> _Position | None:
    written = connection.execute(select(setting.c.value).where(setting.c.name == _POSITION)).scalar()
    return None if written is None else msgspec.json.decode(written, type=_Position)


def _move(engine: Engine, connection: Connection, before: _Position | None, after: _Position) -> bool:
    written = msgspec.json.encode(after).decode()
    if before is None:
        inserting = (sqlite if engine.database.is_sqlite else postgresql).insert(setting).on_conflict_do_nothing()
        inserted = inserting.values(name=_POSITION, value=written).returning(setting.c.name)
        return connection.execute(inserted).first() is not None
    here = (setting.c.name == _POSITION, setting.c.value == msgspec.json.encode(before).decode())
    return connection.execute(update(setting).where(*here).values(value=written)).rowcount == 1
