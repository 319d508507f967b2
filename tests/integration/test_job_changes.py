"""Jobs and timers of an instance: put off or brought forward, and given retries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.bpm import errors
from baton.bpm.lifecycle import JobState
from baton.bpm.runtime import audit_events, jobs, process_instances
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.jobs import JobView
from baton.bpm.testing import VirtualClock
from tests.integration.support import JOHN, MARY, WORKER, Desk, diagram, flow
from tests.integration.test_process_instances import NESTED

SERVICE = diagram(
    '<startEvent id="start"/><serviceTask id="charge" camunda:type="external" camunda:topic="charge"/>'
    '<endEvent id="end"/>' + flow("start", "charge") + flow("charge", "end")
)
HOUR = timedelta(hours=1)


def only_job(desk: Desk, instance_id: int) -> JobView:
    (view,) = jobs.list_(desk.engine, actor=MARY, process_instance_id=instance_id).items
    return view


def test_a_timer_fires_at_the_new_time_and_not_at_the_old(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(NESTED)
    instance = desk.start()
    timer = only_job(desk, instance.id)
    assert (timer.kind, timer.element_id, timer.due_at) == (JobKind.TIMER, "late", clock() + 2 * HOUR)

    changed = jobs.reschedule(desk.engine, timer.id, actor=MARY, due_at=clock() + 5 * HOUR)

    assert changed.due_at == clock() + 5 * HOUR
    clock.advance(3 * HOUR)
    desk.settle()
    assert len(desk.tasks(instance.id)) == 2
    (waits,) = [
        view
        for view in process_instances.waiting(desk.engine, instance.id, actor=MARY).items
        if view.element_id == "sub"
    ]
    assert f"{clock() + 2 * HOUR:%Y-%m-%d %H:%M:%S} UTC" in waits.moved_by
    clock.advance(2 * HOUR)
    desk.settle()
    assert [task.element_id for task in desk.tasks(instance.id)] == ["outside"]
    (told,) = audit_events.list_(desk.engine, actor=MARY, type="JobRescheduled").items
    assert (told.actor_id, told.element_id, told.data["job_id"]) == ("mary", "late", str(timer.id))
    assert told.data["old_due_at"] < told.data["due_at"]


def test_a_timer_brought_into_the_past_fires_at_once(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(NESTED)
    instance = desk.start()

    jobs.reschedule(desk.engine, only_job(desk, instance.id).id, actor=MARY, due_at=clock() - HOUR)
    desk.settle()

    assert [task.element_id for task in desk.tasks(instance.id)] == ["outside"]


def test_a_service_job_gets_retries_and_another_time(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(SERVICE)
    instance = desk.start()
    job = only_job(desk, instance.id)

    assert jobs.set_retries(desk.engine, job.id, actor=MARY, retries=7).retries == 7
    jobs.reschedule(desk.engine, job.id, actor=MARY, due_at=clock() + HOUR)

    assert jobs.activate(desk.engine, actor=WORKER, types=["charge"], worker="w") == []
    clock.advance(HOUR)
    (taken,) = jobs.activate(desk.engine, actor=WORKER, types=["charge"], worker="w")
    assert (taken.id, taken.retries) == (job.id, 7)
    with pytest.raises(errors.WrongState, match="activated"):
        jobs.reschedule(desk.engine, job.id, actor=MARY, due_at=clock())
    jobs.fail(desk.engine, job.id, actor=WORKER, worker="w", message="no", retries=0)
    assert only_job(desk, instance.id).state is JobState.INCIDENT
    with pytest.raises(errors.WrongState, match="incident"):
        jobs.set_retries(desk.engine, job.id, actor=MARY, retries=2)


def test_what_does_not_fit_is_refused(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(NESTED)
    instance = desk.start()
    timer = only_job(desk, instance.id)

    with pytest.raises(errors.WrongState, match="of kind 'timer'"):
        jobs.set_retries(desk.engine, timer.id, actor=MARY, retries=2)
    with pytest.raises(errors.NotAllowed):
        jobs.reschedule(desk.engine, timer.id, actor=JOHN, due_at=clock())
    with pytest.raises(errors.NotFound):
        jobs.reschedule(desk.engine, 5, actor=MARY, due_at=clock())
    process_instances.suspend(desk.engine, instance.id, actor=MARY)
    with pytest.raises(errors.WrongState, match="suspended"):
        jobs.reschedule(desk.engine, timer.id, actor=MARY, due_at=clock())
