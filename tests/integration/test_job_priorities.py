"""Higher priorities first, then the earliest, then the smaller id: for workers and for what Baton does itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from baton.bpm.runtime import due_jobs, jobs
from baton.models import job
from tests.integration.support import MARY, WORKER, Desk, diagram, flow
from tests.integration.test_operations import plan_of

PRIORITIES = [0, 5, -3, 0, 9, 5]


def by_priority(started: list[tuple[int, int]]) -> list[int]:
    return [instance_id for instance_id, urgency in sorted(started, key=lambda each: (-each[1], each[0]))]


@pytest.mark.parametrize("at_once", [1, 2, 10])
def test_workers_get_jobs_by_priority_then_oldest_first(desk: Desk, at_once: int) -> None:
    desk.deploy(
        diagram(
            '<startEvent id="start"/><serviceTask id="charge" camunda:type="external" camunda:topic="charge" '
            'camunda:taskPriority="${urgency}"/><endEvent id="end"/>' + flow("start", "charge") + flow("charge", "end")
        )
    )
    started = [(desk.start(urgency=urgency).id, urgency) for urgency in PRIORITIES]

    got: list[jobs.JobView] = []
    while found := jobs.activate(desk.engine, actor=WORKER, types=["charge"], worker="w", max_jobs=at_once):
        got += found

    assert [each.process_instance_id for each in got] == by_priority(started)
    assert [each.priority for each in got] == sorted(PRIORITIES, reverse=True)


def test_baton_does_its_own_jobs_by_priority_then_oldest_first(desk: Desk) -> None:
    desk.deploy(
        diagram(
            '<startEvent id="start" camunda:asyncBefore="true" camunda:jobPriority="${urgency}"/><endEvent id="end"/>'
            + flow("start", "end")
        )
    )
    started = [(desk.start(urgency=urgency).id, urgency) for urgency in PRIORITIES]

    taken = due_jobs.take_due(desk.engine, limit=10)

    assert [jobs.get(desk.engine, id_, actor=MARY).process_instance_id for id_ in taken] == by_priority(started)


MANY = 20_000
SERVICE = diagram(
    '<startEvent id="start"/><serviceTask id="charge" camunda:type="external" camunda:topic="charge"/>'
    '<endEvent id="end"/>' + flow("start", "charge") + flow("charge", "end")
)
DIVIDED = diagram(
    '<startEvent id="start"/><task id="note" camunda:asyncBefore="true"/><endEvent id="end"/>'
    + flow("start", "note")
    + flow("note", "end")
)


def fill(desk: Desk, content: bytes) -> None:
    """Jobs that are due, one in a hundred with a priority, written as rows: what is asked for is rows."""
    desk.deploy(content)
    desk.start()
    with desk.engine.database.read() as connection:
        row = connection.execute(select(job)).one()._asdict()
    rows = [
        row | {"id": number, "due_at": row["due_at"] - timedelta(seconds=number), "priority": priority}
        for number in range(1, MANY + 1)
        for priority in ((number // 100) % 7 - 3 if number % 100 == 0 else 0,)
    ]
    with desk.engine.database.write() as connection:
        connection.execute(job.insert(), rows)
    with desk.engine.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")


def is_sorted_whole(plan: str) -> bool:
    """True if all that is due would be read before the first comes; ties by id are sorted among equals only."""
    steps = [line.strip(" ->") for line in plan.splitlines()]
    return "USE TEMP B-TREE FOR ORDER BY" in steps or any(step.startswith("Sort  (") for step in steps)


def test_workers_jobs_of_very_many_come_from_the_indexes(desk: Desk) -> None:
    fill(desk, SERVICE)

    plan = plan_of(desk, lambda: jobs.activate(desk.engine, actor=WORKER, types=["charge"], worker="w", max_jobs=10))

    assert "ix_job_service_priority" in plan, plan
    assert not is_sorted_whole(plan), plan


def test_batons_own_jobs_of_very_many_come_from_the_indexes(desk: Desk) -> None:
    fill(desk, DIVIDED)

    plan = plan_of(desk, lambda: due_jobs.take_due(desk.engine, limit=1_000))

    assert "ix_job_internal_priority" in plan, plan
    assert "ix_job_internal_due" in plan, plan
    assert not is_sorted_whole(plan), plan
