"""What is interrupted with much in it is gone for everybody at once, and its rows end in bounded transactions."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from baton.bpm import errors
from baton.bpm.lifecycle import FlowNodeState
from baton.bpm.runtime import (
    audit_events,
    due_jobs,
    health,
    history,
    incidents,
    jobs,
    messages,
    process_instances,
    signals,
    subscriptions,
    user_tasks,
)
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.settings import Settings
from baton.models import closing, job, scope, subscription, user_task, variable
from tests.integration.support import MARY, WORKER, Desk, diagram, flow

MANY, AT_ONCE = 30, 10
EACH = (
    '<subProcess id="each"><multiInstanceLoopCharacteristics camunda:collection="${items}" '
    'camunda:elementVariable="item"/>'
    '<startEvent id="in"/><parallelGateway id="fork"/>'
    '<userTask id="work" camunda:candidateGroups="sales"/>'
    '<serviceTask id="print" camunda:type="external" camunda:topic="print"/>'
    '<intermediateCatchEvent id="paid"><messageEventDefinition messageRef="payment"/></intermediateCatchEvent>'
    '<intermediateCatchEvent id="rung"><signalEventDefinition signalRef="alarm"/></intermediateCatchEvent>'
    '<boundaryEvent id="remind" attachedToRef="work" cancelActivity="false"><timerEventDefinition>'
    "<timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>"
    '<endEvent id="reminded"/><endEvent id="out"/>'
    + flow("in", "fork")
    + "".join(flow("fork", id_) + flow(id_, "out") for id_ in ("work", "print", "paid", "rung"))
    + flow("remind", "reminded")
    + "</subProcess>"
)
INTERRUPTED = diagram(
    '<startEvent id="start"/>' + EACH + '<boundaryEvent id="stop" attachedToRef="each"><timerEventDefinition>'
    "<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
    '<userTask id="after"/><endEvent id="end"/>'
    + flow("start", "each")
    + flow("each", "end")
    + flow("stop", "after")
    + flow("after", "end")
).replace(
    b'<process id="order"',
    b'<message id="payment" name="payment"/><signal id="alarm" name="alarm"/><process id="order"',
)


@pytest.fixture
def engine(database_url, clock):
    settings = Settings(database_url=database_url, steps_per_transaction=AT_ONCE)
    with Engine(settings, clock=clock) as engine:
        yield engine


@pytest.fixture
def begun(desk: Desk):
    """An instance with `MANY` of everything open."""
    desk.deploy(INTERRUPTED)
    instance_id = desk.start(items=list(range(MANY))).id
    desk.settle()
    assert len(desk.tasks(instance_id)) == MANY
    return instance_id


def interrupt(desk: Desk, clock) -> None:
    """The boundary event's timer fires; nothing else is done."""
    clock.advance(timedelta(hours=1))
    (timer,) = due_jobs.take_due(desk.engine, limit=100)
    assert due_jobs.execute_due(desk.engine, timer)


def rows(engine, table, *where):
    with engine.database.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar()


def test_from_the_interruption_on_nothing_below_is_seen_or_reached(desk, begun, clock):
    engine = desk.engine
    task = desk.tasks(begun)[7]
    interrupt(desk, clock)

    assert rows(engine, user_task, user_task.c.ended_at.is_(None)) == MANY + 1
    assert [each.element_id for each in desk.tasks(begun)] == ["after"]
    assert user_tasks.list_(engine, actor=MARY, candidate_groups=["sales"]).items == ()
    assert user_tasks.get(engine, task.id, actor=MARY).state == "cancelled"
    assert [each.kind for each in jobs.list_(engine, actor=MARY).items] == ["closing"]
    assert jobs.activate(engine, actor=WORKER, types=["print"], worker="w", max_jobs=100) == []
    assert subscriptions.list_(engine, actor=MARY).items == ()
    assert signals.broadcast(engine, actor=MARY, name="alarm").process_instances == 0
    with pytest.raises(errors.NotFound):
        messages.publish(engine, actor=MARY, name="payment", process_instance_id=begun)
    active = history.flow_node_instances(engine, begun, actor=MARY, state=FlowNodeState.ACTIVE).items
    assert [each.element_id for each in active] == ["after"]
    waiting = process_instances.waiting(engine, begun, actor=MARY).items
    assert [(each.element_id, each.waits_for) for each in waiting] == [("each", "closing"), ("after", "user_task")]
    assert set(desk.variables(begun)) == {"items"}


