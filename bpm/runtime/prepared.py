"""Statements of the hot path, compiled once; on SQLite they go to the driver without SQLAlchemy in between.

SQLite itself needs 4 microseconds for most of them, SQLAlchemy another 50 to find the compiled text, to make a
context and a result (2026-11: a completion has eight, and a quarter of its processor time was this). On PostgreSQL
the way to the server costs more than that, and pipelines and broken connections are SQLAlchemy's to handle.

Events `before_cursor_execute` and `after_cursor_execute` come as ever; driver errors come as SQLAlchemy's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update, exc
from sqlalchemy.engine.interfaces import DBAPICursor

_Convert = Callable[[Any], Any] | None
_Parameters = Mapping[str, Any]


class Prepared:
    """One statement. `columns` are those that an insert is given."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._on_sqlite: _Compiled | None = None

    def fetch(self, connection: Connection, parameters: _Parameters) -> Sequence[Any]:
        """All rows; their columns are attributes."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, parameters).all()
        compiled = self._compiled(connection.dialect)
        found = compiled.execute(connection, (parameters,)).fetchall()
        return compiled.rows(found)

    def change(self, connection: Connection, rows: Sequence[_Parameters]) -> int:
        """One statement for all rows, none for none; how many rows of the table were touched."""
        if not rows:
            return 0
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, rows if len(rows) > 1 else rows[0]).rowcount
        return int(self._compiled(connection.dialect).execute(connection, rows).rowcount)

    def _compiled(self, dialect: Dialect) -> _Compiled:
        if self._on_sqlite is None:
            self._on_sqlite = _Compiled(self._statement, self._columns, dialect)
        return self._on_sqlite


class _Compiled:
    """Text, the order of its parameters, and what converts values on their way in and out."""

    def __init__(self, statement: Any, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self._text = str(compiled)
        self._constants = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self._parameters: list[tuple[str, _Convert]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup
        ]
        columns_read = statement.selected_columns if isinstance(statement, Select) else ()
        self._row = _row_type([str(column.key) for column in columns_read])
        self._readers = [
            (at, read)
            for at, column in enumerate(columns_read)
            if (read := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def execute(self, connection: Connection, rows: Sequence[_Parameters]) -> Any:
        """The driver's cursor. Raises SQLAlchemy's `DBAPIError` and its kinds."""
        if not connection.in_transaction():
            connection.begin()
        cursor: DBAPICursor = connection.connection.cursor()
        many = len(rows) > 1
        values: Any = [self._values(row) for row in rows] if many else self._values(rows[0])
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, self._text, values, None, many)
        try:
            if many:
                cursor.executemany(self._text, values)
            else:
                cursor.execute(self._text, values)
        except connection.dialect.loaded_dbapi.Error as error:
            raise exc.DBAPIError.instance(
                self._text, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True
            ) from error
        for listener in connection.dispatch.after_cursor_execute:
            listener(connection, cursor, self._text, values, None, many)
        return cursor

    def _values(self, row: _Parameters) -> list[Any]:
        given = {**self._constants, **row} if self._constants else row
        return [given[name] if convert is None else convert(given[name]) for name, convert in self._parameters]

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        """What the driver gave, converted and named."""
        return [self._named(row) for row in found]

    def _named(self, row: tuple[Any, ...]) -> Any:
        values = list(row)
        for at, read in self._readers:
            values[at] = read(values[at])
        return self._row._make(values)


def _row_type(columns: list[str]) -> Any:
    """A tuple whose fields are named by the columns."""
    return namedtuple("Row", columns)
