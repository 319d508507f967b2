"""What starts a process: instantiating receive tasks and event-based gateways, several start events."""

import pytest

from baton.bpm.errors import InvalidCommand
from tests.support.drawing import catch, end, event_gateway, message, receive, signal, start, user
from tests.support.event_positions import finish, open_tasks


@pytest.mark.proves("instantiating receive task")
def test_an_instantiating_receive_task_begins_with_its_message(run):
    instance = run(
        receive("r", "order", instantiate=True), user("after"), end("e"), "r after e", at="r", variables={"id": 1}
    )  # fmt: skip

    assert open_tasks(instance) == ["after"]
    assert instance.variables == {"id": 1}
    finish(instance)


GATEWAY = (catch("a", message("order")), catch("b", signal("go")), user("ua"), user("ub"), end("e"), "g a ua e",
           "g b ub e")  # fmt: skip


@pytest.mark.proves("instantiating event-based gateway, exclusive")
@pytest.mark.parametrize(("event", "task"), [("a", "ua"), ("b", "ub")])
def test_an_exclusive_instantiating_gateway_begins_at_the_event_that_happened(run, event, task):
    instance = run(event_gateway("g", instantiate=True), *GATEWAY, at=event)

    assert open_tasks(instance) == [task]
    assert instance.waiting_for == []
    finish(instance)


@pytest.mark.proves("instantiating event-based gateway, parallel")
def test_a_parallel_instantiating_gateway_waits_for_the_other_events_in_the_same_instance(run):
    instance = run(event_gateway("g", instantiate=True, parallel=True), *GATEWAY, at="a")
    assert open_tasks(instance) == ["ua"]
    assert instance.waiting_for == [("b", "go")]

    instance.complete("ua")
    assert instance.state == "active"
    instance.broadcast("go")

    assert open_tasks(instance) == ["ub"]
    finish(instance)


def test_it_does_not_begin_where_nothing_can_happen(run):
    with pytest.raises(InvalidCommand, match="'a', 'b'"):
        run(event_gateway("g", instantiate=True), *GATEWAY, at="ua")


@pytest.mark.proves("several start events")
@pytest.mark.parametrize(("begun", "task"), [("s", "a"), ("m", "b"), ("i", "c")])
def test_each_start_event_begins_its_own_way(run, begun, task):
    instance = run(
        start("s"), start("m", message("order")), start("i", signal("go")), user("a"), user("b"), user("c"), "s a",
        "m b", "i c", at=begun,
    )  # fmt: skip

    assert open_tasks(instance) == [task]
    finish(instance)
