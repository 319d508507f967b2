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
from typing import Any, Protocol

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


class Served(Protocol):
    """What runs in the worker process."""

    def load(self) -> Any:
        """The WSGI application."""
        ...

    def begin_stop(self) -> None:
        """A signal came: send away who waits, or the server would wait for them. From a thread of its own."""
        ...

    def close(self) -> None:
        """The last request was answered."""
        ...


def serve(address: Address, served: Served, *, threads: int) -> None:
    """Serve in one worker process until SIGINT or SIGTERM.

    Returns after an orderly stop; exits with status 1 when the worker ended by itself.
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
    server.serve(spawn_target=Worker(served, os.getpid()), target_loader=served.load, wrap_loader=False)


@dataclass(frozen=True, slots=True)
class Worker:
    """What runs in the worker process: granian's own WSGI worker between our start and our stop."""

    served: Served
    parent: int

    def __call__(self, *arguments: Any) -> None:
        die_with_parent(self.parent)
        on_signal(self.served.begin_stop)
        try:
            MPServer._spawn_wsgi_worker(*arguments)
        finally:
            self.served.close()


def on_signal(act: Callable[[], None]) -> None:
    """Call `act` in a thread when the first signal comes.

    granian's own handler only asks its threads to finish, and runs nothing of ours before they have.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    # The thread keeps both ends: the file descriptor must not be closed behind the interpreter's back.
    threading.Thread(target=_wait_for_signal, args=(reader, writer, act), name="stop", daemon=True).start()


def _wait_for_signal(reader: socket.socket, writer: socket.socket, act: Callable[[], None]) -> None:
    reader.recv(1)
    act()


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
