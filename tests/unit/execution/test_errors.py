"""Errors (BPMN 2.0.2, 10.5.6, 10.5.7 and 13.5.3): caught outward, and what is around them ends."""

import pytest

from baton.bpm.execution import events
from tests.support.drawing import (
    boundary,
    call,
    end,
    error,
    event_sub,
    parallel,
    service,
    start,
    sub,
    times,
    user,
)
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def failing(id="S", code="broken", **more):
    """A sub-process in which somebody works while an error is thrown after `first`."""
    return sub(
        id, start(f"{id}-s"), parallel(f"{id}-p"), user("beside"), user("first"), end(f"{id}-e"),
        end("thrown", error(code)), f"{id}-s {id}-p beside {id}-e", f"{id}-p first thrown", **more,
    )  # fmt: skip


def handler(id="V", code=None, task="handle", **more):
    return event_sub(
        id, start(f"{id}-s", error(code, **more)), user(task), end(f"{id}-e"), f"{id}-s {task} {id}-e"
    )  # fmt: skip


@pytest.mark.proves("error end event", "error boundary event")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("caught", ["broken", None])
def test_an_error_ends_its_sub_process_and_goes_on_at_the_boundary_event(run, place, caught):
    number = copies(place)
    instance = run(
        *within(
            place, start("s"), failing(), boundary("b", "S", error(caught)), user("mend"), end("e"), "s S e", "b mend e"
        )
    )  # fmt: skip

    for _ in range(number):
        instance.complete("first")

    assert open_tasks(instance) == ["mend"] * number
    finish(instance)


@pytest.mark.proves("error start event of an event sub-process")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("caught", ["broken", None])
def test_an_error_is_caught_by_the_event_sub_process_beside_it(run, place, caught):
    number = copies(place)
    instance = run(
        *within(
            place, start("s"), parallel("p"), user("beside"), user("first"), end("thrown", error("broken")), end("e"),
            "s p beside e", "p first thrown", handler(code=caught),
        )
    )  # fmt: skip

    for _ in range(number):
        instance.complete("first")

    assert open_tasks(instance) == ["handle"] * number
    finish(instance)


def test_what_was_caught_is_written_to_the_variables_the_event_names(run):
    caught = error(None, code_variable="code", message_variable="text")
    instance = run(start("s"), service("j"), boundary("b", "j", caught), user("mend"), end("e"), "s j e", "b mend e")

    instance.throw_error("j", "E-1", "no stock", missing=2)

    assert instance.variables == {"code": "E-1", "text": "no stock", "missing": 2}
    assert open_tasks(instance) == ["mend"]


def test_the_code_itself_goes_before_a_catch_all_at_the_same_activity(run):
    instance = run(
        start("s"), service("j"), boundary("all", "j", error()), boundary("one", "j", error("x")), user("a"), user("b"),
        end("e"), "s j e", "all a e", "one b e",
    )  # fmt: skip

    instance.throw_error("j", "x")

    assert open_tasks(instance) == ["b"]


def test_the_nearest_catcher_gets_the_error_even_if_one_further_out_names_the_code(run):
    inner = sub("T", service("j"), boundary("near", "j", error()), user("a"), "near a")
    instance = run(start("s"), inner, boundary("far", "T", error("x")), user("b"), end("e"), "s T e", "far b e")

    instance.throw_error("j", "x")

    assert open_tasks(instance) == ["a"]


def test_an_event_for_an_error_without_a_code_catches_every_one_its_own_before_others(run):
    for code, caught in (("late", "a"), ("early", "b"), ("unknown", "a")):
        instance = run(
            start("s"), service("j"), boundary("x", "j", error("late", and_others=True)), user("a"),
            boundary("y", "j", error("early", and_others=True)), user("b"), end("e"), "s j e", "x a e", "y b e",
        )  # fmt: skip

        instance.throw_error("j", code)

        assert open_tasks(instance) == [caught]


def test_a_message_that_the_error_does_not_have_is_null(run):
    caught = error(None, code_variable="code", message_variable="text")
    instance = run(start("s"), failing(), boundary("b", "S", caught), user("mend"), end("e"), "s S e", "b mend e")

    instance.complete("first")

    assert instance.variables == {"code": "broken", "text": None}


def test_an_error_of_another_code_goes_further_out(run):
    instance = run(
        start("s"), sub("T", failing(), boundary("no", "S", error("other")), user("a"), "no a"),
        boundary("b", "T", error("broken")), user("mend"), end("e"), "s T e", "b mend e",
    )  # fmt: skip

    instance.complete("first")

    assert open_tasks(instance) == ["mend"]
    finish(instance)


def test_an_error_thrown_in_an_event_sub_process_is_not_caught_by_it(run):
    again = event_sub("V", start("vs", error()), end("ve", error("worse")), "vs ve")
    inner = sub("S", start("s1"), end("e1", error("bad")), "s1 e1", again)
    instance = run(start("s"), inner, boundary("b", "S", error("worse")), user("mend"), end("e"), "s S e", "b mend e")

    assert open_tasks(instance) == ["mend"]
    assert instance.path.count("V") == 1
    finish(instance)


def test_an_error_in_one_instance_of_many_ends_them_all(run):
    instance = run(
        start("s"), failing(loop=times(3)), boundary("b", "S", error()), user("mend"), end("e"), "s S e", "b mend e"
    )  # fmt: skip
    assert open_tasks(instance) == ["beside"] * 3 + ["first"] * 3

    instance.complete("first")

    assert open_tasks(instance) == ["mend"]
    finish(instance)


def test_an_error_of_a_called_process_is_caught_at_the_call_activity(run):
    instance = run(start("s"), call("c"), boundary("b", "c", error("x")), user("mend"), end("e"), "s c e", "b mend e")
    [called] = instance.calls

    instance.throw_error_of("c", "x")

    assert called.event.key == "other"
    assert open_tasks(instance) == ["mend"]


@pytest.mark.parametrize("place", PLACES)
def test_an_error_that_nobody_catches_is_an_incident_where_it_was_thrown(run, place):
    instance = run(*within(place, start("s"), user("first"), end("thrown", error("broken")), "s first thrown"))

    instance.complete("first")

    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("thrown", "bpmn_error")
    assert "'broken'" in incident.event.message
    assert instance.state == "active"


def test_the_error_of_a_worker_that_nobody_catches_writes_nothing(run):
    instance = run(start("s"), service("j"), end("e"), "s j e")

    instance.throw_error("j", "x", "why", lost=1)

    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("j", "bpmn_error")
    assert instance.variables == {}
    assert [event.code for event in instance.events if isinstance(event, events.BpmnErrorThrown)] == ["x"]
