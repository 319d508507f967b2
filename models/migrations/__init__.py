"""Schema migrations: `upgrade(database_url, ...)` brings a database to this version of Baton.

Works from an installed wheel; there is no alembic.ini. On SQLite a file with data is copied first and
foreign keys are off while tables are rebuilt (batch mode would delete child rows by cascade), then checked.
On PostgreSQL an advisory lock lets one of several starting processes migrate while the others wait.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_HERE = Path(__file__).parent
_ADVISORY_LOCK = 0x6261746F6E6D6967  # "batonmig"


def head_revision() -> str:
    """The revision this version of Baton needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> str:
    """Bring the database to `head_revision()` and return it; quick when it is there already.

    On SQLite `engine` must have been made with foreign keys off, and no other process may use the file.
    """
    if engine.dialect.name == "sqlite":
        _upgrade_sqlite(engine)
    else:
        _upgrade_postgresql(engine)
    return head_revision()


def _upgrade_sqlite(engine: Engine) -> None:
    with engine.connect() as connection:
        revision = current_revision(connection)
        if revision == head_revision():
            return
        if connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
            raise ValueError("expected an engine with foreign keys off for a migration on SQLite")
        connection.rollback()
        if revision is not None:
            # What is in the write-ahead log must be in the file before it is copied.
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            database = engine.url.database
            assert database is not None
            shutil.copy2(database, f"{database}.before-{head_revision()}.bak")
    with engine.begin() as connection:
        _run(connection)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise ValueError(f"the migration would leave rows without their parents, nothing was changed: {broken[:5]}")


def _upgrade_postgresql(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        if current_revision(connection) != head_revision():
            _run(connection)


def _run(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
