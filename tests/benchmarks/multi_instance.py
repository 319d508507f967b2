"""Many instances of one activity: completing one of 10,000 beside one of 10, starting and interrupting them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

import sqlalchemy

from baton.bpm.runtime import due_jobs, process_instances, user_tasks
from baton.bpm.runtime.engine import Engine
from baton.models import job, user_task
from tests.benchmarks import drawings, library, servers, writes
from tests.benchmarks.figures import Figure, at_most, figure, seconds

GROUP = "multi_instance"
FEW, HALF, MANY = 10, 5_000, 10_000
ROUNDS = 60
# 1,000 children, each with its flow node, task, scope, variables and four audit events, and a few around them.
MOST_ROWS = 10_000


class Many:
    """A process instance with `count` user tasks open at once."""

    def __init__(self, engine: Engine, definition_id: int, count: int) -> None:
        self.engine = engine
        variables = {"items": [f"item {index}" for index in range(count)]}
        self.transactions = [
            seconds(lambda: setattr(self, "id", _start(engine, definition_id, variables))),
        ]
        while continuation := _job(engine, self.id, "continuation"):
            self.transactions.append(seconds(lambda job_id=continuation: due_jobs.execute_due(engine, job_id)))  # type: ignore[misc]
        query = sqlalchemy.select(user_task.c.id).where(
            user_task.c.process_instance_id == self.id, user_task.c.ended_at.is_(None)
        )
        with engine.database.read() as connection:
            self.tasks = list(connection.execute(query.order_by(user_task.c.id)).scalars())
        assert len(self.tasks) == count, f"expected {count} open tasks, found {len(self.tasks)}"

    id: int
    most_rows = 0
    reading = 0.0

    def complete(self) -> None:
        task_id = self.tasks.pop(len(self.tasks) // 2)
        user_tasks.complete(self.engine, task_id, actor=library.ACTOR, variables={"amount": len(self.tasks)})

    def interrupt(self) -> list[float]:
        """Seconds of each transaction: in the first the timer's boundary event takes the activity's place."""
        timer = _job(self.engine, self.id, "timer")
        assert timer is not None
        took = [self._carry_out(timer)]
        self.reading = seconds(self._assert_only_what_follows_is_open)
        while closing := _job(self.engine, self.id, "closing"):
            took.append(self._carry_out(closing))
        self._assert_only_what_follows_is_open()
        return took

    def _carry_out(self, job_id: int) -> float:
        with library.counting(self.engine) as counted:
            took = seconds(lambda: due_jobs.execute_due(self.engine, job_id, early=True))
        self.most_rows = max(self.most_rows, counted.rows)
        return took

    def _assert_only_what_follows_is_open(self) -> None:
        page = user_tasks.list_(self.engine, actor=library.ACTOR, process_instance_id=self.id, open_only=True, limit=2)
        assert [item.element_id for item in page.items] == ["after"]


def _start(engine: Engine, definition_id: int, variables: dict[str, list[str]]) -> int:
    return process_instances.start(
        engine, actor=library.ACTOR, process_definition_id=definition_id, variables=variables
    ).id


def _job(engine: Engine, process_instance_id: int, kind: str) -> int | None:
    query = sqlalchemy.select(job.c.id).where(job.c.process_instance_id == process_instance_id, job.c.kind == kind)
    with engine.database.read() as connection:
        return connection.execute(query).scalar()


def figures() -> Iterator[Figure]:
    for kind, database in servers.DATABASES.items():
        with database() as url, library.running(url) as engine:
            yield from _figures(engine, kind)


def _figures(engine: Engine, kind: str) -> Iterator[Figure]:
    definition = library.deploy(engine, drawings.many_user_tasks())
    Many(engine, definition, FEW).complete()
    many = Many(engine, definition, MANY)
    what = f"{MANY:,} user tasks at once, {kind}"
    yield figure(GROUP, f"{what}: seconds to begin", sum(many.transactions))
    yield figure(GROUP, f"{what}: longest transaction to begin, seconds", max(many.transactions))

    few_times, many_times = [], []
    for _ in range(ROUNDS):
        few_times.append(seconds(Many(engine, definition, FEW).complete))
        many_times.append(seconds(many.complete))
    what = f"completing one of {MANY:,} at once, {kind}"
    yield figure(GROUP, f"{what}: milliseconds", median(many_times) * 1e3)
    yield figure(GROUP, f"{what}: time against one of {FEW}", median(many_times) / median(few_times), at_most(2))
    ours, theirs = _bytes(engine, many.complete), _bytes(engine, *(_fresh(engine, definition) for _ in range(ROUNDS)))
    yield figure(GROUP, f"{what}: bytes written against one of {FEW}", ours / theirs, at_most(2))
    if engine.database.is_sqlite:
        rows = _rows(engine, many.complete) / _rows(engine, Many(engine, definition, FEW).complete)
        yield figure(GROUP, f"{what}: rows written against one of {FEW}", rows, at_most(2))

    half = sum(Many(engine, definition, HALF).interrupt())
    interrupted = Many(engine, definition, MANY)
    whole = interrupted.interrupt()
    what = f"interrupting {MANY:,} user tasks, {kind}"
    yield figure(GROUP, f"{what}: milliseconds until the flow goes on", whole[0] * 1e3)
    yield figure(GROUP, f"{what}: milliseconds to list open tasks then", interrupted.reading * 1e3)
    yield figure(GROUP, f"{what}: seconds until all have ended", sum(whole))
    yield figure(GROUP, f"{what}: time against {HALF:,}", sum(whole) / half, at_most(2.4))
    yield figure(GROUP, f"{what}: longest transaction, milliseconds", max(whole) * 1e3)
    if engine.database.is_sqlite:
        yield figure(GROUP, f"{what}: longest transaction, rows written", interrupted.most_rows, at_most(MOST_ROWS))


def _fresh(engine: Engine, definition: int) -> Callable[[], None]:
    return Many(engine, definition, FEW).complete


def _bytes(engine: Engine, *works: Callable[[], None]) -> float:
    """Bytes of one call; a single work is called often."""
    calls = works if len(works) > 1 else works * ROUNDS
    before = writes.written(engine)()
    for work in calls:
        work()
    return (writes.written(engine)() - before) / len(calls)


def _rows(engine: Engine, work: Callable[[], None]) -> int:
    with library.counting(engine) as counted:
        work()
    return counted.rows
