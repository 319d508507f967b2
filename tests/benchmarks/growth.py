"""One instance that loops: its 10,000th completion beside the 10th of fresh ones."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from baton.bpm.runtime.engine import Engine
from tests.benchmarks import drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure, seconds
from tests.benchmarks.library import Worked

GROUP = "growth"
ROUNDS = 60
LAST = 10_000


def figures() -> Iterator[Figure]:
    with servers.sqlite() as url, library.running(url) as engine:
        definition = library.deploy(engine, drawings.user_task_loop())
        old = Worked(engine, definition, again=True)
        for _ in range(LAST - ROUNDS // 2):
            old.complete_and_find()

        early, late = [], []
        for _ in range(ROUNDS):
            young = Worked(engine, definition, again=True)
            for _ in range(9):
                young.complete_and_find()
            early.append(seconds(young.complete))
            late.append(seconds(old.complete))
            old.find_task()

        yield figure(GROUP, "10,000th completion of one instance: milliseconds", median(late) * 1e3)
        yield figure(GROUP, "10,000th completion: time against the 10th", median(late) / median(early), at_most(1.2))
        young = Worked(engine, definition, again=True)
        for _ in range(9):
            young.complete_and_find()
        rows = rows_written(engine, old) / rows_written(engine, young)
        yield figure(GROUP, "10,000th completion: rows written against the 10th", rows, at_most(1.2))


def rows_written(engine: Engine, worked: Worked) -> int:
    with library.counting(engine) as counted:
        worked.complete()
    return counted.rows
