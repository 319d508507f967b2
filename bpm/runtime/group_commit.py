"""SQLite's one writer, shared: commands that wait for each other become durable by one commit.

Writers take turns in order of arrival. One that finds somebody waiting hands its open transaction over and
waits until the last of the group commits for all: one sync of the disk instead of one each. Nobody returns
before what it wrote is durable, and one that fails takes back its own writes only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Connection

from baton.bpm.runtime.locks import FifoLock

MOST_MEMBERS = 64


class _Group:
    """One transaction and those who wrote in it."""

    __slots__ = ("connection", "error", "finished", "members", "transaction")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.finished = threading.Event()
        self.members = 0
        self.error: BaseException | None = None


class GroupCommit:
    """`turn()` is a write transaction that is committed when the block has ended, alone or with others."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self._engine = engine
        self._turn = FifoLock()
        self._open: _Group | None = None

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        """Yields the connection; what fails inside leaves nothing. Raises what the commit raises."""
        self._turn.acquire()
        try:
            group = self._join()
        except BaseException:
            self._turn.release()
            raise
        try:
            yield group.connection
            self._keep(group)
        except BaseException:
            self._take_back(group)
            self._pass_on(group)
            # It may have failed because of what others of the group wrote: whoever looks or tries again must see that.
            group.finished.wait()
            raise
        group.members += 1
        self._pass_on(group)
        group.finished.wait()
        if group.error is not None:
            raise group.error

    def _join(self) -> _Group:
        """The open group behind a savepoint of our own, or a new one."""
        group = self._open
        if group is not None:
            try:
                group.connection.exec_driver_sql("SAVEPOINT member")
            except BaseException as error:
                self._end(group, error)
                raise
            return group
        connection = self._engine.connect()
        try:
            group = _Group(connection)
        except BaseException:
            connection.close()
            raise
        self._open = group
        return group

    def _keep(self, group: _Group) -> None:
        if group.members:
            group.connection.exec_driver_sql("RELEASE member")

    def _take_back(self, group: _Group) -> None:
        """Undo this member's writes; if SQLite has given up the whole transaction, the others have lost theirs too."""
        if not group.members:
            self._end(group, None, commit=False)
            return
        try:
            group.connection.exec_driver_sql("ROLLBACK TO member")
            group.connection.exec_driver_sql("RELEASE member")
        except sqlalchemy.exc.DBAPIError as error:
            self._end(group, error)

    def _pass_on(self, group: _Group) -> None:
        """To the next one waiting, with the transaction still open; with nobody waiting, commit for all."""
        if self._open is group and (group.members >= MOST_MEMBERS or not self._turn.is_wanted()):
            self._end(group, None)
        self._turn.release()

    def _end(self, group: _Group, error: BaseException | None, *, commit: bool = True) -> None:
        self._open = None
        try:
            if error is None and commit:
                group.transaction.commit()
            else:
                group.transaction.rollback()
        except BaseException as failure:
            error = error or failure
            # What state SQLite is in is not known: closing the connection undoes whatever is left.
            group.connection.invalidate()
        finally:
            group.error = error
            group.connection.close()
            group.finished.set()
