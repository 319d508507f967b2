"""Lists of tasks: every inbox, order and filter, from an index however many tasks are open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event

from baton.bpm import errors
from baton.bpm.runtime import keysets, user_task_lists, user_tasks, walks
from baton.bpm.runtime.actors import Actor, ActorKind, Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.user_tasks import Inbox, TaskOrder
from baton.models import user_task, user_task_candidate
from tests.integration.support import JOHN, MARY, PAUL, TWO_TASKS, Desk

SMALL, LARGE = 60, 100_000
NAMES = ("Check order", "Ship order", "Call customer", "ÄRGER klären", "Rarely done")
CLERK = Actor(ActorKind.USER, "user-5", groups=("sales", "rare"), roles=frozenset({Role.PARTICIPANT}))


def fill(desk: Desk, now: datetime, count: int) -> None:
    """Open tasks of all kinds, written as rows: what a list sees is rows."""
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    desk.complete(instance.id)
    desk.complete(instance.id)
    engine = desk.engine
    with engine.database.read() as connection:
        row = connection.execute(sqlalchemy.select(user_task).limit(1)).one()._asdict()
    tasks, candidates = [], []
    for number in range(1, count + 1):
        for_group, assigned = number % 4 == 0, number % 4 == 1
        group = "rare" if number % 20_000 == 0 else "sales"
        tasks.append(
            row
            | {
                "id": number,
                "key": "rare" if number % 30_000 == 1 else "order",
                "name": NAMES[4] if number % 25_000 == 7 else NAMES[number % 4],
                "state": "assigned" if assigned else "created",
                "assignee": f"user-{number % 40}" if assigned else None,
                "candidate_groups": f'["{group}"]' if for_group else "[]",
                "due_at": None if number % 3 == 0 else now + timedelta(minutes=(number * 7919) % count - count // 50),
                "follow_up_at": now + timedelta(days=number % 100) if number % 1000 == 5 else None,
                "priority": 50 if number % 2 else number % 11,
                "ended_at": None,
                "ended_by": None,
            }
        )
        if for_group:
            candidates.append({"task_id": number, "kind": "group", "name": group})
    with engine.database.write() as connection:
        connection.execute(user_task.delete())
        for start in range(0, count, 10_000):
            connection.execute(user_task.insert(), tasks[start : start + 10_000])
        connection.execute(user_task_candidate.insert(), candidates)
    if not engine.database.is_sqlite:
        with engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE user_task, user_task_candidate")


@pytest.fixture
def some(desk: Desk, clock: Callable[[], datetime]) -> Engine:
    fill(desk, clock(), SMALL)
    return desk.engine


def everything(engine: Engine, **filters: Any) -> list[user_tasks.UserTaskView]:
    """All pages of three."""
    found: list[user_tasks.UserTaskView] = []
    cursor = None
    while True:
        page = user_tasks.list_(engine, **{"actor": MARY, "open_only": True, **filters}, limit=3, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("order", list(TaskOrder))
def test_every_order_has_each_task_once_whatever_the_pages(some: Engine, order: TaskOrder) -> None:
    found = everything(some, order=order)

    assert sorted(task.id for task in found) == list(range(1, SMALL + 1))
    far = datetime.max.replace(tzinfo=found[0].created_at.tzinfo)
    keys: dict[TaskOrder, Callable[[user_tasks.UserTaskView], Any]] = {
        TaskOrder.CREATED: lambda task: task.id,
        TaskOrder.DUE: lambda task: (task.due_at or far, task.id),
        TaskOrder.PRIORITY: lambda task: (-task.priority, task.id),
    }
    assert found == sorted(found, key=keys[order])


@pytest.mark.parametrize("order", list(TaskOrder))
def test_inboxes_hold_what_their_names_say(some: Engine, order: TaskOrder, clock: Callable[[], datetime]) -> None:
    tasks = everything(some)

    def ids(**filters: Any) -> list[int]:
        return sorted(task.id for task in everything(some, order=order, **filters))

    one = Actor(ActorKind.USER, "user-1", roles=frozenset({Role.PARTICIPANT}))
    assert ids(inbox=Inbox.MINE, actor=one) == [t.id for t in tasks if t.assignee == "user-1"] != []
    assert ids(inbox=Inbox.UNASSIGNED) == [t.id for t in tasks if t.assignee is None]
    assert ids(inbox=Inbox.OVERDUE) == [t.id for t in tasks if t.due_at is not None and t.due_at < clock()]
    assert ids(inbox=Inbox.ALL) == [t.id for t in tasks]
    for_john = [t.id for t in tasks if t.assignee is None and t.candidate_groups in ((), ("sales",))]
    assert ids(inbox=Inbox.GROUPS, actor=JOHN) == for_john
    for_paul = [t.id for t in tasks if t.assignee is None and not t.candidate_groups]
    assert ids(inbox=Inbox.GROUPS, actor=PAUL) == ids(actor=PAUL) == for_paul


def test_filters_hold_together(some: Engine, clock: Callable[[], datetime]) -> None:
    tasks = everything(some)

    assert {t.name for t in everything(some, name="ORDER")} == {"Check order", "Ship order"}
    assert {t.name for t in everything(some, name="ärger")} == {"ÄRGER klären"}
    assert everything(some, name="%") == everything(some, name="nothing") == []
    assert [t.id for t in everything(some, key="rare")] == [1]
    followed = everything(some, follow_up_before=clock() + timedelta(days=50))
    assert [t.id for t in followed] == [t.id for t in tasks if t.follow_up_at is not None]
    both = everything(some, inbox=Inbox.UNASSIGNED, name="ship", order=TaskOrder.PRIORITY)
    assert both == []
    assert everything(some, inbox=Inbox.MINE, name="ship", actor=Actor(ActorKind.USER, "user-1", roles=MARY.roles))


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"order": TaskOrder.DUE, "open_only": False}, "order"),
        ({"name": "x", "open_only": False}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"cursor": "?"}, "cursor"),
        ({"cursor": keysets.encode("user-tasks:due", 1, 2)}, "cursor"),
        ({"cursor": keysets.encode("users", "x")}, "cursor"),
        ({"cursor": keysets.encode("user-tasks:created", 2**70)}, "cursor"),
        ({"cursor": keysets.encode("user-tasks:created", "1")}, "cursor"),
        ({"cursor": keysets.encode("user-tasks:created")}, "cursor"),
        ({"cursor": keysets.encode("user-tasks:due", 2**62, 1), "order": TaskOrder.DUE}, "cursor"),
        ({"cursor": keysets.encode("user-tasks:due", None, None), "order": TaskOrder.DUE}, "cursor"),
    ],
)
def test_bad_input_is_refused_by_name(engine: Engine, filters: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.InvalidCommand) as refused:
        user_tasks.list_(engine, **{"actor": MARY, "open_only": True, **filters})

    assert refused.value.field == field


@pytest.mark.parametrize("order", list(TaskOrder))
def test_a_page_looks_at_a_bounded_number_of_tasks_and_its_cursor_leads_on(
    some: Engine, order: TaskOrder, clock: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Actor(ActorKind.USER, "user-1", roles=frozenset({Role.PARTICIPANT}))
    cases: list[dict[str, Any]] = [
        {"actor": one},
        {"inbox": Inbox.MINE, "actor": one},
        {"inbox": Inbox.GROUPS, "actor": JOHN},
        {"inbox": Inbox.UNASSIGNED, "name": "call"},
        {"inbox": Inbox.OVERDUE},
        {"inbox": Inbox.UNASSIGNED, "assignee": "user-1"},
        {"name": "ship", "due_after": clock()},
    ]
    whole = [everything(some, order=order, **case) for case in cases]
    monkeypatch.setattr(user_task_lists, "_FEW", 0)
    monkeypatch.setattr(walks, "LOOKED_AT", 7)
    monkeypatch.setattr(walks, "_FIRST_LOOK", 4)

    none = user_tasks.list_(some, actor=MARY, inbox=Inbox.UNASSIGNED, assignee="user-1", order=order)

    assert none.items == ()
    assert none.next_cursor is not None
    assert [everything(some, order=order, **case) for case in cases] == whole


# --- with very many ------------------------------------------------------------------------------------------


@pytest.fixture
def many(desk: Desk, clock: Callable[[], datetime]) -> Engine:
    fill(desk, clock(), LARGE)
    return desk.engine


class Told:
    """The statements that ran, with their parameters, while it is open."""

    def __init__(self, engine: SqlEngine) -> None:
        self._engine = engine
        self.statements: list[tuple[str, Any]] = []

    def __enter__(self) -> Told:
        event.listen(self._engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.statements.append((statement, parameters))


def plans(engine: Engine, told: Told) -> Iterator[str]:
    sqlite = engine.database.is_sqlite
    with engine.database.read() as connection:
        for statement, parameters in told.statements:
            explained = f"EXPLAIN {'QUERY PLAN' if sqlite else '(ANALYZE, TIMING OFF)'} {statement}"
            rows = connection.exec_driver_sql(explained, parameters).all()
            yield "\n".join(str(row[-1]) for row in rows)


def test_every_list_of_very_many_answers_from_an_index(many: Engine, clock: Callable[[], datetime]) -> None:
    cases: list[dict[str, Any]] = [
        *({"inbox": inbox} for inbox in Inbox),
        {"inbox": Inbox.GROUPS, "actor": CLERK},
        {"actor": CLERK},
        {"inbox": Inbox.MINE, "actor": CLERK},
        {"candidate_groups": ["rare"]},
        {"candidate_groups": ["sales"]},
        {"key": "rare"},
        {"key": "order"},
        {"name": "order"},
        {"name": "rarely"},
        {"follow_up_before": clock() + timedelta(days=6)},
        {"due_after": clock()},
        # Each passes many, both together nothing.
        {"inbox": Inbox.UNASSIGNED, "name": "Ship"},
    ]
    for order in TaskOrder:
        for case in cases:
            filters = {"actor": MARY, "open_only": True, "order": order, **case}
            with Told(many.database.engine) as told:
                first = user_tasks.list_(many, **filters, limit=20)
                if first.next_cursor:
                    user_tasks.list_(many, **filters, limit=20, cursor=first.next_cursor)
            assert told.statements
            for plan in plans(many, told):
                check_plan(plan, f"{order} {case}\n{plan}")


# A walk that leaves out what does not fit may see so many rows for a page of 20, not all of them.
MOST_ROWS = 6000


def check_plan(plan: str, where: str) -> None:
    # SQLite names the index; a scan of one is a walk in its order, ended by the limit.
    assert not re.search(r"SCAN user_task(?! USING)", plan), where
    if "USE TEMP B-TREE FOR ORDER BY" in plan:
        assert "INTEGER PRIMARY KEY (rowid=?)" in plan, where
    assert not re.search(r"Seq Scan on user_task\b", plan), where
    for removed in re.findall(r"Rows Removed by Filter: (\d+)", plan):
        assert int(removed) <= MOST_ROWS, where
    for rows in re.findall(r"on user_task(?:_candidate)?(?: \w+)? \(cost.*?actual rows=(\d+)", plan):
        assert int(rows) <= MOST_ROWS, where
