"""The engine: the one object with effects, made once per process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from baton.bpm import errors
from baton.bpm.definition.lint.severities import Severities
from baton.bpm.runtime import sqlite_version
from baton.bpm.runtime.clock import utc_now
from baton.bpm.runtime.database import Database
from baton.bpm.runtime.definitions import Definitions
from baton.bpm.runtime.deployed_decisions import DecisionModels
from baton.bpm.runtime.form_cache import Forms
from baton.bpm.runtime.locks import KeyedLocks
from baton.bpm.runtime.nodes import Node
from baton.bpm.runtime.past_states import PastStates
from baton.bpm.runtime.seen_workers import SeenWorkers
from baton.bpm.runtime.statements import Statements
from baton.bpm.runtime.wakeups import Wakeups
from baton.bpm.settings import Settings
from baton.bpm.values import CREDENTIALS, SensitiveNames, VariableLimits


class Engine:
    """Database, clock, ids, definitions and wakeups of this process. Safe between threads. Call `close()`.

    The database must have been migrated (`baton.models.migrations.upgrade`). `clock` gives aware UTC times.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        self.zone = settings.zone
        self.severities = _severities(settings)
        self.variable_limits = VariableLimits(max_bytes=settings.max_variables_bytes)
        self.sensitive = SensitiveNames((*settings.sensitive_patterns, *CREDENTIALS))
        self.database = Database(settings)
        if self.database.is_sqlite:
            sqlite_version.warn_if_old()
        self.wakeups = Wakeups()
        self.definitions = Definitions(self.database)
        self.decision_models = DecisionModels(self.database)
        self.forms = Forms()
        self.past_states = PastStates()
        self.statements = Statements(self.database.engine.dialect.name)
        self.locks = KeyedLocks()
        self.seen_workers = SeenWorkers()
        self._node = Node(self.database, self.wakeups)

    def next_id(self) -> int:
        """A new id: 63-bit, time-ordered, unique in the database."""
        return self._node.next_id()

    def close(self) -> None:
        """Wake whoever waits, then give back everything."""
        self.wakeups.notify_all()
        self._node.close()
        self.database.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _severities(settings: Settings) -> Severities:
    try:
        return Severities.parse(settings.lint)
    except ValueError as error:
        raise errors.ConfigurationError(f"Config 'BATON_LINT': {error}.") from error
