"""Thirty kills of the server under load, on each database: answers that were true afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import servers
from tests.benchmarks.figures import Figure, at_least, figure
from tests.faults.kills import kill_repeatedly

GROUP = "kills"
KILLS = 30


def figures() -> Iterator[Figure]:
    for kind, database in servers.DATABASES.items():
        with database() as url, tempfile.TemporaryDirectory() as folder:
            answers = kill_repeatedly(url, Path(folder), kills=KILLS)
        # A single answer that is not in the database once, or an instance that stops, raises.
        yield figure(
            GROUP, f"kill -9 under load, {kind}: kills survived with every answer kept", KILLS, at_least(KILLS)
        )
        yield figure(GROUP, f"kill -9 under load, {kind}: answers checked", len(answers))
