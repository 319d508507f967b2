"""None events, and terminate end events (BPMN 2.0.2, 10.5.2 to 10.5.4 and 13.5.6)."""

import pytest

from tests.support.drawing import boundary, end, event_sub, parallel, signal, start, sub, terminate, throw, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


@pytest.mark.proves("none start event", "none end event")
@pytest.mark.parametrize("place", PLACES)
def test_a_process_or_sub_process_begins_at_its_none_start_event_and_each_token_ends_at_its_end_event(run, place):
    number = copies(place)
    instance = run(
        *within(place, start("s"), parallel("p"), user("a"), user("b"), end("e1"), end("e2"), "s p a e1", "p b e2")
    )
    assert open_tasks(instance) == ["a"] * number + ["b"] * number

    for _ in range(number):
        instance.complete("a")
    assert instance.state == "active"

    finish(instance)


@pytest.mark.proves("none throw event")
def test_a_none_throw_event_is_passed_through(run):
    instance = run(start("s"), throw("t"), user("u"), end("e"), "s t u e")

    assert instance.path[:2] == ["s", "t"]
    assert open_tasks(instance) == ["u"]


@pytest.mark.proves("terminate end event")
@pytest.mark.parametrize("place", PLACES)
def test_a_terminate_end_event_ends_everything_in_its_scope_and_no_more(run, place):
    number = copies(place)
    drawn = within(
        place, start("s"), parallel("p"), user("a"), user("b"), sub("S", user("c")), terminate("stop"), "s p a stop",
        "p b", "p S",
        event_sub("V", start("vs", signal("go"), interrupting=False), user("h"), "vs h"),
        boundary("late", "b", "PT1H"), boundary("more", "S", signal("go"), interrupting=False),
    )  # fmt: skip
    instance = run(*drawn)
    instance.broadcast("go")

    instance.complete("a")

    left = number - 1
    assert open_tasks(instance) == ["a"] * left + ["b"] * left + ["c"] * left + ["h"] * left
    if not left:
        finish(instance)
