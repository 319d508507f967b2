"""Leases: only the holder answers; what is not answered comes again; what fails too often is an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import exc, select

from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState, JobState
from baton.bpm.runtime import audit_chains, audit_events, due_jobs, incidents, jobs, process_instances
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.wakeups import TIMER_TOPIC, job_topic
from baton.bpm.testing import VirtualClock
from baton.models import job as job_table
from baton.models import process_instance
from tests.integration.support import MARY, PAUL, WORKER, Desk, diagram, flow

ONE_JOB = diagram(
    '<startEvent id="start"/><serviceTask id="a" name="Charge" camunda:type="external" camunda:topic="charge"/>'
    '<endEvent id="end"/>' + flow("start", "a") + flow("a", "end")
)


def lease(desk: Desk, worker: str = "w1", **options: object) -> list[jobs.JobView]:
    return jobs.activate(desk.engine, actor=WORKER, types=["charge"], worker=worker, **options)  # type: ignore[arg-type]


def test_a_leased_job_is_handed_to_nobody_else_and_completed_by_its_holder(desk: Desk) -> None:
    desk.deploy(ONE_JOB)
    instance = desk.start(amount=12)

    (job,) = lease(desk, lock_seconds=60)

    assert job.variables == {"amount": 12}
    assert lease(desk, "w2") == []
    with pytest.raises(errors.WrongState, match="'activated' and held by 'w1'"):
        jobs.complete(desk.engine, job.id, actor=WORKER, worker="w2")
    jobs.complete(desk.engine, job.id, actor=WORKER, worker="w1", variables={"charged": True})
    assert desk.state(instance.id) == "completed"
    with pytest.raises(errors.NotFound):
        jobs.complete(desk.engine, job.id, actor=WORKER, worker="w1")


def test_who_is_no_worker_gets_no_jobs(desk: Desk) -> None:
    with pytest.raises(errors.NotAllowed):
        jobs.activate(desk.engine, actor=PAUL, types=["charge"], worker="paul")


def test_a_lease_that_runs_out_uses_up_no_retry(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    (first,) = lease(desk, lock_seconds=60)
    clock.advance(timedelta(seconds=61))

    (second,) = lease(desk, "w2", lock_seconds=60)

    assert (second.id, second.retries, second.deliveries) == (first.id, 3, 2)


def test_an_extended_lease_lasts_longer(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    (job,) = lease(desk, lock_seconds=60)

    jobs.extend(desk.engine, job.id, actor=WORKER, worker="w1", lock_seconds=600)
    clock.advance(timedelta(seconds=61))

    assert lease(desk, "w2") == []


def test_a_job_handed_out_too_often_without_an_answer_is_an_incident(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    for _ in range(10):
        assert len(lease(desk, lock_seconds=1)) == 1
        clock.advance(timedelta(seconds=2))

    assert lease(desk) == []

    (incident,) = incidents.list_(desk.engine, actor=MARY, state=IncidentState.OPEN).items
    assert "10 times without an answer" in incident.message


def test_a_failed_job_waits_its_back_off_and_then_comes_again(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    (job,) = lease(desk)

    failed = jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="no network", backoff_seconds=30)

    assert (failed.state, failed.retries, failed.error_message) == (JobState.FAILED, 2, "no network")
    assert lease(desk) == []
    clock.advance(timedelta(seconds=31))
    assert [view.id for view in lease(desk)] == [job.id]


def test_a_job_without_retries_left_is_an_incident_until_it_gets_new_ones(desk: Desk) -> None:
    desk.deploy(ONE_JOB)
    instance = desk.start()
    (job,) = lease(desk)
    jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="broken", retries=0)

    (incident,) = incidents.list_(desk.engine, actor=MARY).items
    assert (incident.type, incident.job_id, incident.element_id) == ("job", job.id, "a")
    assert jobs.get(desk.engine, job.id, actor=MARY).state is JobState.INCIDENT
    (wait,) = process_instances.waiting(desk.engine, instance.id, actor=MARY).items
    assert (wait.waits_for, wait.incident_id) == ("incident", incident.id)
    resolved = incidents.resolve(desk.engine, incident.id, actor=MARY, retries=5)
    assert resolved.state is IncidentState.RESOLVED
    (again,) = lease(desk)
    assert (again.id, again.retries) == (job.id, 5)
    (changed,) = audit_events.list_(desk.engine, actor=MARY, type="JobRetriesChanged").items
    assert changed.data == {"job_id": str(job.id), "retries": 5}
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None
    with pytest.raises(errors.WrongState, match="'resolved'"):
        incidents.resolve(desk.engine, incident.id, actor=MARY)


def test_every_change_of_a_job_is_in_the_audit(desk: Desk) -> None:
    desk.deploy(ONE_JOB)
    instance = desk.start()
    (job,) = lease(desk)
    jobs.extend(desk.engine, job.id, actor=WORKER, worker="w1", lock_seconds=5)
    jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="later", backoff_seconds=0)
    (job,) = lease(desk)
    jobs.complete(desk.engine, job.id, actor=WORKER, worker="w1")

    events = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id, limit=100).items

    named = [event.type for event in events if event.type.startswith("Job")]
    assert named == ["JobCreated", "JobActivated", "JobLeaseExtended", "JobFailed", "JobActivated", "JobCompleted"]
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None


def test_jobs_of_a_suspended_instance_are_not_handed_out(desk: Desk) -> None:
    desk.deploy(ONE_JOB)
    instance = desk.start()
    process_instances.suspend(desk.engine, instance.id, actor=MARY)

    assert lease(desk) == []
    process_instances.resume(desk.engine, instance.id, actor=MARY)
    assert len(lease(desk)) == 1


def test_timers_of_a_suspended_instance_wait(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(
        diagram(
            '<startEvent id="start"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H'
            '</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>'
            + flow("start", "wait")
            + flow("wait", "end")
        )
    )
    instance = desk.start()
    (timer,) = jobs.list_(desk.engine, actor=MARY, kind=jobs.JobKind.TIMER).items
    assert not jobs.execute_due(desk.engine, timer.id)
    clock.advance(timedelta(hours=2))
    process_instances.suspend(desk.engine, instance.id, actor=MARY)

    assert due_jobs.take_due(desk.engine, limit=10) == []
    assert not jobs.execute_due(desk.engine, timer.id)
    process_instances.resume(desk.engine, instance.id, actor=MARY)
    assert due_jobs.take_due(desk.engine, limit=10) == [timer.id]
    assert jobs.execute_due(desk.engine, timer.id)
    assert not jobs.execute_due(desk.engine, timer.id)
    assert desk.state(instance.id) == "completed"


def test_a_long_run_is_divided_and_goes_on_as_a_job(desk: Desk) -> None:
    desk.deploy(
        diagram(
            '<startEvent id="start"/><scriptTask id="count" scriptFormat="feel" camunda:resultVariable="i"><script>'
            'i + 1</script></scriptTask><exclusiveGateway id="more" default="more_end"/><endEvent id="end"/>'
            + flow("start", "count")
            + flow("count", "more")
            + flow("more", "count", "i &lt; 700")
            + flow("more", "end")
        )
    )
    instance = desk.start(i=0)
    turns = 0
    while due := due_jobs.take_due(desk.engine, limit=1):
        assert jobs.execute_due(desk.engine, due[0])
        turns += 1

    assert desk.state(instance.id) == "completed"
    assert desk.variables(instance.id) == {"i": 700}
    assert turns >= 1
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None


def test_running_a_failed_job_now_skips_its_back_off(desk: Desk) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    (job,) = lease(desk)
    jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="x", backoff_seconds=3600)

    jobs.run_now(desk.engine, job.id, actor=MARY)

    assert [view.id for view in lease(desk)] == [job.id]


WAIT_AN_HOUR = diagram(
    '<startEvent id="start"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H'
    '</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>'
    + flow("start", "wait")
    + flow("wait", "end"),
    key="pause",
)


@pytest.fixture
def second(engine: Engine, clock: VirtualClock) -> Iterator[Engine]:
    """Another process's engine on the same PostgreSQL."""
    if engine.database.is_sqlite:
        pytest.skip("SQLite has one owner")
    with Engine(engine.settings, clock=clock) as second:
        yield second


