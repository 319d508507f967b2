"""The database: connections set up for durable, short transactions, on SQLite and PostgreSQL.

SQLite: one process owns the file (a lock file beside it), one writer at a time in order of arrival,
`BEGIN IMMEDIATE`; readers have a snapshot of their own. PostgreSQL: READ COMMITTED, rows are locked by hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import sqlalchemy
from sqlalchemy import Connection, event

from baton.bpm import errors
from baton.bpm.runtime.group_commit import GroupCommit
from baton.bpm.settings import Settings, sqlite_path

try:
    import fcntl
except ImportError:  # Windows has no flock; opening the lock file exclusively is refused there by the system
    fcntl = None  # type: ignore[assignment]

_READ_ONLY = "baton_read_only"


class Database:
    """`read()` and `write()` give connections; the pool, pragmas and locks are behind them."""

    def __init__(self, settings: Settings) -> None:
        path = sqlite_path(settings.database_url)
        self.is_sqlite = path is not None
        self._lock_file: IO[str] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_file = own_file(path)
        self.engine = make_engine(settings.database_url, pool_size=settings.database_pool_size)
        self._reader = self.engine.execution_options(**{_READ_ONLY: True})
        self._group_commit = GroupCommit(self.engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one snapshot on SQLite."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits when the block ends well, and leaves nothing otherwise."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._group_commit.turn() as connection:
            yield connection

    def batch(self, connection: Connection) -> AbstractContextManager[object]:
        """Statements in the block go to PostgreSQL without waiting for each other's answers.

        What they return (row counts too) cannot be used; an error comes at the end of the block, as the driver's.
        """
        if self.is_sqlite:
            return nullcontext()
        driver_connection: Any = connection.connection.driver_connection
        pipeline: AbstractContextManager[object] = driver_connection.pipeline()
        return pipeline

    def close(self) -> None:
        """Give back the connections and the file."""
        self.engine.dispose()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def make_engine(database_url: str, *, pool_size: int = 5, foreign_keys: bool = True) -> sqlalchemy.Engine:
    """A SQLAlchemy engine set up as this module's head says. `foreign_keys` False is for migrations only."""
    if sqlite_path(database_url) is None:
        return sqlalchemy.create_engine(
            _psycopg_url(database_url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            isolation_level="READ COMMITTED",
            hide_parameters=True,  # a failed statement is logged: variables and secrets are not
            connect_args={"options": "-c timezone=UTC"},
        )
    # The connection used last has the pages of the last commit in its cache; any other has to read them again.
    engine = sqlalchemy.create_engine(
        database_url, pool_size=pool_size, max_overflow=pool_size, pool_use_lifo=True, hide_parameters=True
    )
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "busy_timeout=30000",
        "cache_size=-16000",
        # Pages that change with every command (the newest of each index) are copied back once per 32 MB.
        "wal_autocheckpoint=8000",
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        driver_connection: Any = connection.connection.driver_connection
        driver_connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE").close()

    return engine


def own_file(path: Path) -> IO[str]:
    """Take the lock file beside a SQLite database for as long as the returned file is open.

    Raises `ConfigurationError` if another process has it: SQLite has one owner, others speak HTTP to it.
    """
    lock_path = path.with_name(path.name + ".lock-file")
    lock_file = lock_path.open("a+", encoding="utf-8")
    if fcntl is not None:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock_file.seek(0)
            owner = lock_file.read().strip() or "unknown"
            lock_file.close()
            raise errors.ConfigurationError(
                f"Expected the database '{path}' to be free, but process {owner} has it open. Stop that one, "
                "speak HTTP to it, or use PostgreSQL for several processes."
            ) from error
    lock_file.seek(0)
    lock_file.truncate()
    lock_file.write(str(os.getpid()))
    lock_file.flush()
    return lock_file


def _psycopg_url(database_url: str) -> str:
    _, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}"
