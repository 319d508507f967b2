"""What one completion writes: SQL statements, bytes, audit rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import sqlalchemy

from baton.bpm.runtime.engine import Engine
from baton.models import audit_event
from tests.benchmarks import drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure

GROUP = "writes"
COMPLETIONS = 200


def figures() -> Iterator[Figure]:
    for kind, database in servers.DATABASES.items():
        with database() as url, library.running(url) as engine:
            definition = library.deploy(engine, drawings.sequence(COMPLETIONS + 20, "userTask"))
            worked = library.Worked(engine, definition)
            for _ in range(10):
                worked.complete_and_find()

            statements, rows = [], []
            for _ in range(10):
                with library.counting(engine) as counted:
                    worked.complete()
                statements.append(len(counted.statements))
                rows.append(counted.rows)
                worked.find_task()
            before, bytes_before = audit_rows(engine), written(engine)()
            for _ in range(COMPLETIONS - 10):
                worked.complete_and_find()
            grown = (written(engine)() - bytes_before) / (COMPLETIONS - 10)
            audited = (audit_rows(engine) - before) / (COMPLETIONS - 10)

            yield figure(GROUP, f"one completion, {kind}: SQL statements", median(statements), at_most(10))
            if engine.database.is_sqlite:
                # In PostgreSQL's pipeline nobody is told; the rows are the same.
                yield figure(GROUP, f"one completion, {kind}: rows written", median(rows))
            yield figure(GROUP, f"one completion, {kind}: bytes written", grown)
            yield figure(GROUP, f"one completion, {kind}: audit rows", audited)


def audit_rows(engine: Engine) -> int:
    with engine.database.read() as connection:
        return connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(audit_event)).scalar_one()


def written(engine: Engine) -> Callable[[], int]:
    """Bytes so far: what this process handed to write() on SQLite (log and checkpoints), the log on PostgreSQL."""
    if engine.database.is_sqlite:
        return _written_by_this_process
    return lambda: _log_position(engine)


def _written_by_this_process() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("wchar:")).split()[1])


def _log_position(engine: Engine) -> int:
    with engine.database.read() as connection:
        position = sqlalchemy.text("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint")
        return int(connection.execute(position).scalar_one())
