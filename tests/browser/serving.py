"""Servers for a browser: with the examples deployed and a few instances alive, open or with log-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton.app import demo
from baton.bpm.runtime import identity
from baton.bpm.runtime.database import make_engine
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.models import migrations
from tests.acceptance.serving import Server


@contextmanager
def open_server(folder: Path) -> Iterator[Server]:
    """Without log-in, as on a developer's machine."""
    _fill(folder)
    with _running(Server(folder, "--handlers", "baton.examples.handlers")) as server:
        yield server


@contextmanager
def secured_server(folder: Path) -> Iterator[tuple[Server, str]]:
    """With log-in, and an administrator's key."""
    with Engine(Settings(database_url=_fill(folder))) as engine:
        key = identity.make_administrator_key(engine)
    with _running(Server(folder, "--auth")) as server:
        yield server, key


def _fill(folder: Path) -> str:
    url = f"sqlite:///{folder}/baton.db"
    schema = make_engine(url, foreign_keys=False)
    migrations.upgrade(schema)
    schema.dispose()
    with Engine(Settings(database_url=url)) as engine:
        demo.fill(engine)
    return url


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        yield server.wait_until_ready()
    finally:
        server.stop()
