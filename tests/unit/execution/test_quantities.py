"""Start and completion quantities (BPMN 2.0.2, table 10.3)."""

import pytest

from tests.support.drawing import end, exclusive, parallel, start, task, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


@pytest.mark.proves("start quantity")
@pytest.mark.parametrize("place", PLACES)
def test_an_activity_begins_when_so_many_tokens_have_come(run, place):
    number = copies(place)
    instance = run(
        *within(
            place, start("s"), parallel("p"), user("a"), user("b"), exclusive("x"), user("u", start_quantity=2),
            end("e"), "s p a x u e", "p b x",
        )
    )  # fmt: skip

    for _ in range(number):
        instance.complete("a")
    assert "u" not in open_tasks(instance)
    for _ in range(number):
        instance.complete("b")

    assert open_tasks(instance) == ["u"] * number
    finish(instance)


def test_twice_as_many_tokens_begin_it_twice(run):
    instance = run(
        start("s"), task("t", completion_quantity=4), user("u", start_quantity=2), end("e"), "s t u e"
    )  # fmt: skip

    assert open_tasks(instance) == ["u", "u"]
    finish(instance)


@pytest.mark.proves("completion quantity")
@pytest.mark.parametrize("place", PLACES)
def test_an_activity_sends_so_many_tokens_when_it_is_done(run, place):
    number = copies(place)
    instance = run(*within(place, start("s"), user("u", completion_quantity=3), user("after"), end("e"), "s u after e"))

    for _ in range(number):
        instance.complete("u")

    assert open_tasks(instance) == ["after"] * 3 * number
    finish(instance)


def test_too_few_tokens_are_an_incident_that_counts_them(run):
    instance = run(start("s"), user("u", start_quantity=2), end("e"), "s u e")

    [incident] = instance.incidents
    assert incident.event.type == "stuck"
    assert "waits for 2 tokens to begin, has 1" in incident.event.message
