"""A real HTTP server on loopback that behaves as badly as a path asks for, and remembers what it was asked."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpServer:
    """`asked` grows with every request; `statuses` are given one by one at `/next`, then 200.

    `answers` are status and JSON by path.
    """

    port: int
    asked: list[Asked] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def http_server() -> Iterator[HttpServer]:
    """Serve until the block ends."""

    class Handler(_Handler):
        pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    Handler.state = HttpServer(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Handler.state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away early is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    state: HttpServer

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.state.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
        match self.path.partition("?")[0]:
            case path if path in self.state.answers:
                self._answer(*self.state.answers[path], ("Content-Type", "application/json"))
            case "/slow":
                time.sleep(10)
                self._answer(200, b"late")
            case "/drip":
                self._drip()
            case "/endless":
                self._never_end()
            case "/big":
                self._answer(200, b"x" * 2_000_000)
            case "/bomb":
                self._answer(200, gzip.compress(b"\0" * 5_000_000), ("Content-Encoding", "gzip"))
            case "/packed":
                self._answer(200, gzip.compress(b'{"packed": true}'), ("Content-Encoding", "gzip"))
            case "/cut":
                self._answer(200, gzip.compress(b"x" * 1000)[:-9], ("Content-Encoding", "gzip"))
            case "/brotli":
                self._answer(200, b"?", ("Content-Encoding", "br"))
            case "/headers":
                self._answer(200, b"", *((f"X-{number}", "y" * 1000) for number in range(200)))
            case "/close":
                self.close_connection = True
            case "/nonsense":
                self.wfile.write(b"this is no HTTP\r\n\r\n")
            case "/next":
                status = self.state.statuses.pop(0) if self.state.statuses else 200
                self._answer(status, b'{"status": %d}' % status, ("Content-Type", "application/json"))
            case "/redirect":
                self._answer(302, b"", ("Location", self.path.partition("?")[2]))
            case "/deep":
                self._answer(200, b"[" * 5_000 + b"]" * 5_000)
            case _:
                told = json.dumps({"method": self.command, "path": self.path, "body": body.decode()}).encode()
                self._answer(200, told, ("Content-Type", "application/json"))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _drip(self) -> None:
        """A byte of a header at a time: no single wait is long."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(100):
            self.wfile.write(b"z")
            time.sleep(0.1)

    def _never_end(self) -> None:
        """A body without a length, as fast as it is taken."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in range(10_000):
            self.wfile.write(b"x" * 10_000)
