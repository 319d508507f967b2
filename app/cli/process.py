"""The serving process: granian's worker, with Baton's engine and job dispatcher inside.

The parent only supervises. The worker owns the database (on SQLite: alone), and it must not outlive a
parent that was killed, or it would go on serving and holding the lock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from baton.bpm import errors

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """For people: the address to open."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def check_free(address: Address) -> None:
    """Raises `ConfigurationError` if the port is taken; granian itself would share it in silence."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise errors.ConfigurationError(
                f"Expected to listen on {address.host}:{address.port}, but {error.strerror or error}. "
                "Another server runs there: stop it, or choose another --port."
            ) from error


def serve(address: Address, loader: Callable[[], Any], *, closer: Callable[[], None], threads: int) -> None:
    """Serve the WSGI application that `loader` makes, in one worker process, until SIGINT or SIGTERM.

    `loader` and `closer` run in the worker. Returns after an orderly stop; exits with status 1 when the
    worker ended by itself.
    """
    server = MPServer(
        "baton",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=threads,
        backlog=1024,
        backpressure=256,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=10,
    )
    server.serve(spawn_target=Worker(closer, os.getpid()), target_loader=loader, wrap_loader=False)


@dataclass(frozen=True, slots=True)
class Worker:
    """What runs in the worker process: granian's own WSGI worker between our start and our stop."""

    closer: Callable[[], None]
    parent: int

    def __call__(self, *arguments: Any) -> None:
        die_with_parent(self.parent)
        try:
            MPServer._spawn_wsgi_worker(*arguments)
        finally:
            self.closer()


def die_with_parent(parent: int) -> None:
    """Kill this process when `parent` is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return
    threading.Thread(target=_watch_parent, args=(parent,), name="parent-watch", daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
