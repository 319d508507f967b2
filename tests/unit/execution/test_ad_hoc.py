"""Ad-hoc sub-processes (BPMN 2.0.2, 10.3.5 and 13.3.5)."""

import pytest

from tests.support.drawing import ad_hoc, boundary, end, event_sub, feel, signal, start, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within

INSIDE = (user("a"), user("b"), user("b2"), "b b2")


def process(activity, *more):
    return (start("s"), activity, user("after"), end("e"), "s u after e", *more)


def choose(instance, *ids):
    instance.complete("u:choice", decision=ids)


@pytest.mark.proves("ad-hoc sub-process, parallel")
@pytest.mark.parametrize("place", PLACES)
def test_people_choose_what_is_done_and_when_nothing_more_is(run, place):
    number = copies(place)
    instance = run(*within(place, *process(ad_hoc("u", *INSIDE))))
    [*asked] = instance.user_tasks
    assert [option["id"] for option in asked[0].event.options] == ["a", "b", "done"]

    for _ in range(number):
        choose(instance, "a", "b")
    assert open_tasks(instance) == sorted(["a", "b", "u:choice"] * number)
    for _ in range(number):
        for id_ in ("a", "b", "b2"):
            instance.complete(id_)
    assert open_tasks(instance) == ["u:choice"] * number
    for _ in range(number):
        choose(instance, "done")

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


def test_something_may_be_done_twice(run):
    instance = run(*process(ad_hoc("u", *INSIDE)))

    choose(instance, "a")
    instance.complete("a")
    choose(instance, "a")

    assert open_tasks(instance) == ["a", "u:choice"]


def test_nothing_more_waits_for_what_runs(run):
    instance = run(*process(ad_hoc("u", *INSIDE)))
    choose(instance, "a")

    choose(instance, "done")
    assert open_tasks(instance) == ["a"]
    instance.complete("a")

    assert open_tasks(instance) == ["after"]
    finish(instance)


@pytest.mark.proves("ad-hoc sub-process, sequential")
def test_a_sequential_one_asks_again_only_when_what_was_chosen_is_done(run):
    instance = run(*process(ad_hoc("u", *INSIDE, parallel=False)))

    choose(instance, "b")
    assert open_tasks(instance) == ["b"]
    instance.complete("b")
    assert open_tasks(instance) == ["b2"]
    instance.complete("b2")
    assert open_tasks(instance) == ["u:choice"]
    choose(instance, "done")

    assert open_tasks(instance) == ["after"]
    finish(instance)


@pytest.mark.proves("ad-hoc sub-process: completion condition")
@pytest.mark.parametrize("cancel", [True, False])
def test_the_completion_condition_ends_it_and_cancels_the_rest_if_it_says_so(run, cancel):
    instance = run(*process(ad_hoc("u", *INSIDE, until="enough", cancel_remaining=cancel)))
    choose(instance, "a", "b")

    instance.complete("a", enough=True)

    if not cancel:
        assert open_tasks(instance) == ["b"]
        instance.complete("b")
        instance.complete("b2")
    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_a_completion_condition_is_asked_after_everything_that_is_done(run):
    instance = run(*process(ad_hoc("u", *INSIDE, until="enough")))
    choose(instance, "a", "b")

    instance.complete("b", enough=False)
    instance.complete("a")

    assert open_tasks(instance) == ["b2", "u:choice"]


def test_a_diagram_may_say_what_it_begins_with(run):
    instance = run(
        *process(ad_hoc("u", *INSIDE, active_elements=feel("first"))), variables={"first": ["a", "b"]}
    )  # fmt: skip
    assert open_tasks(instance) == ["a", "b"]

    for id_ in ("a", "b", "b2"):
        instance.complete(id_)

    assert open_tasks(instance) == ["after"]
    finish(instance)


@pytest.mark.parametrize("first", [["nope"], "a", None, ["b2"]])
def test_elements_that_cannot_begin_are_an_incident(run, first):
    instance = run(*process(ad_hoc("u", *INSIDE, active_elements=feel("first"))), variables={"first": first})
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("u", "loop")

    instance.resolve_incident("u", first=["a"])

    assert open_tasks(instance) == ["a"]


def test_a_completion_condition_that_is_no_truth_value_is_an_incident(run):
    instance = run(*process(ad_hoc("u", *INSIDE, until="enough")))
    choose(instance, "a")

    instance.complete("a", enough=5)

    assert [(incident.element_id, incident.event.type) for incident in instance.incidents] == [("u", "condition")]


def test_a_boundary_event_ends_it_with_its_question(run):
    instance = run(*process(ad_hoc("u", *INSIDE), boundary("due", "u", "PT1H"), user("late"), "due late e"))
    choose(instance, "a")

    instance.advance(hours=1)

    assert open_tasks(instance) == ["late"]
    finish(instance)


def test_an_event_sub_process_in_it_listens_while_it_runs(run):
    handler = event_sub("V", start("vs", signal("go"), interrupting=False), user("handle"), "vs handle")
    instance = run(*process(ad_hoc("u", *INSIDE, handler)))

    instance.broadcast("go")

    assert open_tasks(instance) == ["handle", "u:choice"]
