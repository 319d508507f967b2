"""The path taken, the instance as it was after any event, its scopes, and who called whom."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from baton.bpm import errors
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.replay import InstanceState
from baton.bpm.runtime import audit_events, call_hierarchy, history, past_states, process_instances, scopes, user_tasks
from baton.models import flow_node_instance, variable
from tests.integration.support import JOHN, MARY, PAUL, TWO_TASKS, Desk, diagram, flow
from tests.integration.test_called_instances import CHILD, caller
from tests.integration.test_process_instances import DECIDE, NESTED


def stored(desk: Desk, instance_id: int) -> tuple[dict[int, str], set[tuple[int, str]]]:
    """Open visits, and the variables by scope and name."""
    visits, held = flow_node_instance.c, variable.c
    with desk.engine.database.read() as connection:
        open_ = connection.execute(
            select(visits.id, visits.element_id).where(
                visits.process_instance_id == instance_id, visits.ended_at.is_(None)
            )
        )
        names = connection.execute(select(held.scope_id, held.name).where(held.process_instance_id == instance_id))
        return {row[0]: row[1] for row in open_}, {(row[0], row[1]) for row in names}


def told(past: InstanceState) -> tuple[dict[int, str], set[tuple[int, str]]]:
    return (
        {id_: token.element_id for id_, token in past.tokens.items()},
        {(scope_id, name) for scope_id, named in past.seen_variables().items() for name in named},
    )


def test_the_past_at_the_last_event_is_what_is_stored_and_stays_so(desk: Desk) -> None:
    desk.deploy(NESTED)
    instance = desk.start(a=1)
    inside = next(task for task in desk.tasks(instance.id) if task.element_id == "inside")
    moments = {}

    def now() -> None:
        view = history.at(desk.engine, instance.id, actor=MARY)
        assert view.sequence == view.last_sequence
        assert told(view.past) == stored(desk, instance.id)
        moments[view.sequence] = (told(view.past), view.past.variables.get(instance.id))

    now()
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"b": 2}, scope_id=inside.scope_id)
    now()
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"a": [3, "x"]})
    now()
    for task in desk.tasks(instance.id):
        user_tasks.complete(desk.engine, task.id, actor=MARY)
        now()

    assert len(moments) == 5
    for sequence, (state, variables) in moments.items():
        view = history.at(desk.engine, instance.id, actor=MARY, sequence=sequence)
        assert (told(view.past), view.past.variables.get(instance.id)) == (state, variables)
    assert next(variables for _, variables in moments.values()) == {"a": 1}
    assert history.at(desk.engine, instance.id, actor=MARY).past.state == "completed"


def test_every_event_has_its_moment_and_its_actor(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    user_tasks.assign(desk.engine, desk.task(instance.id).id, actor=MARY, assignee="john")
    user_tasks.complete(desk.engine, desk.task(instance.id).id, actor=JOHN)
    process_instances.suspend(desk.engine, instance.id, actor=MARY)
    events = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id, limit=100).items

    for event in events:
        assert event.sequence is not None
        view = history.at(desk.engine, instance.id, actor=MARY, sequence=event.sequence)
        assert (view.actor_id, view.type, view.element_id, view.occurred_at) == (
            event.actor_id,
            event.type,
            event.element_id,
            event.occurred_at,
        )
    assert {event.actor_id for event in events} == {"mary", "john"}
    assert view.past.state == "suspended"
    assert [token.element_id for token in view.past.tokens.values()] == ["ship"]


def test_events_are_told_backwards_from_any_of_them(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    desk.complete(instance.id)
    last = history.at(desk.engine, instance.id, actor=MARY).sequence

    newest = audit_events.until(desk.engine, instance.id, actor=MARY, limit=3)
    following = audit_events.until(desk.engine, instance.id, actor=MARY, limit=200, cursor=newest.next_cursor)
    first = audit_events.until(desk.engine, instance.id, actor=MARY, sequence=2)

    numbers = [event.sequence for event in (*newest.items, *following.items)]
    assert numbers == list(range(last, 0, -1))
    assert [event.sequence for event in first.items] == [2, 1]
    assert (following.next_cursor, first.next_cursor) == (None, None)
    with pytest.raises(errors.NotFound):
        audit_events.until(desk.engine, 7, actor=PAUL)


def test_an_incident_is_there_while_it_is_open(desk: Desk) -> None:
    desk.deploy(DECIDE)
    instance = desk.start()

    past = history.at(desk.engine, instance.id, actor=MARY).past

    assert list(past.incidents.values()) == ["big"]
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    ended = history.at(desk.engine, instance.id, actor=MARY).past
    assert (ended.incidents, ended.tokens, ended.state) == ({}, {}, "terminated")


def test_what_is_not_there_or_too_far_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    last = history.at(desk.engine, instance.id, actor=MARY).sequence

    for wrong in (0, last + 1):
        with pytest.raises(errors.NotFound):
            history.at(desk.engine, instance.id, actor=MARY, sequence=wrong)
    process_instances.start(desk.engine, actor=JOHN, key="order")
    user_tasks.assign(desk.engine, desk.task(instance.id).id, actor=MARY, assignee="john")
    with pytest.raises(errors.NotFound):
        history.at(desk.engine, instance.id, actor=PAUL)
    monkeypatch.setattr(history, "READ_AT_ONCE", 3)
    assert history.at(desk.engine, instance.id, actor=MARY, sequence=3).sequence == 3
    with pytest.raises(errors.InvalidCommand, match="at most 3"):
        history.at(desk.engine, instance.id, actor=MARY)


LOCALS = diagram(
    '<startEvent id="start"/><userTask id="pack" name="Pack"><extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="own">${amount + 1}</camunda:inputParameter></camunda:inputOutput>'
    '</extensionElements></userTask><endEvent id="end"/>' + flow("start", "pack") + flow("pack", "end"),
    key="locals",
)


def test_what_an_activity_has_for_itself_is_told_while_it_is_live(desk: Desk) -> None:
    desk.deploy(LOCALS)
    instance = desk.start("locals", amount=4)
    task = desk.task(instance.id)
    open_ = history.at(desk.engine, instance.id, actor=MARY)

    desk.complete(instance.id)

    ended = history.at(desk.engine, instance.id, actor=MARY)
    assert open_.past.own_variables() == {task.id: {"own": 5}}
    assert open_.past.seen_variables() == {instance.id: {"amount": 4}}
    assert (ended.past.own_variables(), ended.past.own, ended.past.owners) == ({}, {}, {})


def test_any_event_is_told_from_what_was_read_before_and_each_answer_reads_so_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_states, "WINDOW", 2)
    desk.deploy(LOCALS)
    instance = desk.start("locals", amount=4)
    for number in range(10):
        process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={f"v{number % 3}": number})
    last = history.at(desk.engine, instance.id, actor=MARY).sequence

    def told(sequence: int) -> InstanceState:
        return history.at(desk.engine, instance.id, actor=MARY, sequence=sequence).past

    forwards = [told(number) for number in range(1, last + 1)]
    desk.engine.past_states = past_states.PastStates()
    backwards = [told(number) for number in range(last, 0, -1)]

    assert forwards == backwards[::-1]
    assert forwards[-1].variables[instance.id] == {"amount": 4, "v0": 9, "v1": 7, "v2": 8}
    monkeypatch.setattr(history, "READ_AT_ONCE", 4)
    desk.engine.past_states = past_states.PastStates()
    read_to = []
    while not read_to or read_to[-1] < last:
        try:
            assert told(last) == forwards[-1]
            break
        except errors.NotYetRead as error:
            read_to.append(error.read_to)
    assert read_to == list(range(4, last, 4))


def test_the_path_is_the_flows_taken_and_the_nodes_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(DECIDE)
    instance = desk.start(amount=500)

    path = history.path(desk.engine, instance.id, actor=MARY)

    assert path.flows == {"start_big": 1, "big_yes": 1}
    assert path.flow_nodes == {"start": 1, "big": 1}
    assert path.from_sequence == 1
    past = history.at(desk.engine, instance.id, actor=MARY).past
    assert (dict(past.flows), dict(past.visits)) == (path.flows, path.flow_nodes)
    monkeypatch.setattr(history, "MOST_EVENTS", 4)
    later = history.path(desk.engine, instance.id, actor=MARY)
    assert later.from_sequence > 1
    assert "start_big" not in later.flows


def test_live_scopes_are_where_variables_can_be_set(desk: Desk) -> None:
    desk.deploy(NESTED)
    instance = desk.start()

    first = scopes.list_(desk.engine, instance.id, actor=MARY, limit=1)
    second = scopes.list_(desk.engine, instance.id, actor=MARY, cursor=first.next_cursor)

    assert [(view.id, view.parent_id) for view in first.items] == [(instance.id, None)]
    (inside,) = second.items
    assert (inside.element_id, inside.element_name, inside.parent_id) == ("sub", "Inside", instance.id)
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"b": 1}, scope_id=inside.id)
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    assert scopes.list_(desk.engine, instance.id, actor=MARY).items == ()


def test_the_call_hierarchy_goes_up_to_the_first_and_down_to_a_bound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller(key="middle"))
    desk.deploy(caller("middle"))
    instance = desk.start()
    desk.settle()

    top = call_hierarchy.of(desk.engine, instance.id, actor=MARY)
    assert top.callers == ()
    assert [(view.key, view.depth, view.caller_element_id) for view in top.called] == [
        ("middle", 1, "call"),
        ("child", 2, "call"),
    ]
    assert (top.more, top.called[1].state) == (False, ProcessInstanceState.ACTIVE)
    bottom = call_hierarchy.of(desk.engine, top.called[1].id, actor=MARY)
    assert [view.id for view in bottom.callers] == [instance.id, top.called[0].id]
    assert bottom.called == ()
    monkeypatch.setattr(call_hierarchy, "MOST_CALLED", 1)
    assert call_hierarchy.of(desk.engine, instance.id, actor=MARY).more
    user_tasks.assign(desk.engine, desk.task(top.called[1].id).id, actor=MARY, assignee="john")
    assert call_hierarchy.of(desk.engine, top.called[1].id, actor=JOHN).callers == ()
