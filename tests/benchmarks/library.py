"""The engine in this process, with a counter on its SQL: what one command writes, without HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlalchemy

from baton.bpm.runtime import deployments, process_instances, user_tasks
from baton.bpm.runtime.actors import ALL_ROLES, Actor, ActorKind
from baton.bpm.runtime.database import make_engine
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.models import migrations

ACTOR = Actor(ActorKind.USER, "benchmark", roles=ALL_ROLES)
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(slots=True)
class Counted:
    """`statements` without BEGIN and COMMIT; `rows` is how many INSERT, UPDATE and DELETE touched (SQLite)."""

    statements: list[str] = field(default_factory=list)
    rows: int = 0


def migrate(database_url: str) -> None:
    """Bring the schema up to date."""
    schema = make_engine(database_url, foreign_keys=False)
    migrations.upgrade(schema)
    schema.dispose()


@contextmanager
def running(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database."""
    migrate(database_url)
    with Engine(Settings(database_url=database_url)) as engine:
        yield engine


@contextmanager
def counting(engine: Engine) -> Iterator[Counted]:
    """Counts the SQL of every thread inside the block."""
    counted = Counted()

    def count_one(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if statement.startswith("BEGIN"):
            return
        counted.statements.append(statement)
        if any(word in statement for word in WRITES):
            counted.rows += max(cursor.rowcount, 0)

    sqlalchemy.event.listen(engine.database.engine, "after_cursor_execute", count_one)
    try:
        yield counted
    finally:
        sqlalchemy.event.remove(engine.database.engine, "after_cursor_execute", count_one)


def deploy(engine: Engine, xml: str) -> int:
    """The id of the diagram's process definition."""
    resource = deployments.Resource("benchmark.bpmn", xml.encode())
    return deployments.deploy(engine, actor=ACTOR, resources=[resource]).process_definitions[0].id


class Worked:
    """A process instance whose one open user task is completed again and again, each time with new values."""

    def __init__(self, engine: Engine, definition_id: int, **variables: Any) -> None:
        self.engine = engine
        self._turns = count(1)
        view = process_instances.start(
            engine, actor=ACTOR, process_definition_id=definition_id, variables={**variables, **self._values()}
        )
        self.id = view.id
        self.find_task()

    def find_task(self) -> None:
        """Look up which task is open now."""
        page = user_tasks.list_(self.engine, actor=ACTOR, process_instance_id=self.id, open_only=True, limit=2)
        assert len(page.items) == 1, f"expected one open task, found {len(page.items)}"
        self.task_id = page.items[0].id

    def complete(self) -> None:
        """Complete the task that `find_task` found: two variables change, and the next task opens."""
        user_tasks.complete(self.engine, self.task_id, actor=ACTOR, variables=self._values())

    def complete_and_find(self) -> None:
        """One turn."""
        self.complete()
        self.find_task()

    def _values(self) -> dict[str, Any]:
        turn = next(self._turns)
        return {"approved": turn % 2 == 0, "amount": turn + 0.5}
