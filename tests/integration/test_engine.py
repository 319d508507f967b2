"""The engine itself: one owner of a SQLite file, ids, the statement budget, other processes' wakeups."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from baton.bpm import errors
from baton.bpm.runtime import audit_chains, audit_events, instance_rows, instance_store, user_tasks
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.health import health
from baton.bpm.runtime.wakeups import job_topic
from baton.bpm.settings import Settings
from baton.models import audit_event, process_instance, user_task_candidate
from tests.integration.support import MARY, TWO_TASKS, Desk, diagram, flow, migrate


def test_a_second_engine_on_one_sqlite_file_is_refused(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'baton.db'}")
    migrate(settings.database_url)

    with Engine(settings), pytest.raises(errors.ConfigurationError, match="has it open"):
        Engine(settings)

    Engine(settings).close()


def test_completing_a_task_that_leads_to_the_next_takes_at_most_ten_statements(desk: Desk) -> None:
    candidates = 'camunda:candidateGroups="sales" camunda:candidateUsers="mary"'
    desk.deploy(TWO_TASKS.replace(b"<userTask ", f"<userTask {candidates} ".encode()))
    instance = desk.start(approved=False, amount=1)
    task = desk.task(instance.id)
    counted: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", count)
    user_tasks.complete(desk.engine, task.id, actor=MARY, variables={"approved": True, "amount": 2})

    assert len(counted) <= 10, counted
    with desk.engine.database.read() as connection:
        left = connection.execute(sqlalchemy.select(user_task_candidate.c.task_id)).scalars().all()
    assert set(left) == {desk.task(instance.id).id}


def test_a_command_that_fails_while_writing_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start(amount=1)
    task = desk.task(instance.id)
    before = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items

    def break_down(connection: Any, handled: instance_store.Handled) -> None:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        instance_store.run(
            desk.engine,
            instance_rows.Subject("user_task", task.id),
            lambda loaded: user_tasks.CompleteUserTask(
                token_id=task.id, scope_id=task.scope_id, variables={"amount": 2}
            ),
            actor=MARY,
            also=break_down,
        )

    assert desk.task(instance.id) == task
    assert desk.variables(instance.id) == {"amount": 1}
    assert audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items == before


def test_a_changed_audit_event_is_found(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start(amount=1)
    with desk.engine.database.write() as connection:
        connection.execute(
            sqlalchemy.update(audit_event)
            .where(audit_event.c.process_instance_id == instance.id, audit_event.c.sequence == 2)
            .values(actor_id="somebody else")
        )

    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at == 2


def test_a_cut_audit_is_found(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start(amount=1)
    with desk.engine.database.write() as connection:
        last = connection.execute(sqlalchemy.select(process_instance.c.audit_sequence)).scalar()
        connection.execute(sqlalchemy.delete(audit_event).where(audit_event.c.sequence == last))

    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at == last


def test_ids_grow_and_never_repeat(desk: Desk) -> None:
    made: list[list[int]] = [[], [], [], []]

    def make(mine: list[int]) -> None:
        mine += [desk.engine.next_id() for _ in range(5000)]

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(mine == sorted(mine) for mine in made)
    assert len({id_ for mine in made for id_ in mine}) == 20_000
    assert max(made[0]) < 2**63


def test_health_tells_what_piles_up(desk: Desk) -> None:
    desk.deploy(
        diagram(
            '<startEvent id="start"/><serviceTask id="a" camunda:type="external" camunda:topic="t"/>'
            '<endEvent id="end"/>' + flow("start", "a") + flow("a", "end")
        )
    )
    desk.start()

    found = health(desk.engine)

    assert (found["status"], found["job_backlog"], found["open_incidents"]) == ("ok", 1, 0)


def test_processes_on_postgresql_hear_each_other_and_make_different_ids(postgresql_url: str, desk: Desk) -> None:
    if desk.engine.database.is_sqlite:
        pytest.skip("SQLite has one process")
    desk.deploy(
        diagram(
            '<startEvent id="start"/><serviceTask id="a" camunda:type="external" camunda:topic="t"/>'
            '<endEvent id="end"/>' + flow("start", "a") + flow("a", "end")
        )
    )
    with Engine(desk.engine.settings) as other:
        generation = other.wakeups.generation((job_topic("t"),))
        desk.start()

        assert other.wakeups.wait((job_topic("t"),), generation, 10)
        nodes = {id_ >> 12 & 1023 for id_ in (other.next_id(), desk.engine.next_id())}
        assert len(nodes) == 2
