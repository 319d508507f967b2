"""What is kept ready has an end: new definitions push old ones out."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from baton.bpm.runtime import deployments
from baton.bpm.runtime.deployments import Resource
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from tests.benchmarks import drawings
from tests.integration.support import MARY, migrate

TASKS = 1_000
KEPT = 16  # as many of these definitions as are kept ready
GROWTH = 25  # megabytes; without a bound, as many again take 64


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
def test_large_definitions_do_not_stay_in_memory_for_ever(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    migrate(url)
    drawing = drawings.sequence(TASKS).encode()
    with Engine(Settings(database_url=url)) as engine:
        before = 0.0
        for number in range(2 * KEPT):
            if number == KEPT:
                before = megabytes()
            resource = Resource("large.bpmn", drawing + b"<!-- %d -->" % number)
            made = deployments.deploy(engine, actor=MARY, resources=[resource])
            engine.definitions.get(made.process_definitions[0].id)
        assert megabytes() - before <= GROWTH


def megabytes() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
