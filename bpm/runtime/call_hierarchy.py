"""Who called an instance, up to the one that nobody called, and whom it called, down to a bound."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import visibility
from baton.bpm.runtime.actors import Actor
from baton.bpm.runtime.engine import Engine
from baton.models import process_instance

MOST_CALLED = 500
_instance = process_instance.c


class CalledView(msgspec.Struct, frozen=True, kw_only=True):
    """`caller_element_id` is the call activity of `caller_id`; `depth` counts the callers above."""

    id: int
    process_definition_id: int
    key: str
    business_key: str | None
    state: ProcessInstanceState
    depth: int
    caller_id: int | None
    caller_element_id: str | None


class CallHierarchyView(msgspec.Struct, frozen=True, kw_only=True):
    """`callers` outermost first; `called` nearest first, at most `MOST_CALLED`: `more` says that there are others."""

    callers: tuple[CalledView, ...]
    called: tuple[CalledView, ...]
    more: bool


def of(engine: Engine, process_instance_id: int, *, actor: Actor) -> CallHierarchyView:
    """Around the instance, without itself; who is no operator sees what concerns them. Raises `NotFound`."""
    with engine.database.read() as connection:
        row = visibility.instance_row(connection, process_instance_id, actor)
        callers = _callers(connection, row, actor)
        called = _called(connection, process_instance_id, actor)
    return CallHierarchyView(
        callers=tuple(_view(caller) for caller in reversed(callers)),
        called=tuple(_view(each) for each in called[:MOST_CALLED]),
        more=len(called) > MOST_CALLED,
    )


def _callers(connection: Connection, row: Row[Any], actor: Actor) -> list[Row[Any]]:
    """Innermost first; bounded by the depth that calls may have."""
    found: list[Row[Any]] = []
    caller_id = row.caller_id
    while caller_id is not None:
        query = _seen(actor).where(_instance.id == caller_id)
        caller = connection.execute(query).first()
        if caller is None:
            break
        found.append(caller)
        caller_id = caller.caller_id
    return found


def _called(connection: Connection, process_instance_id: int, actor: Actor) -> list[Row[Any]]:
    """Level by level, up to one more than are shown."""
    found: list[Row[Any]] = []
    looking = [process_instance_id]
    while looking and len(found) <= MOST_CALLED:
        left = MOST_CALLED + 1 - len(found)
        query = _seen(actor).where(_instance.caller_id.in_(looking)).order_by(_instance.id).limit(left)
        level = connection.execute(query).all()
        found += level
        looking = [row.id for row in level]
    return found


def _seen(actor: Actor) -> Select[Any]:
    query = select(process_instance)
    return query if actor.is_operator else query.where(visibility.concerns(actor))


def _view(row: Row[Any]) -> CalledView:
    return CalledView(
        id=row.id,
        process_definition_id=row.process_definition_id,
        key=row.key,
        business_key=row.business_key,
        state=ProcessInstanceState(row.state),
        depth=row.call_depth,
        caller_id=row.caller_id,
        caller_element_id=row.caller_element_id,
    )
