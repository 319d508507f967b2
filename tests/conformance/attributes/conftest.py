"""An engine on a SQLite file, for words that mean something to the runtime only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.testing import VirtualClock
from tests.integration.support import Desk, migrate


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    migrate(url)
    clock = VirtualClock(datetime(2026, 1, 1, 9, tzinfo=UTC))
    with Engine(Settings(database_url=url), clock=clock) as engine:
        yield Desk(engine)
