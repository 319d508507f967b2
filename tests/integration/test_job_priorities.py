"""Higher priorities first, then the earliest, then the smaller id: for workers and for what Baton does itself."""

from __future__ import annotations

import pytest

from baton.bpm.runtime import due_jobs, jobs
from tests.integration.support import MARY, WORKER, Desk, diagram, flow

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

    assert [job.process_instance_id for job in got] == by_priority(started)
    assert [job.priority for job in got] == sorted(PRIORITIES, reverse=True)


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
