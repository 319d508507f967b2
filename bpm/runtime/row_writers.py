"""Writing many rows of a table by one statement.

SQLite takes them one by one within its own process, which costs little. To PostgreSQL they travel as one JSON
text, because binding every value of every row was most of a command's processor time (measured: 0.5 of 1.5 ms).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from baton.bpm.runtime.prepared import Prepared

_encode = msgspec.json.Encoder().encode


class RowWriter:
    """Inserts rows given as dictionaries with a value for every one of `columns` (default: all of the table's).

    With `key` an existing row of the same key gets `update` columns of the new one instead.
    """

    def __init__(
        self,
        dialect: str,
        table: Table,
        *,
        columns: Sequence[str] | None = None,
        key: Sequence[str] = (),
        update: Sequence[str] = (),
    ) -> None:
        names = list(columns or table.c.keys())
        self._as_json = dialect == "postgresql"
        if self._as_json:
            self._statement = _from_json(table, names, key, update)
            return
        one_by_one: Insert
        if key:
            upsert = sqlite.insert(table)
            one_by_one = upsert.on_conflict_do_update(
                index_elements=list(key), set_={name: upsert.excluded[name] for name in update}
            )
        else:
            # Inline: numbers the database gives are not asked back.
            one_by_one = insert(table).inline()
        self._one_by_one = Prepared(one_by_one, names)

    def write(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """One statement; none for no rows."""
        if not rows:
            return
        if self._as_json:
            connection.execute(self._statement, {"rows": encode_rows(rows)})
        else:
            self._one_by_one.change(connection, rows)


def encode_rows(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as the text that a statement made from JSON takes."""
    return _encode(rows).decode()


def _from_json(table: Table, names: Sequence[str], key: Sequence[str], update: Sequence[str]) -> Executable:
    statement = insert_from_json(table, names)
    if not key:
        return statement
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in update}
    )


def insert_from_json(table: Table, names: Sequence[str]) -> postgresql.Insert:
    """PostgreSQL: insert the rows of the parameter `rows`, a JSON text."""
    binary = {name for name in names if isinstance(table.c[name].type, LargeBinary)}
    typed = [column(name, Text if name in binary else table.c[name].type) for name in names]
    rows = cast(bindparam("rows", type_=Text), postgresql.JSON)
    given = func.json_to_recordset(rows).table_valued(*typed, name="given").render_derived(with_types=True)
    selected = select(*[func.decode(given.c[name], "base64") if name in binary else given.c[name] for name in names])
    return postgresql.insert(table).from_select(names, selected, include_defaults=False)
