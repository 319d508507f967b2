"""What runs in the serving process: engine, application and job dispatcher, made and closed together."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import click
import structlog

from baton.app import context, database, demo, logs, memory
from baton.app.auth.access import OpenAccess, SecuredAccess
from baton.app.context import LongPolls
from baton.app.factory import create_app
from baton.app.handlers import load_handlers
from baton.bpm import errors, expressions
from baton.bpm.expressions import python_script
from baton.bpm.runtime import identity
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.worker import Dispatcher

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Server:
    """Made in the parent, loaded in the worker. `secured` asks for authentication on loopback too."""

    settings: Settings
    url: str
    handlers: tuple[str, ...] = ()
    secured: bool = False
    log_level: str = "warning"
    demo: bool = False
    _engine: Engine | None = field(default=None, init=False)
    _long_polls: LongPolls | None = field(default=None, init=False)
    _dispatcher: Dispatcher | None = field(default=None, init=False)

    def load(self) -> Any:
        """The WSGI application. An operator's fault is one sentence and exit status 1."""
        logs.configure(self.log_level)
        memory.share_arenas()
        try:
            return self._load()
        except errors.BatonError as error:
            click.echo(f"Error: {error.message}", err=True)
            self.close()
            sys.exit(1)

    def begin_stop(self) -> None:
        """Send away who waits for jobs."""
        if self._engine is not None and self._long_polls is not None:
            self._long_polls.close(self._engine)

    def close(self) -> None:
        """Stop in order: no new jobs, then sandboxes, then the database."""
        if self._dispatcher is not None:
            self._dispatcher.stop()
        expressions.close()
        if self._engine is not None:
            self._engine.close()

    def _load(self) -> Any:
        self._trust_python()
        load_handlers(self.handlers)
        database.upgrade(self.settings)
        self._engine = engine = Engine(self.settings)
        access = SecuredAccess(engine) if self.secured else OpenAccess(engine)
        key = identity.ensure_first_administrator(engine) if self.secured else None
        app = create_app(engine, access=access)
        self._long_polls = context.of(app).long_polls
        if self.demo:
            demo.fill(engine)
        self._dispatcher = Dispatcher(engine)
        self._dispatcher.start()
        self._greet(key)
        return app

    def _trust_python(self) -> None:
        """The setting alone decides, and it is said aloud."""
        python_script.trust(trusted=self.settings.trusted_python)
        if self.settings.trusted_python:
            log.warning(
                "trusted python",
                setting="BATON_TRUSTED_PYTHON",
                meaning="Python scripts of diagrams run in this process without sandbox or limits",
            )

    def _greet(self, key: str | None) -> None:
        click.echo(f"Baton serves {self.settings.database_url.rpartition('@')[2]}")
        click.echo(f"  pages      {self.url}/")
        click.echo(f"  HTTP API   {self.url}/docs")
        if key is not None:
            click.echo(f"  administrator key (shown once): {key}")
        click.echo(f"Next: baton tasks --url {self.url}")
        sys.stdout.flush()
