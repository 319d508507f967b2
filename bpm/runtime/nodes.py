"""This process among the others of one database: its node number for ids, and the wakeups it hears.

SQLite has one process. On PostgreSQL a connection of its own holds an advisory lock on the node number for
as long as the process lives, and listens for the wakeups of the others.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import threading
from typing import Any

import structlog
from sqlalchemy import PoolProxiedConnection, exc

from baton.bpm import errors
from baton.bpm.runtime.database import Database
from baton.bpm.runtime.ids import NODES, IdGenerator
from baton.bpm.runtime.wakeups import CHANNEL, Wakeups

_LOCK_SPACE = 0x6261746F  # "bato": our own namespace of advisory locks
_LOOK_SECONDS = 0.5
_log = structlog.get_logger(__name__)


class Node:
    """Ids and, on PostgreSQL, the listening thread."""

    def __init__(self, database: Database, wakeups: Wakeups) -> None:
        self._database = database
        self._wakeups = wakeups
        self._closing = threading.Event()
        self._connection: Any = None
        self._pooled: PoolProxiedConnection | None = None
        self._thread: threading.Thread | None = None
        if database.is_sqlite:
            self._ids = IdGenerator(0)
            return
        self._driver_error: type[Exception] = database.engine.dialect.loaded_dbapi.Error
        self._connection, node = self._connect()
        self._ids = IdGenerator(node)
        self._closed, self._closer = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="baton-wakeups", daemon=True)
        self._thread.start()

    def next_id(self) -> int:
        """A new id."""
        return self._ids()

    def close(self) -> None:
        """Stop listening and free the node number."""
        self._closing.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._closer.send(b"\0")
            thread.join(timeout=5)
            self._closer.close()
            self._closed.close()
        if self._pooled is not None:
            self._pooled.close()
            self._connection.close()

    def _connect(self) -> tuple[Any, int]:
        """A psycopg connection of our own, taken out of the pool, with the node number it holds."""
        pooled = self._database.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        self._pooled = pooled  # it would close the connection when it goes
        try:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            # Random and not from zero: a number just freed by a killed process is unlikely to be reused at once.
            for node in random.sample(range(NODES), NODES):
                row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_LOCK_SPACE, node)).fetchone()
                if row[0]:
                    return connection, node
        except BaseException:
            connection.close()
            raise
        connection.close()
        raise errors.ConfigurationError(f"Expected fewer than {NODES} processes on one database")

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                for notification in self._connection.notifies(timeout=0):
                    self._wakeups.notify(notification.payload.split("\n"))
                self._wait()
            except self._driver_error as error:
                if self._closing.is_set():
                    return
                _log.warning("wakeups lost", error=str(error))
                self._reconnect()

    def _wait(self) -> None:
        """Until something comes from the database, or this is closed; a while later at the latest."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection.fileno(), selectors.EVENT_READ)
            selector.register(self._closed, selectors.EVENT_READ)
            selector.select(_LOOK_SECONDS)

    def _reconnect(self) -> None:
        while not self._closing.wait(1.0):
            with contextlib.suppress(self._driver_error, exc.SQLAlchemyError):
                self._connection, node = self._connect()
                self._ids = IdGenerator(node)
                self._wakeups.notify_all()
                return
