"""Starting, searching, waiting, incidents of conditions, ending."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from baton.bpm import errors
from baton.bpm.lifecycle import FlowNodeState, ProcessInstanceState
from baton.bpm.runtime import history, incidents, process_instances, user_tasks
from baton.bpm.runtime.idempotency import Idempotency
from baton.bpm.testing import VirtualClock
from tests.integration.support import JOHN, MARY, PAUL, TWO_TASKS, Desk, diagram, flow

DECIDE = diagram(
    '<startEvent id="start"/><exclusiveGateway id="big" name="Big?"/><userTask id="yes"/><endEvent id="no"/>'
    + flow("start", "big")
    + flow("big", "yes", "${amount &gt; 100}")
    + flow("big", "no", "${amount &lt;= 100}")
)
NESTED = diagram(
    '<startEvent id="start"/><parallelGateway id="fork"/><parallelGateway id="join"/><userTask id="outside"/>'
    '<subProcess id="sub" name="Inside"><startEvent id="s"/><userTask id="inside" name="Look inside"/>'
    '<endEvent id="e"/>' + flow("s", "inside") + flow("inside", "e") + "</subProcess>"
    '<boundaryEvent id="late" name="Too late" attachedToRef="sub"><timerEventDefinition><timeDuration>PT2H'
    '</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="end"/><endEvent id="end_late"/>'
    + flow("start", "fork")
    + flow("fork", "outside")
    + flow("fork", "sub")
    + flow("outside", "join")
    + flow("sub", "join")
    + flow("join", "end")
    + flow("late", "end_late")
)


def test_instances_are_found_by_key_state_business_key_variable_and_time(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(TWO_TASKS)
    first = process_instances.start(
        desk.engine, actor=MARY, key="order", business_key="B-1", variables={"amount": 100, "name": "x"}
    )
    began = clock()
    clock.advance(timedelta(hours=1))
    second = desk.start(amount=Decimal("100.5"))

    def found(**filters: object) -> list[int]:
        page = process_instances.list_(desk.engine, actor=MARY, **filters)  # type: ignore[arg-type]
        return [view.id for view in page.items]

    assert found() == [second.id, first.id]
    assert found(business_key="B-1") == [first.id]
    assert found(variable=("amount", 100.0)) == [first.id]
    assert found(variable=("amount", Decimal("100.50"))) == [second.id]
    assert found(variable=("name", "y")) == []
    assert found(started_after=began) == [second.id]
    assert found(started_before=clock()) == [first.id]
    process_instances.terminate(desk.engine, first.id, actor=MARY, reason="mistake")
    assert found(state=ProcessInstanceState.TERMINATED) == [first.id]
    assert found(ended_after=began, key="order") == [first.id]
    assert found(key="other") == []


def test_starting_twice_under_one_key_starts_once(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    key = Idempotency("start-1", "digest")

    first = process_instances.start(desk.engine, actor=MARY, key="order", idempotency=key)
    second = process_instances.start(desk.engine, actor=MARY, key="order", idempotency=key)

    assert first == second
    assert len(process_instances.list_(desk.engine, actor=MARY).items) == 1


def test_a_condition_that_cannot_be_evaluated_is_an_incident_that_a_variable_repairs(desk: Desk) -> None:
    desk.deploy(DECIDE)
    instance = desk.start()

    (incident,) = incidents.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items
    assert (incident.type, incident.element_id) == ("condition", "big")
    assert "amount" in incident.message
    incidents.resolve(desk.engine, incident.id, actor=MARY, variables={"amount": 500})

    assert desk.task(instance.id).element_id == "yes"
    assert process_instances.waiting(desk.engine, instance.id, actor=MARY).items[0].waits_for == "user_task"


def test_waiting_tells_of_every_token_what_would_move_it(desk: Desk) -> None:
    desk.deploy(NESTED)
    instance = desk.start()
    outside = next(task for task in desk.tasks(instance.id) if task.element_id == "outside")
    user_tasks.complete(desk.engine, outside.id, actor=MARY)

    waits = {view.element_id: view for view in process_instances.waiting(desk.engine, instance.id, actor=MARY).items}

    assert {id_: view.waits_for for id_, view in waits.items()} == {
        "join": "join",
        "sub": "sub_process",
        "inside": "user_task",
    }
    assert waits["join"].description == "Waits for a token on the sequence flow 'sub_join' from 'Inside'."
    assert "Too late" in waits["sub"].moved_by
    assert "Look inside" in waits["inside"].description
    assert waits["inside"].action["kind"] == "complete_user_task"
    assert all(view.since is not None for view in waits.values())


def test_variables_can_be_set_in_one_scope_and_go_when_it_ends(desk: Desk) -> None:
    desk.deploy(NESTED)
    instance = desk.start(a=1)
    inside = next(task for task in desk.tasks(instance.id) if task.element_id == "inside")
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"b": 2}, scope_id=inside.scope_id)
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"a": 3})

    found = process_instances.variables(desk.engine, instance.id, actor=MARY)

    assert [(view.element_id, view.name, view.value) for view in found] == [("order", "a", 3), ("sub", "b", 2)]
    with pytest.raises(errors.NotFound):
        process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={}, scope_id=5)
    user_tasks.complete(desk.engine, inside.id, actor=MARY)
    assert desk.variables(instance.id) == {"a": 3}


def test_a_scope_of_another_instance_is_not_found(desk: Desk) -> None:
    desk.deploy(NESTED)
    first, second = desk.start(), desk.start()

    with pytest.raises(errors.NotFound):
        process_instances.set_variables(desk.engine, first.id, actor=MARY, variables={"x": 1}, scope_id=second.id)

    assert desk.variables(second.id) == {}


def test_terminating_cancels_everything_and_cannot_be_done_twice(desk: Desk) -> None:
    desk.deploy(NESTED)
    instance = desk.start()

    ended = process_instances.terminate(desk.engine, instance.id, actor=MARY)

    assert (ended.state, ended.ended_at) == (ProcessInstanceState.TERMINATED, desk.engine.clock())
    assert desk.tasks(instance.id) == []
    assert process_instances.waiting(desk.engine, instance.id, actor=MARY).items == ()
    nodes = history.flow_node_instances(desk.engine, instance.id, actor=MARY, limit=100).items
    assert FlowNodeState.ACTIVE not in {node.state for node in nodes}
    with pytest.raises(errors.WrongState, match="'terminated'"):
        process_instances.terminate(desk.engine, instance.id, actor=MARY)


def test_participants_see_only_what_concerns_them(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    # While nobody is named the task is for anybody, and the instance concerns everybody.
    assert process_instances.get(desk.engine, instance.id, actor=PAUL).id == instance.id
    user_tasks.assign(desk.engine, desk.task(instance.id).id, actor=MARY, assignee="mary")

    for actor in (JOHN, PAUL):
        assert process_instances.list_(desk.engine, actor=actor).items == ()
        with pytest.raises(errors.NotFound):
            process_instances.get(desk.engine, instance.id, actor=actor)
    user_tasks.assign(desk.engine, desk.task(instance.id).id, actor=MARY, assignee="john")
    assert process_instances.get(desk.engine, instance.id, actor=JOHN).id == instance.id
    with pytest.raises(errors.NotFound):
        process_instances.get(desk.engine, instance.id, actor=PAUL)


def test_bad_starts_are_refused_and_leave_nothing(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)

    with pytest.raises(errors.NotFound, match="'nothing'"):
        desk.start("nothing")
    with pytest.raises(errors.InvalidCommand) as caught:
        desk.start(amount=float("nan"))
    assert caught.value.field == "variables.amount"
    with pytest.raises(errors.TooLarge):
        desk.start(text="x" * 5_000_000)
    with pytest.raises(errors.InvalidCommand):
        process_instances.start(desk.engine, actor=MARY, key="order", start_event_id="elsewhere")
    assert process_instances.list_(desk.engine, actor=MARY).items == ()


def test_values_come_back_as_they_went(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    given = {
        "big": 2**80,
        "exact": Decimal("1.10"),
        "text": "ä\u2028'\"",
        "list": [1, {"a": [None, True]}],
        "nothing": None,
        "hours": timedelta(hours=5),
        "double": 1.5,
    }

    instance = desk.start(**given)

    assert desk.variables(instance.id) == given


def test_what_is_waited_for_comes_in_pages_and_says_the_truth_of_each_token(desk: Desk) -> None:
    branches = 60
    tasks = "".join(f'<userTask id="u{i}"/>' for i in range(branches))
    flows = "".join(f'<sequenceFlow id="f{i}" sourceRef="p" targetRef="u{i}"/>' for i in range(branches))
    content = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
        '<process id="wide" isExecutable="true"><startEvent id="s"/><parallelGateway id="p"/>'
        f'<sequenceFlow id="f" sourceRef="s" targetRef="p"/>{tasks}{flows}</process></definitions>'
    )
    desk.deploy(content.encode())
    instance = desk.start("wide")

    first = process_instances.waiting(desk.engine, instance.id, actor=MARY, limit=40)
    second = process_instances.waiting(desk.engine, instance.id, actor=MARY, limit=40, cursor=first.next_cursor)

    views = [*first.items, *second.items]
    assert (len(first.items), len(second.items), second.next_cursor) == (40, 20, None)
    assert {view.element_id for view in views} == {f"u{i}" for i in range(branches)}
    assert {view.waits_for for view in views} == {"user_task"}
