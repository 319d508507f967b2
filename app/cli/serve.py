"""`baton serve`."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass, field, replace
from typing import Any

import click

from baton.app.auth.loopback import is_loopback
from baton.app.cli.process import Address, check_free
from baton.app.cli.process import serve as serve_forever
from baton.bpm.settings import Settings, read_settings

LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(slots=True)
class LateServer:
    """Imports the application in the worker only: the parent that supervises it stays small."""

    settings: Settings
    url: str
    handlers: tuple[str, ...]
    secured: bool
    log_level: str
    demo: bool
    _server: Any = field(default=None, init=False)

    def load(self) -> Any:
        """The WSGI application, made in this process."""
        server = importlib.import_module("baton.app.server")
        self._server = server.Server(self.settings, self.url, self.handlers, self.secured, self.log_level, self.demo)
        return self._server.load()

    def begin_stop(self) -> None:
        """Send away who waits."""
        if self._server is not None:
            self._server.begin_stop()

    def close(self) -> None:
        """Close what `load` made."""
        if self._server is not None:
            self._server.close()


@click.command()
@click.option("--host", help="Address to listen on; anything but loopback needs --auth. [BATON_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="[BATON_PORT, 8080]")
@click.option("--handlers", multiple=True, metavar="MODULE", help="Python module with job handlers; may be repeated.")
@click.option(
    "--auth/--no-auth", "secured", envvar="BATON_AUTH", default=False, help="Ask for API keys and log-ins. [BATON_AUTH]"
)
@click.option(
    "--log-level",
    envvar="BATON_LOG_LEVEL",
    type=click.Choice(LOG_LEVELS),
    default="warning",
    help="At info every command is one line. [BATON_LOG_LEVEL]",
)
@click.option("--demo", is_flag=True, help="Deploy the examples and start a few instances first, once.")
def serve(
    host: str | None, port: int | None, handlers: tuple[str, ...], secured: bool, log_level: str, demo: bool
) -> None:
    """Serve the HTTP API, the pages and the job workers.

    On loopback it is open: pages and programs of this machine act as demo users. Any other address
    refuses to start without --auth; then the first administrator's key is printed once.
    """
    settings = read_settings(os.environ)
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    if not secured and not is_loopback(settings.host):
        raise click.UsageError(
            f"Expected authentication on '{settings.host}', since other machines can reach it: "
            "add --auth (or BATON_AUTH=true), or listen on 127.0.0.1."
        )
    address = Address(settings.host, settings.port)
    check_free(address)
    server = LateServer(settings, address.url, handlers, secured, log_level, demo)
    serve_forever(address, server, threads=settings.threads)
