"""A word at start about SQLite versions with a known fault."""

from __future__ import annotations

import logging
import sqlite3

# Before it two connections that write a WAL file at once could corrupt it.
FIRST_WITHOUT_RACE = (3, 51, 3)
_log = logging.getLogger(__name__)


def warn_if_old(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> None:
    """One log line for a version before 3.51.3."""
    if version < FIRST_WITHOUT_RACE:
        _log.warning(
            "SQLite %s is older than 3.51.3, which mends a rare corruption of files that several connections write; "
            "Baton writes with one at a time, and so should everybody else",
            ".".join(map(str, version)),
        )
