"""Signals reach everybody who waits; conditions start processes."""

from __future__ import annotations

import pytest

from baton.bpm import errors
from baton.bpm.runtime import (
    conditional_starts,
    deployments,
    due_jobs,
    job_lists,
    process_instances,
    signals,
    subscriptions,
)
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.signals import BroadcastView
from tests.integration.support import JOHN, MARY, Desk, diagram, flow

SIGNAL = '<signal id="alarm" name="alarm"/>'


def with_signal(content: bytes) -> bytes:
    return content.replace(b"</definitions>", f"{SIGNAL}</definitions>".encode())


WAITS = with_signal(
    diagram(
        '<startEvent id="start"/><intermediateCatchEvent id="hear"><signalEventDefinition signalRef="alarm"/>'
        '</intermediateCatchEvent><userTask id="act"/><endEvent id="end"/>'
        + flow("start", "hear")
        + flow("hear", "act")
        + flow("act", "end")
    )
)
STARTS = with_signal(
    diagram(
        '<startEvent id="heard"><signalEventDefinition signalRef="alarm"/></startEvent><userTask id="run"/>'
        '<endEvent id="end"/>' + flow("heard", "run") + flow("run", "end"),
        key="fire",
    )
)
THROWS = with_signal(
    diagram(
        '<startEvent id="start"/><intermediateThrowEvent id="cry"><signalEventDefinition signalRef="alarm"/>'
        '</intermediateThrowEvent><userTask id="rest"/><endEvent id="end"/>'
        + flow("start", "cry")
        + flow("cry", "rest")
        + flow("rest", "end"),
        key="thrower",
    )
)
CONDITION = diagram(
    '<startEvent id="low"><conditionalEventDefinition><condition>${stock &lt; 10}</condition>'
    '</conditionalEventDefinition></startEvent><userTask id="buy"/><endEvent id="end"/>'
    + flow("low", "buy")
    + flow("buy", "end"),
    key="refill",
)


@pytest.mark.proves("signal over all instances")
def test_a_signal_reaches_every_waiting_instance_and_every_signal_start_event(desk: Desk) -> None:
    desk.deploy(WAITS)
    desk.deploy(STARTS)
    first, second = desk.start(), desk.start()

    view = signals.broadcast(desk.engine, actor=MARY, name="alarm", variables={"where": "hall"})
    desk.settle()

    assert view == BroadcastView(process_instances=2, starts=1)
    for instance in (first, second):
        assert desk.task(instance.id).element_id == "act"
        assert desk.variables(instance.id) == {"where": "hall"}
    (fire,) = process_instances.list_(desk.engine, actor=MARY, key="fire").items
    assert desk.task(fire.id).element_id == "run"


def test_a_thrown_signal_reaches_the_others_once(desk: Desk) -> None:
    desk.deploy(WAITS)
    desk.deploy(THROWS)
    waiting = desk.start()
    desk.start("thrower")
    (thrown,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.SIGNAL).items
    assert due_jobs.execute_due(desk.engine, thrown.id)
    assert not due_jobs.execute_due(desk.engine, thrown.id)
    (delivery,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.SIGNAL_DELIVERY).items
    assert due_jobs.execute_due(desk.engine, delivery.id)
    assert not due_jobs.execute_due(desk.engine, delivery.id)

    assert desk.task(waiting.id).element_id == "act"
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_a_signal_waits_for_a_suspended_instance_and_forgets_an_ended_one(desk: Desk) -> None:
    desk.deploy(WAITS)
    suspended, ended = desk.start(), desk.start()
    signals.broadcast(desk.engine, actor=MARY, name="alarm")
    process_instances.suspend(desk.engine, suspended.id, actor=MARY)
    process_instances.terminate(desk.engine, ended.id, actor=MARY)
    desk.settle()
    assert desk.tasks(suspended.id) == []

    process_instances.resume(desk.engine, suspended.id, actor=MARY)
    desk.settle()
    assert desk.task(suspended.id).element_id == "act"
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_nobody_waiting_for_a_signal_is_no_error_but_participants_may_not_send_one(desk: Desk) -> None:
    assert signals.broadcast(desk.engine, actor=MARY, name="alarm") == BroadcastView(process_instances=0, starts=0)
    with pytest.raises(errors.NotAllowed):
        signals.broadcast(desk.engine, actor=JOHN, name="alarm")
    with pytest.raises(errors.InvalidCommand):
        signals.broadcast(desk.engine, actor=MARY, name="")


def test_a_new_version_takes_over_the_start_events_and_gives_them_back(desk: Desk) -> None:
    desk.deploy(STARTS)
    second = desk.deploy(STARTS, force=True)
    (opened,) = subscriptions.list_(desk.engine, actor=MARY).items
    assert opened.process_definition_id == second.process_definitions[0].id
    from_first = process_instances.list_(desk.engine, actor=MARY).items
    assert from_first == ()

    deployments.delete(desk.engine, second.id, actor=MARY)
    (again,) = subscriptions.list_(desk.engine, actor=MARY).items
    assert again.process_definition_id != opened.process_definition_id


def test_a_condition_that_holds_starts_the_process(desk: Desk) -> None:
    desk.deploy(CONDITION)

    view = conditional_starts.evaluate(desk.engine, actor=MARY, variables={"stock": 3}, business_key="B")
    (started,) = view.started
    assert desk.task(started.process_instance_id).element_id == "buy"
    assert desk.variables(started.process_instance_id) == {"stock": 3}
    assert conditional_starts.evaluate(desk.engine, actor=MARY, variables={"stock": 30}).started == ()
    assert conditional_starts.evaluate(desk.engine, actor=MARY, variables={"stock": 3}, key="other").started == ()
    (undecided,) = conditional_starts.evaluate(desk.engine, actor=MARY, variables={}).undecided
    assert "stock" in undecided.reason
