"""All audit events of a search, oldest first, as lines that can be streamed: JSON per line, or CSV.

What is exported is fixed when it begins: on PostgreSQL the events of transactions below the oldest one still running
then (`transaction_id`), since later ones may still bring events with lower ids; on SQLite ids are in commit order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, func, literal_column, or_, select

from baton.bpm import errors
from baton.bpm.runtime import audit_events
from baton.bpm.runtime.actors import Actor, Role
from baton.bpm.runtime.audit_events import AuditEventView, AuditFilters
from baton.bpm.runtime.engine import Engine
from baton.models import audit_event

MAXIMUM_EVENTS = 500_000
_AT_ONCE = 1000
# Spreadsheets take a cell that begins so for a formula, after white space too.
_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_encode = msgspec.json.Encoder().encode


class ExportFormat(StrEnum):
    """JSON Lines, or CSV for spreadsheets (RFC 4180, formulas made harmless by an apostrophe)."""

    NDJSON = "ndjson"
    CSV = "csv"


def export(
    engine: Engine,
    filters: AuditFilters,
    *,
    actor: Actor,
    format: ExportFormat,
    row: Callable[[AuditEventView], dict[str, Any]],
    most: int = MAXIMUM_EVENTS,
) -> Iterator[bytes]:
    """Chunks of bytes; `row` makes the members of an event. Operators only, else `NotAllowed`.

    Raises `TooLarge`, before anything is given, if there are more than `most`.
    """
    actor.require(Role.OPERATOR)
    conditions = [*audit_events.indexed_conditions(filters), *audit_events.other_conditions(filters)]
    with engine.database.read() as connection:
        conditions.append(_final(connection, engine.database.is_sqlite))
        counted = select(audit_event.c.id).where(*conditions).limit(most + 1).subquery()
        count = connection.execute(select(func.count()).select_from(counted)).scalar_one()
    if count > most:
        raise errors.TooLarge(
            f"Expected at most {most} events to export, but there are more: "
            "narrow the search with after and before, an actor, a process or an instance",
            field="after",
        )
    return _lines(engine, conditions, format, row)


def _final(connection: Connection, is_sqlite: bool) -> ColumnElement[bool]:
    if is_sqlite:
        newest = connection.execute(select(func.max(audit_event.c.id))).scalar()
        return audit_event.c.id <= (newest or 0)
    oldest_running = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger)
    horizon = connection.execute(select(oldest_running)).scalar_one()
    return or_(audit_event.c.transaction_id.is_(None), audit_event.c.transaction_id < horizon)


def _lines(
    engine: Engine,
    conditions: list[ColumnElement[bool]],
    format: ExportFormat,
    row: Callable[[AuditEventView], dict[str, Any]],
) -> Iterator[bytes]:
    last, begun = 0, False
    while True:
        query = select(audit_event).where(*conditions, audit_event.c.id > last).order_by(audit_event.c.id)
        # A short transaction for each chunk: a slow reader keeps no snapshot open.
        with engine.database.read() as connection:
            found = connection.execute(query.limit(_AT_ONCE)).all()
        members = [row(audit_events.view_of(each)) for each in found]
        if format is ExportFormat.NDJSON:
            yield b"".join(_encode(each) + b"\n" for each in members)
        else:
            yield _csv(members, with_header=not begun)
        if len(found) < _AT_ONCE:
            return
        last, begun = found[-1].id, True


def _csv(rows: list[dict[str, Any]], *, with_header: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if with_header:
        writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return text.getvalue().encode()


COLUMNS = (
    "id",
    "processInstanceId",
    "sequence",
    "occurredAt",
    "actorKind",
    "actorId",
    "type",
    "elementId",
    "elementName",
    "processDefinitionId",
    "deploymentId",
    "data",
)


def _cell(value: Any) -> str:
    """As text; what a spreadsheet would run as a formula begins with an apostrophe."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _encode(value).decode()
    dangerous = text.startswith(_FORMULA_BEGINNINGS) or text.lstrip().startswith(_FORMULA_BEGINNINGS)
    return f"'{text}" if dangerous else text
