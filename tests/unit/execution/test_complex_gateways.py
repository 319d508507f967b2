"""Complex gateways (BPMN 2.0.2, 10.6.5 and 13.4.5)."""

import pytest

from tests.support.drawing import complex_gateway, end, exclusive, parallel, start, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def joined(condition, *more, **options):
    """Three branches come to the gateway, which leads to `after`."""
    return (
        start("s"), parallel("p"), user("a"), user("b"), user("c"), complex_gateway("x", condition, **options),
        user("after"), end("e"), "s p a x", "p b x", "p c x", *more,
    )  # fmt: skip


@pytest.mark.proves("complex gateway")
@pytest.mark.parametrize("place", PLACES)
def test_the_activation_condition_decides_over_the_tokens_that_have_come(run, place):
    number = copies(place)
    instance = run(*within(place, *joined("activationCount >= 2", "x after e")))

    for _ in range(number):
        instance.complete("a")
    assert "after" not in open_tasks(instance)
    for _ in range(number):
        instance.complete("b")

    assert open_tasks(instance).count("after") == number
    finish(instance)


def test_what_comes_later_is_taken_and_does_not_activate_it_again(run):
    instance = run(*joined("activationCount >= 2", "x after e"))
    instance.complete("a")
    instance.complete("b")

    instance.complete("c")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_the_scope_waits_until_the_late_ones_have_come(run):
    instance = run(*joined("activationCount >= 2", "x after e"))
    instance.complete("a")
    instance.complete("b")

    instance.complete("after")

    assert instance.state == "active"
    finish(instance)


def test_conditions_may_ask_whether_it_waits_for_its_start_or_its_reset(run):
    instance = run(
        *joined("activationCount >= 2", ("first", "x after", "waitingForStart"),
                ("rest", "x late", "not(waitingForStart)"), "after e", "late e"),
        user("late"),
    )  # fmt: skip
    instance.complete("a")
    instance.complete("b")
    assert open_tasks(instance) == ["after", "c"]

    instance.complete("c")

    assert open_tasks(instance) == ["after", "late"]
    finish(instance)


def test_after_its_reset_it_begins_anew(run):
    instance = run(
        start("s"), exclusive("again"), parallel("p"), user("a"), user("b"),
        complex_gateway("x", "activationCount >= 1"), user("after"), exclusive("more", default="no"), end("e"),
        "s again p a x", "p b x", "x after more",
        ("yes", "more again", "repeat"), ("no", "more e"),
    )  # fmt: skip
    instance.complete("a")
    instance.complete("b")
    instance.complete("after", repeat=True)
    assert open_tasks(instance) == ["a", "b"]

    instance.complete("b")

    assert open_tasks(instance) == ["a", "after"]


def test_as_a_split_it_takes_every_true_flow_or_its_default(run):
    def split(**variables):
        return run(
            start("s"), complex_gateway("x", "activationCount >= 1", default="else"), user("a"), user("b"), user("c"),
            end("e"), "s x", ("f", "x a", "n > 1"), ("g", "x b", "n > 2"), ("else", "x c"), "a e", "b e", "c e",
            variables=variables,
        )  # fmt: skip

    assert open_tasks(split(n=3)) == ["a", "b"]
    assert open_tasks(split(n=2)) == ["a"]
    assert open_tasks(split(n=0)) == ["c"]


def test_a_condition_that_can_never_hold_is_an_incident_that_shows_it(run):
    instance = run(*joined("activationCount >= 9", "x after e"))
    for id_ in "abc":
        instance.complete(id_)

    [incident] = instance.incidents
    assert incident.event.type == "stuck"
    assert "activationCount >= 9" in incident.event.message


def test_a_condition_that_is_no_truth_value_is_an_incident_asked_again_when_resolved(run):
    instance = run(*joined("wanted", "x after e"), variables={"wanted": 2})
    instance.complete("a")
    assert [incident.event.type for incident in instance.incidents] == ["condition"]

    instance.resolve_incident("x", wanted=True)

    assert open_tasks(instance) == ["after", "b", "c"]
    finish(instance)


def test_guided_without_a_condition_the_first_token_activates_it(guided):
    instance = guided(*joined(None, "x after e"))

    instance.complete("b")

    assert open_tasks(instance) == ["a", "after", "c"]
    finish(instance)


def test_a_split_that_one_flow_leads_to_needs_no_condition(run):
    for n, taken in ((2, ["a"]), (3, ["a", "b"]), (0, ["c"])):
        instance = run(
            start("s"), complex_gateway("x", default="else"), user("a"), user("b"), user("c"), end("e"), "s x",
            ("f", "x a", "n > 1"), ("g", "x b", "n > 2"), ("else", "x c"), "a e", "b e", "c e", variables={"n": n},
        )  # fmt: skip

        assert open_tasks(instance) == taken
        finish(instance)
