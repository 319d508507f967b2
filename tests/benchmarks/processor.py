"""The processor time of work: of this process, and of PostgreSQL's processes that serve its connections.

On a machine that others use too, time on the clock tells of them; what the processor does for us does not. With
PostgreSQL elsewhere, or another system than Linux, its part is not known and the clock has to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from baton.bpm.runtime.engine import Engine

Clock = Callable[[], float]


def clock(engine: Engine) -> Clock:
    """Seconds from some beginning. Of the connections that are open now: ask for something first."""
    if engine.database.is_sqlite:
        return process_time
    with engine.database.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        files = [Path(f"/proc/{pid}/schedstat") for pid in found.scalars()]
    files = [file for file in files if file.exists()]
    return _together(files) if files else perf_counter


def _together(files: list[Path]) -> Clock:
    """The first number is nanoseconds on a processor."""
    return lambda: process_time() + sum(int(file.read_text().split()[0]) for file in files) / 1e9
