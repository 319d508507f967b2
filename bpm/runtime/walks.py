"""Lists with more filters than there can be indexes, in a time that does not depend on how much there is.

A filter that few rows pass gives their ids (`few`), which are then sorted. Where every filter passes many, the index of
the order is walked and the filters are tried on what it passes (`along`): on so many rows at most, then the page is
short and its cursor leads on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Row, Select, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Between = Callable[[Row[Any] | None, Row[Any] | None], list[list[ColumnElement[bool]]]]
"""What is beyond the first place and up to the second, None being the ends: ranges of the index, one after another."""

FEW = 1_000
LOOKED_AT = 2_000
_FIRST_LOOK = 200


class plain(FunctionElement[Any]):
    """A column as SQLite does not look it up by: having no statistics, it takes any index over that of the order."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(plain)
def _itself(element: plain, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **kw)


@compiles(plain, "sqlite")
def _hidden(element: plain, compiler: SQLCompiler, **kw: Any) -> str:
    return f"+{compiler.process(element.clauses.clauses[0], **kw)}"


def among(connection: Connection, column: Column[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """By one parameter, so that the statement is the same whatever their number, and prepared once."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(msgspec.json.encode(list(ids)).decode()).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == func.any(literal(list(ids), ARRAY(BigInteger)))


def few(connection: Connection, filters: Iterable[Sequence[Select[Any]]], most: int | None = None) -> list[int] | None:
    """The ids that the narrowest filters leave; None if each of them leaves more than `most`, `FEW` unless given.

    Each filter is what together selects the ids of its rows from an index; one without is not asked.
    """
    most = FEW if most is None else most
    narrowed: set[int] | None = None
    for selects in filters:
        found: set[int] = set()
        for ids in selects:
            some = _up_to(connection, ids, most)
            found.update(some or ())
            if some is None or len(found) > most:
                break
        else:
            if selects:
                narrowed = found if narrowed is None else narrowed & found
    return None if narrowed is None else sorted(narrowed)


def _up_to(connection: Connection, ids: Select[Any], most: int) -> Sequence[int] | None:
    """None if there are more, which is found out without fetching them."""
    first = min(_FIRST_LOOK, most)
    found = connection.execute(ids.limit(first + 1)).scalars().all()
    if len(found) <= first:
        return found
    if first == most or connection.execute(ids.offset(most).limit(1)).first() is not None:
        return None
    return connection.execute(ids.limit(most)).scalars().all()


def along(
    connection: Connection,
    query: Select[Any],
    index: Select[Any],
    order: Sequence[ColumnElement[Any]],
    *,
    between: Between,
    begins: Sequence[ColumnElement[bool]] = (),
    ends: Sequence[ColumnElement[bool]] = (),
    limit: int,
    most: int | None = None,
) -> tuple[list[Row[Any]], Row[Any] | None]:
    """Up to `limit` rows of `query` in the order of an index, and the last place looked at if there is more to see.

    `index` selects the keys of all that the index has; `begins` and `ends` are bounds in its order. `most` is how many
    places are looked at, `LOOKED_AT` unless given.
    """
    most = most or LOOKED_AT
    rows: list[Row[Any]] = []
    at: Row[Any] | None = None
    for reach in sorted({min(_FIRST_LOOK, most), most}):
        last = index.where(*begins, *ends).order_by(*order).offset(reach - 1).limit(1)
        end = connection.execute(last).first()
        # One bound at each side: of two SQLite would take either, and walk from there.
        outer = [*(begins if at is None else ()), *(ends if end is None else ())]
        for inner in between(at, end):
            within = [*outer, *inner]
            rows += connection.execute(query.where(*within).order_by(*order).limit(limit - len(rows)))
            if len(rows) >= limit:
                return rows, None
        if end is None:
            return rows, None
        at = end
    return rows, at


def one_way(*keys: Column[Any], descending: bool = False) -> Between:
    """What is between two places of an order by keys that all go the same way."""

    def place(row: Row[Any]) -> tuple[Any, ...]:
        return tuple(getattr(row, key.name) for key in keys)

    def between(at: Row[Any] | None, end: Row[Any] | None) -> list[list[ColumnElement[bool]]]:
        whole: Any = keys[0] if len(keys) == 1 else tuple_(*keys)
        bounds: list[ColumnElement[bool]] = []
        if at is not None:
            beyond = place(at)[0] if len(keys) == 1 else place(at)
            bounds.append(whole < beyond if descending else whole > beyond)
        if end is not None:
            until = place(end)[0] if len(keys) == 1 else place(end)
            bounds.append(whole >= until if descending else whole <= until)
        return [bounds]

    return between
