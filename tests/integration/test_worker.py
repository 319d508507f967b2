"""The dispatcher on a real clock: timers fire, handlers run side by side, failures are retried."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from baton.bpm.runtime import audit_events, incidents, job_leases, job_outcomes, process_instances
from baton.bpm.runtime.clock import utc_now
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.worker import BpmnError, Dispatcher, Job
from tests.integration.support import MARY, TWO_TASKS, WORKER, Desk, diagram, flow

PARALLEL = diagram(
    '<startEvent id="start"/><parallelGateway id="fork"/>'
    '<serviceTask id="a" camunda:type="external" camunda:topic="slow"/>'
    '<serviceTask id="b" camunda:type="external" camunda:topic="slow"/>'
    '<parallelGateway id="join"/><endEvent id="end"/>'
    + flow("start", "fork")
    + flow("fork", "a")
    + flow("fork", "b")
    + flow("a", "join")
    + flow("b", "join")
    + flow("join", "end")
)
ONE_JOB = diagram(
    '<startEvent id="start"/><serviceTask id="a" camunda:type="external" camunda:topic="charge"/><endEvent id="end"/>'
    + flow("start", "a")
    + flow("a", "end")
)


def timer(form: str, text: str) -> str:
    return f"<timerEventDefinition><{form}>{text}</{form}></timerEventDefinition>"


WAIT = diagram(
    '<startEvent id="start"/><intermediateCatchEvent id="wait">'
    + timer("timeDuration", "PT0.2S")
    + '</intermediateCatchEvent><endEvent id="end"/>'
    + flow("start", "wait")
    + flow("wait", "end")
)


@pytest.fixture
def live(database_url: str) -> Iterator[Desk]:
    """A desk whose engine has the real clock."""
    with Engine(Settings(database_url=database_url, job_backoff_seconds=1), clock=utc_now) as engine:
        yield Desk(engine)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what another thread does."""
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < until, "it did not come true"
        pause.wait(0.01)


def test_two_one_second_handlers_of_parallel_branches_finish_in_about_one_second(live: Desk) -> None:
    live.deploy(PARALLEL)
    both = threading.Barrier(2, timeout=10)

    def slow(job: Job) -> dict[str, object]:
        both.wait()
        return {job.element_id: True}

    with Dispatcher(live.engine, {"slow": slow}):
        instance = live.start()
        eventually(lambda: live.state(instance.id) == "completed")

    assert live.variables(instance.id) == {"a": True, "b": True}


@pytest.mark.parametrize("before", [True, False], ids=["waiting before", "created after"])
@pytest.mark.parametrize("name", ["org.example.ChargeCard", "ChargeCard"])
def test_a_java_class_is_done_by_the_handler_of_its_name_full_or_simple(live: Desk, name: str, before: bool) -> None:
    body = '<startEvent id="start"/><serviceTask id="a" camunda:class="org.example.ChargeCard"/><endEvent id="end"/>'
    live.deploy(diagram(body + flow("start", "a") + flow("a", "end")))
    instance = live.start() if before else None

    with Dispatcher(live.engine, {name: lambda job: {"by": job.type}, "other": lambda job: None}):
        if instance is None:
            threading.Event().wait(0.2)
            instance = live.start()
        eventually(lambda: live.state(instance.id) == "completed", seconds=5)

    assert live.variables(instance.id) == {"by": "org.example.ChargeCard"}


def test_a_timer_fires_by_itself(live: Desk) -> None:
    live.deploy(WAIT)

    with Dispatcher(live.engine, {}):
        instance = live.start()
        eventually(lambda: live.state(instance.id) == "completed")

    events = audit_events.list_(live.engine, actor=MARY, process_instance_id=instance.id, type="TimerFired").items
    assert [(event.element_id, event.actor_kind) for event in events] == [("wait", "timer")]


def test_a_timer_that_came_due_while_nothing_ran_fires_at_the_next_start(live: Desk) -> None:
    live.deploy(WAIT)
    instance = live.start()
    threading.Event().wait(0.3)

    with Dispatcher(live.engine, {}):
        eventually(lambda: live.state(instance.id) == "completed")


def test_a_handler_that_fails_for_good_is_an_incident_and_goes_on_when_resolved(live: Desk) -> None:
    live.deploy(ONE_JOB)
    calls: list[int] = []

    def charge(job: Job) -> dict[str, object] | None:
        calls.append(job.id)
        if job.variables.get("card") is None:
            raise ValueError("no card")
        return {"charged": True}

    instance = live.start(card=None)
    (job,) = job_leases.activate(live.engine, actor=WORKER, types=["charge"], worker="w1")
    job_outcomes.fail(live.engine, job.id, actor=WORKER, worker="w1", message="boom", retries=1, backoff_seconds=0)
    with Dispatcher(live.engine, {"charge": charge}):
        eventually(lambda: bool(incidents.list_(live.engine, actor=MARY).items))
        (incident,) = incidents.list_(live.engine, actor=MARY).items
        assert incident.type == "job"
        assert "no card" in incident.message
        incidents.resolve(live.engine, incident.id, actor=MARY, variables={"card": "4711"})
        eventually(lambda: live.state(instance.id) == "completed")

    assert calls == [job.id, job.id]


def test_a_bpmn_error_that_nobody_catches_is_an_incident(live: Desk) -> None:
    live.deploy(ONE_JOB)

    def charge(job: Job) -> None:
        raise BpmnError("declined", "card declined")

    with Dispatcher(live.engine, {"charge": charge}):
        live.start()
        eventually(lambda: bool(incidents.list_(live.engine, actor=MARY).items))

    (incident,) = incidents.list_(live.engine, actor=MARY).items
    assert incident.type == "bpmn_error"
    assert incident.details["code"] == "declined"


def test_a_handler_that_returns_no_dict_fails_its_job(live: Desk) -> None:
    live.deploy(ONE_JOB)
    instance = live.start()

    with Dispatcher(live.engine, {"charge": lambda job: "done"}):  # type: ignore[dict-item, return-value]
        eventually(
            lambda: (
                "TypeError" in (process_instances.waiting(live.engine, instance.id, actor=MARY).items[0].description)
            )
        )


def test_start_timers_start_instances_again_and_again(live: Desk) -> None:
    live.deploy(
        diagram(
            '<startEvent id="start">' + timer("timeCycle", "R/PT0.1S") + '</startEvent><userTask id="a"/>'
            '<endEvent id="end"/>' + flow("start", "a") + flow("a", "end")
        )
    )

    with Dispatcher(live.engine, {}):
        eventually(lambda: len(process_instances.list_(live.engine, actor=MARY).items) >= 3)

    events = audit_events.list_(live.engine, actor=MARY, type="ProcessInstanceStarted").items
    assert {event.actor_kind for event in events} == {"timer"}


def test_a_dispatcher_with_nothing_to_do_stops_at_once(live: Desk) -> None:
    live.deploy(TWO_TASKS)
    before = time.monotonic()

    with Dispatcher(live.engine, {"charge": lambda job: None}):
        pass

    assert time.monotonic() - before < 5


def test_a_handler_that_leaves_the_program_fails_its_job(live: Desk) -> None:
    live.deploy(ONE_JOB)
    instance = live.start()

    def charge(job: Job) -> None:
        sys.exit("no card")

    with Dispatcher(live.engine, {"charge": charge}):
        eventually(
            lambda: (
                "SystemExit: no card"
                in (process_instances.waiting(live.engine, instance.id, actor=MARY).items[0].description)
            )
        )
