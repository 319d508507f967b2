"""Memory of `baton serve`, all its processes: idle, and with 100,000 waiting instances in the database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import sqlalchemy
from sqlalchemy import Table

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import process_instances, user_tasks
from baton.bpm.runtime.engine import Engine
from baton.models import metadata
from tests.benchmarks import api, drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure
from tests.benchmarks.servers import Server

GROUP = "memory"
WAITING = 100_000
BATCH = 2_000
SETTLE_SECONDS = 3.0
KEYS = 2_000
KEYS_KEPT = 700  # more than the server keeps ready
NEW_KEYS = "baton serve, from the 700th to the 2,000th process of its own key, deployed and started: MB more"
PAGES = ("/", "/openapi.json", "/api/v1/health", "/api/v1/user-tasks", "/api/v1/process-instances")


def figures() -> Iterator[Figure]:
    with servers.sqlite() as url, tempfile.TemporaryDirectory() as folder:
        with library.running(url) as engine:
            definition = library.deploy(engine, drawings.waiting())
            first = library.Worked(engine, definition).id
        idle = memory_of_server(url, Path(folder))
        with library.running(url) as engine:
            multiply(engine, first, WAITING)
            complete_the_newest(engine)
        full = memory_of_server(url, Path(folder))
        yield figure(GROUP, "baton serve, idle: PSS of all processes, MB", idle, at_most(220))
        yield figure(GROUP, "baton serve, 100,000 waiting instances: PSS of all processes, MB", full)
        yield figure(GROUP, "baton serve, 100,000 waiting instances: memory against idle", full / idle, at_most(1.2))
    with servers.sqlite() as url, tempfile.TemporaryDirectory() as folder:
        yield figure(GROUP, NEW_KEYS, memory_of_new_keys(url, Path(folder)), at_most(15))


def memory_of_new_keys(database_url: str, folder: Path) -> float:
    """Megabytes more after 2,000 processes of their own, deployed and started once, than after the first 700."""
    library.migrate(database_url)
    server = servers.start_baton(database_url, folder)
    try:
        drawing = drawings.sequence(5, "userTask")
        before = 0.0
        for number in range(KEYS):
            if number == KEYS_KEPT:
                before = pss(server) / 1e6
            definition = api.deploy(server, drawing.replace("sequence_userTask_5", f"sequence_{number}"))
            server.ask("POST", f"/api/v1/process-definitions/{definition}/start", {})
        sleep(SETTLE_SECONDS)
        return pss(server) / 1e6 - before
    finally:
        server.stop()


def memory_of_server(database_url: str, folder: Path) -> float:
    """Megabytes after the server has answered a little of everything and come to rest."""
    server = servers.start_baton(database_url, folder)
    try:
        for _ in range(5):
            for page in PAGES:
                server.fetch("GET", page)
        (task, *_) = server.ask("GET", "/api/v1/user-tasks?state=created&limit=1")["items"]
        server.ask("POST", f"/api/v1/user-tasks/{task['id']}/claim")
        server.ask("POST", f"/api/v1/user-tasks/{task['id']}/unclaim")
        sleep(SETTLE_SECONDS)
        return pss(server) / 1e6
    finally:
        server.stop()


def pss(server: Server) -> int:
    """Bytes; what processes share is counted once, in shares."""
    total = 0
    for pid in server.processes():
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024
    return total


def multiply(engine: Engine, process_instance_id: int, times: int) -> None:
    """Copy all rows of one instance `times` times, with new ids everywhere, as if each had been started."""
    with engine.database.read() as connection:
        originals = {
            table: [dict(row) for row in connection.execute(select_of(table, process_instance_id)).mappings()]
            for table in metadata.sorted_tables
            if belongs_to_instances(table)
        }
    ids = sorted(ids_of(originals, process_instance_id))
    for begin in range(0, times, BATCH):
        copies: dict[Table, list[dict[str, Any]]] = {table: [] for table in originals}
        for _ in range(min(BATCH, times - begin)):
            new = {id_: engine.next_id() for id_ in ids}
            for table, rows in originals.items():
                copies[table] += [copy_of(table, row, new) for row in rows]
        with engine.database.write() as connection:
            for table, rows in copies.items():
                if rows:
                    connection.execute(sqlalchemy.insert(table), rows)


def complete_the_newest(engine: Engine) -> None:
    """A copy that can be completed is an instance as good as any."""
    newest = sqlalchemy.select(sqlalchemy.func.max(metadata.tables["user_task"].c.id))
    with engine.database.read() as connection:
        task_id = connection.execute(newest).scalar_one()
    done = user_tasks.complete(engine, task_id, actor=library.ACTOR)
    instance = process_instances.get(engine, done.process_instance_id, actor=library.ACTOR)
    assert instance.state is ProcessInstanceState.COMPLETED


def belongs_to_instances(table: Table) -> bool:
    return table.name == "process_instance" or "process_instance_id" in table.c or table.name == "user_task_candidate"


def select_of(table: Table, process_instance_id: int) -> sqlalchemy.Select[Any]:
    if table.name == "user_task_candidate":
        tasks = metadata.tables["user_task"]
        mine = sqlalchemy.select(tasks.c.id).where(tasks.c.process_instance_id == process_instance_id)
        return sqlalchemy.select(table).where(table.c.task_id.in_(mine))
    column = table.c.id if table.name == "process_instance" else table.c.process_instance_id
    return sqlalchemy.select(table).where(column == process_instance_id)


def ids_of(originals: dict[Table, list[dict[str, Any]]], process_instance_id: int) -> set[int]:
    """The instance's own id and those of its tokens, scopes and jobs, in all rows; definitions keep theirs."""
    own = {process_instance_id}
    for table, rows in originals.items():
        if table.name != "audit_event":
            own |= {row["id"] for row in rows if "id" in row}
    return own


def copy_of(table: Table, row: dict[str, Any], new: dict[int, int]) -> dict[str, Any]:
    """The row with every id of the instance replaced, also inside stored text and bytes."""
    copy = {name: renumbered(value, new) for name, value in row.items()}
    if table.name == "audit_event":
        del copy["id"]
    return copy


def renumbered(value: Any, new: dict[int, int]) -> Any:
    if isinstance(value, int):
        return new.get(value, value)
    if isinstance(value, str):
        for old, id_ in new.items():
            value = value.replace(str(old), str(id_))
    elif isinstance(value, bytes):
        for old, id_ in new.items():
            value = value.replace(str(old).encode(), str(id_).encode())
    return value