def test_a_leased_timer_does_not_hide_when_the_next_one_is_due(second: Engine, desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(WAIT_AN_HOUR)
    desk.start("pause")
    clock.advance(timedelta(seconds=5))
    desk.start("pause")
    clock.advance(timedelta(hours=1, seconds=-4))
    assert len(due_jobs.take_due(second, limit=5)) == 1

    next_due = due_jobs.next_due(desk.engine)

    assert next_due is not None
    assert next_due - clock() == timedelta(seconds=4)


def test_the_end_of_a_lease_is_when_the_only_timer_is_due_again(
    second: Engine, desk: Desk, clock: VirtualClock
) -> None:
    desk.deploy(WAIT_AN_HOUR)
    desk.start("pause")
    clock.advance(timedelta(hours=2))
    due_jobs.take_due(second, limit=5)

    assert due_jobs.next_due(desk.engine) == clock() + due_jobs.LEASE


@pytest.mark.parametrize("deed", ["fail", "run_now", "resolve"])
def test_a_job_that_is_due_again_wakes_the_workers_of_other_processes(second: Engine, desk: Desk, deed: str) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    (job,) = lease(desk)
    topics = (job_topic("charge"),)
    if deed != "fail":
        retries = 0 if deed == "resolve" else 2
        jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="x", retries=retries, backoff_seconds=60)
    generation = second.wakeups.generation(topics)

    if deed == "fail":
        jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="x", backoff_seconds=0)
    elif deed == "run_now":
        jobs.run_now(desk.engine, job.id, actor=MARY)
    else:
        (incident,) = incidents.list_(desk.engine, actor=MARY).items
        incidents.resolve(desk.engine, incident.id, actor=MARY)

    assert second.wakeups.wait(topics, generation, 5)


