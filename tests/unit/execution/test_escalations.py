"""Escalations (BPMN 2.0.2, 10.5.6 and 13.5.3): caught outward by the first who can; nobody has to."""

import pytest

from tests.support.drawing import boundary, call, end, escalation, event_sub, start, sub, throw, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def escalating(thrown, **more):
    return sub("S", start("s1"), user("first"), thrown, user("then"), end("e1"), "s1 first t", *more.pop("flows", ()))


THROWN = {
    "throw": (throw("t", escalation("late")), ("t then e1",), ["then"]),
    "end": (end("t", escalation("late")), (), []),
}


@pytest.mark.proves("escalation throw event", "escalation end event", "escalation boundary event, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("caught", ["late", None])
@pytest.mark.parametrize("kind", THROWN)
def test_an_escalation_is_told_while_its_sub_process_goes_on(run, place, kind, caught):
    thrown, flows, goes_on = THROWN[kind]
    number = copies(place)
    instance = run(
        *within(
            place, start("s"), escalating(thrown, flows=flows),
            boundary("b", "S", escalation(caught), interrupting=False), user("told"), end("e"), "s S e", "b told e",
        )
    )  # fmt: skip

    for _ in range(number):
        instance.complete("first")

    assert open_tasks(instance) == sorted([*goes_on, "told"] * number)
    finish(instance)


@pytest.mark.proves("escalation boundary event, interrupting")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", THROWN)
def test_an_interrupting_escalation_ends_its_sub_process(run, place, kind):
    thrown, flows, _ = THROWN[kind]
    number = copies(place)
    instance = run(
        *within(
            place, start("s"), escalating(thrown, flows=flows), boundary("b", "S", escalation("late")), user("told"),
            end("e"), "s S e", "b told e",
        )
    )  # fmt: skip

    for _ in range(number):
        instance.complete("first")

    assert open_tasks(instance) == ["told"] * number
    finish(instance)


@pytest.mark.proves(
    "escalation start event of an event sub-process, interrupting",
    "escalation start event of an event sub-process, non-interrupting",
)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_caught_by_the_event_sub_process_beside_it(run, place, interrupting):
    number = copies(place)
    handler = event_sub(
        "V", start("vs", escalation("late"), interrupting=interrupting), user("told"), end("ve"), "vs told ve"
    )  # fmt: skip
    instance = run(
        *within(
            place, start("s"), user("first"), throw("t", escalation("late")), user("then"), end("e"),
            "s first t then e", handler,
        )
    )  # fmt: skip

    for _ in range(number):
        instance.complete("first")

    assert open_tasks(instance) == ([] if interrupting else ["then"] * number) + ["told"] * number
    finish(instance)


@pytest.mark.parametrize(("around", "caught"), [("late", ["beyond"]), (None, ["beyond"]), ("other", [])])
def test_what_an_event_sub_process_escalates_again_goes_outside_its_sub_process(run, around, caught):
    handler = event_sub(
        "V", start("vs", escalation("late"), interrupting=False), user("told"), end("ve", escalation("late")),
        "vs told ve",
    )  # fmt: skip
    instance = run(
        start("s"), sub("S", start("s1"), throw("t", escalation("late")), user("then"), end("e1"), "s1 t then e1",
        handler), boundary("b", "S", escalation(around), interrupting=False), user("beyond"), end("e"), "s S e",
        "b beyond e",
    )  # fmt: skip

    instance.complete("told")

    assert open_tasks(instance) == sorted(["then", *caught])
    finish(instance)


def test_an_event_sub_process_may_escalate_to_the_one_beside_it(run):
    first = event_sub("V", start("vs", escalation("a"), interrupting=False), end("ve", escalation("b")), "vs ve")
    second = event_sub("W", start("ws", escalation("b"), interrupting=False), user("told"), end("we"), "ws told we")
    instance = run(start("s"), throw("t", escalation("a")), end("e"), "s t e", first, second)

    assert open_tasks(instance) == ["told"]
    finish(instance)


def test_an_event_for_an_escalation_without_a_code_catches_every_one_its_own_before_others(run):
    named = boundary("own", "S", escalation("late", and_others=True), interrupting=False)
    other = boundary("other", "S", escalation("early", and_others=True), interrupting=False)

    for code, caught in (("late", "a"), ("early", "b"), ("unknown", "a")):
        instance = run(
            start("s"), sub("S", start("s1"), throw("t", escalation(code)), end("e1"), "s1 t e1"), named, other,
            user("a"), user("b"), end("e"), "s S e", "own a e", "other b e",
        )  # fmt: skip
        assert open_tasks(instance) == [caught]


@pytest.mark.parametrize("kind", THROWN)
def test_an_escalation_that_nobody_catches_changes_nothing(run, kind):
    thrown, flows, goes_on = THROWN[kind]
    instance = run(start("s"), escalating(thrown, flows=flows), end("e"), "s S e")

    instance.complete("first")

    assert open_tasks(instance) == goes_on
    finish(instance)


def test_only_the_nearest_catcher_gets_an_escalation(run):
    inner = escalating(throw("t", escalation("late")), flows=("t then e1",))
    middle = sub(
        "M", start("ms"), inner, boundary("near", "S", escalation(), interrupting=False), user("a"), end("me"),
        "ms S me", "near a me",
    )  # fmt: skip
    instance = run(
        start("s"), middle, boundary("far", "M", escalation("late"), interrupting=False), user("b"), end("e"), "s M e",
        "far b e",
    )  # fmt: skip

    instance.complete("first")

    assert open_tasks(instance) == ["a", "then"]
    finish(instance)


def test_the_code_of_an_escalation_is_written_to_the_variable_the_event_names(run):
    instance = run(
        start("s"), escalating(end("t", escalation("late"))),
        boundary("b", "S", escalation(code_variable="why"), interrupting=False), user("told"), end("e"), "s S e",
        "b told e",
    )  # fmt: skip

    instance.complete("first")

    assert instance.variables == {"why": "late"}


def test_an_event_for_an_escalation_without_a_code_catches_those_of_a_called_process(run):
    instance = run(
        start("s"), call("c"), boundary("b", "c", escalation("late", and_others=True)), user("told"), end("e"), "s c e",
        "b told e",
    )  # fmt: skip

    instance.throw_escalation_of("c", "early")

    assert open_tasks(instance) == ["told"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_of_a_called_process_is_caught_at_the_call_activity(run, interrupting):
    instance = run(
        start("s"), call("c"), boundary("b", "c", escalation("late"), interrupting=interrupting), user("told"),
        end("e"), "s c e", "b told e",
    )  # fmt: skip

    instance.throw_escalation_of("c", "late")

    assert open_tasks(instance) == ["told"]
    assert len(instance.calls) == (0 if interrupting else 1)


def rethrowing(caught):
    """A handler that tells again what it was told."""
    return event_sub(
        "H", start("h", escalation(caught), interrupting=False), user("handle"), end("again", escalation("late")),
        "h handle again",
    )  # fmt: skip


@pytest.mark.parametrize("caught", ["late", None])
def test_a_handler_hands_on_what_it_throws_and_does_not_catch_it_itself(run, caught):
    instance = run(
        start("s"),
        sub("S", start("s1"), throw("t", escalation("late")), user("then"), "s1 t then", rethrowing(caught)),
        boundary("b", "S", escalation("late"), interrupting=False), user("told"), "s S", "b told",
    )  # fmt: skip
    assert open_tasks(instance) == ["handle", "then"]

    instance.complete("handle")

    assert open_tasks(instance) == ["then", "told"]
    finish(instance)


def test_what_nobody_else_catches_ends_with_the_handler(run):
    instance = run(
        start("s"), sub("S", start("s1"), throw("t", escalation("late")), "s1 t", rethrowing("late")), "s S"
    )  # fmt: skip

    instance.complete("handle")

    assert (instance.state, instance.incidents) == ("completed", [])


def test_another_handler_of_the_same_level_may_catch_it(run):
    other = event_sub("O", start("o", escalation(), interrupting=False), user("other"), "o other")
    instance = run(
        start("s"), sub("S", start("s1"), throw("t", escalation("late")), "s1 t", rethrowing("late"), other), "s S"
    )  # fmt: skip

    instance.complete("handle")

    assert open_tasks(instance) == ["other"]
