"""Asynchronous continuations are jobs: seen, tried again after a failure, undone as a whole until the last try."""

from __future__ import annotations

import pytest

from baton.bpm.runtime import audit_events, due_jobs, incidents, jobs, process_instances
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.testing import VirtualClock
from tests.integration.support import MARY, Desk, diagram, flow

CYCLE = "<extensionElements><camunda:failedJobRetryTimeCycle>{}</camunda:failedJobRetryTimeCycle></extensionElements>"
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
COUNT = (
    '<scriptTask id="count" scriptFormat="juel" camunda:resultVariable="m"><script>${n + 1}</script></scriptTask>'
    '<endEvent id="end"/>' + flow("count", "end")
)


def script_after_user_task(cycle: str = "R3/PT1M") -> bytes:
    """A person, then what is noted in a transaction of its own, then a script that needs the number `n`."""
    return diagram(
        '<startEvent id="start"/><userTask id="check"/><scriptTask id="note" scriptFormat="feel" '
        f'camunda:resultVariable="noted" camunda:asyncBefore="true">{CYCLE.format(cycle)}<script>true</script>'
        f"</scriptTask>{COUNT}" + flow("start", "check") + flow("check", "note") + flow("note", "count")
    )


def open_jobs(desk: Desk, instance_id: int) -> list[jobs.JobView]:
    return list(jobs.list_(desk.engine, actor=MARY, process_instance_id=instance_id).items)


def the_job(desk: Desk, instance_id: int) -> jobs.JobView:
    (job,) = open_jobs(desk, instance_id)
    return job


def told(desk: Desk, instance_id: int) -> list[str]:
    page = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance_id, limit=200)
    return [event.type for event in page.items]


def try_until_none_is_left(desk: Desk, clock: VirtualClock, instance_id: int) -> list[float]:
    """The seconds waited for each job."""
    waited = []
    while found := open_jobs(desk, instance_id):
        assert found[0].due_at is not None
        waited.append((found[0].due_at - clock()).total_seconds())
        clock.advance(found[0].due_at - clock())
        desk.settle()
    return waited


def test_the_command_before_is_saved_and_answered_and_a_job_waits_for_its_turn(desk: Desk) -> None:
    desk.deploy(script_after_user_task())
    instance = desk.start(n=1)

    desk.complete(instance.id)

    job = the_job(desk, instance.id)
    assert (job.kind, job.type, job.element_id) == (JobKind.ASYNC_CONTINUATION, "asyncBefore", "note")
    assert job.retries == 3
    (wait,) = process_instances.waiting(desk.engine, instance.id, actor=MARY).items
    assert (wait.element_id, wait.waits_for) == ("note", "async_continuation")
    assert "Waits for its turn before its work" in wait.description
    assert wait.action == {"kind": "run_job", "job_id": str(job.id)}
    assert "noted" not in desk.variables(instance.id)

    desk.settle()

    assert desk.state(instance.id) == "completed"
    assert desk.variables(instance.id)["m"] == 2
    assert {"AsyncContinuationScheduled", "AsyncContinuationStarted"} <= set(told(desk, instance.id))


def test_a_try_that_fails_is_undone_as_a_whole_and_comes_again_after_its_pause(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(script_after_user_task())
    instance = desk.start(n="many")
    desk.complete(instance.id)

    desk.settle()

    job = the_job(desk, instance.id)
    assert (job.state, job.retries) == ("failed", 2)
    assert job.due_at is not None
    assert (job.due_at - clock()).total_seconds() == 60
    assert "noted" not in desk.variables(instance.id)
    assert list(incidents.list_(desk.engine, actor=MARY).items) == []
    (wait,) = process_instances.waiting(desk.engine, instance.id, actor=MARY).items
    assert "2 left; it failed" in wait.description

    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"n": 1})
    clock.advance(job.due_at - clock())
    desk.settle()

    assert desk.state(instance.id) == "completed"


def test_the_last_try_keeps_what_it_could_do_and_resolving_its_incident_goes_on(
    desk: Desk, clock: VirtualClock
) -> None:
    desk.deploy(script_after_user_task("PT1S,PT5S"))
    instance = desk.start(n="many")
    desk.complete(instance.id)

    assert try_until_none_is_left(desk, clock, instance.id) == [0, 1, 5]

    (incident,) = incidents.list_(desk.engine, actor=MARY).items
    assert (incident.element_id, incident.job_id) == ("count", None)
    assert desk.variables(instance.id)["noted"] is True
    assert told(desk, instance.id).count("JobFailed") == 2

    incidents.resolve(desk.engine, incident.id, actor=MARY, variables={"n": 1})

    assert desk.state(instance.id) == "completed"


def test_a_job_can_be_run_now_instead_of_waiting_for_its_pause(desk: Desk) -> None:
    desk.deploy(script_after_user_task("R3/P1D"))
    instance = desk.start(n="many")
    desk.complete(instance.id)
    desk.settle()
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"n": 1})

    jobs.run_now(desk.engine, the_job(desk, instance.id).id, actor=MARY)

    assert desk.state(instance.id) == "completed"


def test_a_suspended_instance_waits_and_a_terminated_one_leaves_no_job(desk: Desk) -> None:
    desk.deploy(script_after_user_task())
    instance = desk.start(n=1)
    desk.complete(instance.id)
    process_instances.suspend(desk.engine, instance.id, actor=MARY)
    desk.settle()

    assert the_job(desk, instance.id).suspended

    process_instances.resume(desk.engine, instance.id, actor=MARY)
    process_instances.terminate(desk.engine, instance.id, actor=MARY)

    assert open_jobs(desk, instance.id) == []


def test_a_job_that_is_delivered_twice_runs_once(desk: Desk) -> None:
    desk.deploy(script_after_user_task())
    instance = desk.start(n=1)
    desk.complete(instance.id)
    job = the_job(desk, instance.id)

    assert due_jobs.execute_due(desk.engine, job.id)
    assert not due_jobs.execute_due(desk.engine, job.id)

    assert told(desk, instance.id).count("AsyncContinuationStarted") == 1


@pytest.mark.parametrize(("cycle", "waited"), [(CYCLE.format("R3/PT1M"), [3600, 60, 60]), ("", [3600])])
def test_what_a_timer_brings_is_tried_again_only_if_its_diagram_says_so(
    desk: Desk, clock: VirtualClock, cycle: str, waited: list[float]
) -> None:
    desk.deploy(
        diagram(
            f'<startEvent id="start"/><intermediateCatchEvent id="wait">{cycle}{TIMER}</intermediateCatchEvent>{COUNT}'
            + flow("start", "wait")
            + flow("wait", "count")
        )
    )
    instance = desk.start(n="many")

    assert try_until_none_is_left(desk, clock, instance.id) == waited

    assert told(desk, instance.id).count("JobFailed") == len(waited) - 1
    assert [incident.element_id for incident in incidents.list_(desk.engine, actor=MARY).items] == ["count"]
