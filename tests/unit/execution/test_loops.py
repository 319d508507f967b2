"""Standard loops (BPMN 2.0.2, 10.3.9 and 13.3.6)."""

import pytest

from baton.bpm.execution.limits import RunLimits
from tests.support.drawing import boundary, end, error, loop, script, service, start, sub, task, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def process(activity, *more):
    return (start("s"), activity, user("after"), end("e"), "s u after e", *more)


@pytest.mark.proves("standard loop")
@pytest.mark.parametrize("place", PLACES)
def test_the_activity_is_done_again_while_the_condition_holds(run, place):
    number = copies(place)
    instance = run(*within(place, *process(user("u", loop=loop("more")))))

    for _ in range(number):
        instance.complete("u", more=True)
    assert open_tasks(instance) == ["u"] * number
    for _ in range(number):
        instance.complete("u", more=False)

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


def test_asked_after_it_is_done_at_least_once(run):
    instance = run(*process(user("u", loop=loop("false"))))
    assert open_tasks(instance) == ["u"]

    instance.complete("u")

    assert open_tasks(instance) == ["after"]


def test_asked_before_it_may_be_done_never(run):
    instance = run(*process(user("u", loop=loop("false", test_before=True))))

    assert open_tasks(instance) == ["after"]


@pytest.mark.parametrize("condition", ["true", None])
def test_the_maximum_ends_it(run, condition):
    instance = run(*process(user("u", loop=loop(condition, maximum=3))))

    for _ in range(3):
        assert open_tasks(instance) == ["u"]
        instance.complete("u")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_a_maximum_of_none_is_never(run):
    assert open_tasks(run(*process(user("u", loop=loop("true", maximum=0))))) == ["after"]


def test_the_condition_sees_the_counter_and_what_was_done(run):
    instance = run(*process(script("u", "n + 1", "n", loop=loop("n < 5"))), variables={"n": 0})

    assert instance.variables["n"] == 5
    assert open_tasks(instance) == ["after"]


def test_a_sub_process_may_be_done_again(run):
    inner = sub("u", start("us"), user("in"), end("ue"), "us in ue", loop=loop("loopCounter < 1"))
    instance = run(*process(inner))

    instance.complete("in")
    assert open_tasks(instance) == ["in"]
    instance.complete("in")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_a_boundary_event_is_for_all_turns_together(run):
    instance = run(*process(service("u", loop=loop("true")), boundary("b", "u", error()), user("mend"), "b mend e"))
    instance.complete_job("u")

    instance.throw_error("u", "x")

    assert open_tasks(instance) == ["mend"]
    finish(instance)


@pytest.mark.parametrize("before", [True, False])
def test_a_condition_that_is_no_truth_value_is_an_incident_and_the_turn_is_not_done_twice(run, before):
    instance = run(
        *process(user("u", loop=loop("more", test_before=before))), variables={"more": True if not before else "so"}
    )
    if not before:
        instance.complete("u", more="so", done=1)
    assert [incident.event.type for incident in instance.incidents] == ["condition"]
    assert open_tasks(instance) == []

    instance.resolve_incident("u", more=False)

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_a_loop_without_end_and_without_wait_is_an_incident_not_a_hang(run):
    instance = run(
        *process(script("u", "1", "x", loop=loop("true"))), limits=RunLimits(steps=100, steps_without_wait=500)
    )

    [incident] = instance.incidents
    assert incident.event.type == "endless_loop"


def test_guided_without_a_condition_a_person_says_whether_there_is_another_turn(guided):
    instance = guided(start("s"), task("u", loop=loop()), user("after"), end("e"), "s u after e")

    instance.complete("u")
    [asked] = instance.user_tasks
    assert (asked.event.kind, [option["name"] for option in asked.event.options]) == (
        "decision",
        ["Once more", "Go on"],
    )
    instance.complete("u:again", decision="again")
    assert open_tasks(instance) == ["u"]
    instance.complete("u")
    instance.complete("u:again", decision="done")

    assert open_tasks(instance) == ["after"]
    finish(instance)