def test_a_busy_instance_does_not_keep_workers_from_the_jobs_of_others(second: Engine, desk: Desk) -> None:
    desk.deploy(ONE_JOB)
    busy, free = desk.start(), desk.start()
    with second.database.write() as connection:
        connection.execute(select(process_instance).where(process_instance.c.id == busy.id).with_for_update())

        leased = lease(desk, max_jobs=1)

    assert [job.process_instance_id for job in leased] == [free.id]


def test_long_job_types_that_no_notification_holds_wake_everybody(second: Engine, desk: Desk) -> None:
    tasks = "".join(
        f'<serviceTask id="t{n}" camunda:type="external" camunda:topic="{"ж" * 250}{n}"/>'
        + flow("fork", f"t{n}")
        + flow(f"t{n}", "end")
        for n in range(40)
    )
    desk.deploy(
        diagram(
            '<startEvent id="start"/><parallelGateway id="fork"/><endEvent id="end"/>' + flow("start", "fork") + tasks
        )
    )
    generation = second.wakeups.generation((TIMER_TOPIC,))

    desk.start()

    assert second.wakeups.wait((TIMER_TOPIC,), generation, 5)


def test_what_a_failed_statement_was_to_write_is_in_no_message(engine: Engine) -> None:
    with pytest.raises(exc.IntegrityError) as caught, engine.database.write() as connection:
        connection.execute(job_table.insert(), {"id": 1, "kind": "the-secret"})

    assert "the-secret" not in str(caught.value).replace(str(caught.value.orig), "")


def test_the_pause_doubles_with_every_failure_however_many_retries_there_are(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(ONE_JOB)
    desk.start()
    pauses = []
    for _ in range(4):
        (job,) = lease(desk)
        failed = jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="x", retries=9)
        assert failed.due_at is not None
        pauses.append((failed.due_at - clock()).total_seconds())
        clock.advance(failed.due_at - clock())

    assert pauses == [10, 20, 40, 80]


@pytest.mark.parametrize(("cycle", "pauses"), [("R4/PT1S", [1, 1, 1]), ("PT1M,PT5M", [60, 300]), ("${cycle}", [7, 7])])
def test_the_retry_cycle_of_the_diagram_gives_tries_and_pauses(
    desk: Desk, clock: VirtualClock, cycle: str, pauses: list[float]
) -> None:
    task = b'camunda:topic="charge"/>'
    extended = (
        'camunda:topic="charge"><extensionElements><camunda:failedJobRetryTimeCycle>'
        f"{cycle}</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
    )
    desk.deploy(ONE_JOB.replace(task, extended.encode()))
    desk.start(cycle="R3/PT7S")
    waited: list[float] = []
    while found := lease(desk):
        failed = jobs.fail(desk.engine, found[0].id, actor=WORKER, worker="w1", message="x")
        if failed.due_at is not None:
            waited.append((failed.due_at - clock()).total_seconds())
            clock.advance(failed.due_at - clock())

    assert waited == pauses