@pytest.mark.parametrize("deed", [user_tasks.claim, user_tasks.unclaim, user_tasks.complete])
def test_who_has_a_task_of_it_still_at_hand_hears_that_it_is_cancelled(desk, begun, clock, deed):
    task = desk.tasks(begun)[-1]
    interrupt(desk, clock)

    with pytest.raises(errors.WrongState, match="'cancelled'"):
        deed(desk.engine, task.id, actor=MARY)


def test_a_worker_that_holds_a_job_of_it_finds_it_gone(desk, begun, clock):
    held = jobs.activate(desk.engine, actor=WORKER, types=["print"], worker="w", lock_seconds=7200)[0]
    interrupt(desk, clock)

    with pytest.raises(errors.NotFound):
        jobs.complete(desk.engine, held.id, actor=WORKER, worker="w", variables={})
    with pytest.raises(errors.NotFound):
        jobs.get(desk.engine, held.id, actor=MARY)


def test_an_incident_of_it_is_over_too(desk, begun, clock):
    held = jobs.activate(desk.engine, actor=WORKER, types=["print"], worker="w", lock_seconds=7200)[0]
    jobs.fail(desk.engine, held.id, actor=WORKER, worker="w", message="no paper", retries=0)
    (raised,) = incidents.list_(desk.engine, actor=MARY).items
    interrupt(desk, clock)

    assert incidents.list_(desk.engine, actor=MARY).items == ()
    assert incidents.get(desk.engine, raised.id, actor=MARY).state == "cancelled"
    assert health.health(desk.engine)["open_incidents"] == 0
    with pytest.raises(errors.WrongState, match="'cancelled'"):
        incidents.resolve(desk.engine, raised.id, actor=MARY)


def test_its_timers_fire_no_more(desk, begun, clock):
    interrupt(desk, clock)
    clock.advance(timedelta(hours=5))

    due = due_jobs.take_due(desk.engine, limit=100)
    assert [jobs.get(desk.engine, id_, actor=MARY).kind for id_ in due] == ["closing"]


def test_the_flow_goes_on_at_once_and_the_instance_is_completed_after_the_last_row(desk, begun, clock):
    interrupt(desk, clock)
    desk.complete(begun)
    assert desk.state(begun) == "active"
    assert [each.waits_for for each in process_instances.waiting(desk.engine, begun, actor=MARY).items] == ["closing"]

    desk.settle()

    assert desk.state(begun) == "completed"
    assert_nothing_is_left(desk.engine, begun)
    assert rows(desk.engine, user_task, user_task.c.state == "cancelled") == MANY


def assert_nothing_is_left(engine, instance_id):
    for table in (closing, job, scope, subscription):
        assert rows(engine, table) == 0
    assert rows(engine, variable, variable.c.scope_id != instance_id) == 0
    told = list(audit(engine, instance_id))
    cancelled = Counter(event.data["token_id"] for event in told if event.type == "FlowNodeCancelled")
    assert set(cancelled.values()) == {1}
    assert len(cancelled) == MANY * 5 + 1
    assert told[-1].type in ("ProcessInstanceCompleted", "ProcessInstanceTerminated")


def audit(engine, instance_id):
    cursor = None
    while True:
        page = audit_events.list_(engine, actor=MARY, process_instance_id=instance_id, limit=1000, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def test_each_transaction_ends_a_bounded_number(desk, begun, clock):
    interrupt(desk, clock)
    ended = [MANY]
    while due := due_jobs.take_due(desk.engine, limit=100):
        assert due_jobs.execute_due(desk.engine, due[0])
        ended.append(rows(desk.engine, user_task, user_task.c.ended_at.is_(None), user_task.c.element_id == "work"))

    steps = [before - after for before, after in itertools.pairwise(ended)]
    assert sum(steps) == MANY
    assert max(steps) <= AT_ONCE


def test_a_step_that_comes_twice_has_one_effect(desk, begun, clock):
    interrupt(desk, clock)
    (due,) = due_jobs.take_due(desk.engine, limit=100)

    assert due_jobs.execute_due(desk.engine, due)
    assert not due_jobs.execute_due(desk.engine, due)


@pytest.mark.parametrize("first", ["active", "suspended"])
def test_a_terminated_instance_is_terminated_when_all_has_ended(desk, begun, first):
    if first == "suspended":
        process_instances.suspend(desk.engine, begun, actor=MARY)

    view = process_instances.terminate(desk.engine, begun, actor=MARY, reason="no need")
    assert view.state == first
    assert desk.tasks(begun) == []

    desk.settle()
    assert desk.state(begun) == "terminated"
    assert_nothing_is_left(desk.engine, begun)


def test_what_is_closing_waits_while_the_instance_is_suspended_unless_that_is_terminated(desk, begun, clock):
    interrupt(desk, clock)
    process_instances.suspend(desk.engine, begun, actor=MARY)
    desk.settle()
    assert rows(desk.engine, closing) == 1

    process_instances.terminate(desk.engine, begun, actor=MARY)
    desk.settle()
    assert desk.state(begun) == "terminated"
    assert_nothing_is_left_but_after(desk.engine)


def assert_nothing_is_left_but_after(engine):
    for table in (closing, job, scope, subscription):
        assert rows(engine, table) == 0
    assert rows(engine, user_task, user_task.c.state == "cancelled") == MANY + 1


def test_few_children_end_with_the_interruption(desk, clock):
    desk.deploy(INTERRUPTED)
    instance_id = desk.start(items=[1]).id
    desk.settle()
    clock.advance(timedelta(hours=1))
    (timer,) = due_jobs.take_due(desk.engine, limit=100)
    due_jobs.execute_due(desk.engine, timer)

    assert rows(desk.engine, closing) == 0
    assert rows(desk.engine, user_task, user_task.c.state == "cancelled") == 1
    assert desk.task(instance_id).element_id == "after"


def test_a_run_that_was_to_go_on_is_forgotten_if_the_instance_ends_before(desk):
    endless = (
        '<startEvent id="start"/><exclusiveGateway id="join"/><manualTask id="turn"/>'
        + flow("start", "join")
        + flow("join", "turn")
        + flow("turn", "join")
    )
    desk.deploy(diagram(endless))
    instance_id = desk.start().id
    (continuation,) = due_jobs.take_due(desk.engine, limit=10)

    process_instances.terminate(desk.engine, instance_id, actor=MARY)
    due_jobs.execute_due(desk.engine, continuation)

    assert rows(desk.engine, job) == 0


def test_continuations_below_wait_for_nothing_any_more(desk, clock):
    divided = b'<userTask id="work" camunda:asyncBefore="true"'
    desk.deploy(INTERRUPTED.replace(b'<userTask id="work"', divided))
    instance_id = desk.start(items=list(range(MANY))).id
    while rows(desk.engine, job, job.c.kind == "async_continuation") < MANY:
        (due, *_) = [
            id_
            for id_ in due_jobs.take_due(desk.engine, limit=100)
            if jobs.get(desk.engine, id_, actor=MARY).kind == "continuation"
        ]
        assert due_jobs.execute_due(desk.engine, due)
    clock.advance(timedelta(hours=1))
    (timer,) = jobs.list_(desk.engine, actor=MARY, process_instance_id=instance_id, kind=JobKind.TIMER).items
    assert due_jobs.execute_due(desk.engine, timer.id)

    clock.advance(timedelta(minutes=5))
    due = [jobs.get(desk.engine, id_, actor=MARY).kind for id_ in due_jobs.take_due(desk.engine, limit=100)]
    assert due == ["closing"]
    waiting = process_instances.waiting(desk.engine, instance_id, actor=MARY).items
    assert [each.waits_for for each in waiting] == ["closing", "user_task"]
    desk.complete(instance_id)
    clock.advance(timedelta(minutes=1))  # what was taken above is given back
    desk.settle()

    assert desk.state(instance_id) == "completed"
    for table in (closing, job, scope, subscription):
        assert rows(desk.engine, table) == 0
    assert rows(desk.engine, user_task, user_task.c.element_id == "work") == 0
