"""Links (BPMN 2.0.2, 10.5.5): a throw goes on at the catch of its name, as if a sequence flow led there."""

import pytest

from tests.support.drawing import catch, end, exclusive, link, start, sub, throw, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


@pytest.mark.proves("link throw event", "link catch event")
@pytest.mark.parametrize("place", PLACES)
def test_a_link_goes_on_at_its_catch_event(run, place):
    instance = run(
        *within(
            place, start("s"), throw("from", link("A")), catch("to", link("A")), user("after"), end("e"), "s from",
            "to after e",
        )
    )  # fmt: skip

    assert open_tasks(instance) == ["after"] * copies(place)
    assert instance.path.index("from") < instance.path.index("to")
    finish(instance)


@pytest.mark.parametrize("left", [True, False])
def test_several_throw_events_may_lead_to_one_catch_event(run, left):
    instance = run(
        start("s"), exclusive("x", default="no"), throw("a", link("A")), throw("b", link("A")), catch("to", link("A")),
        user("after"), end("e"), "s x", ("yes", "x a", "left"), ("no", "x b"), "to after e", variables={"left": left},
    )  # fmt: skip

    assert open_tasks(instance) == ["after"]
    assert ("a" in instance.path, "b" in instance.path) == (left, not left)


def test_a_link_stays_in_its_scope(run):
    inner = sub("S", start("s1"), throw("from1", link("A")), catch("to1", link("A")), user("in"), end("e1"),
                "s1 from1", "to1 in e1")  # fmt: skip
    instance = run(
        start("s"), inner, throw("from", link("A")), catch("to", link("A")), user("out"), end("e"), "s S from",
        "to out e",
    )  # fmt: skip
    assert open_tasks(instance) == ["in"]

    instance.complete("in")

    assert open_tasks(instance) == ["out"]
    finish(instance)


def test_a_link_may_close_a_loop(run):
    instance = run(
        start("s"), user("u"), exclusive("x", default="out"), throw("from", link("A")), catch("to", link("A")),
        end("e"), "s u x", ("again", "x from", "more"), ("out", "x e"), "to u",
    )  # fmt: skip

    instance.complete("u", more=True)
    assert open_tasks(instance) == ["u"]

    instance.complete("u", more=False)
    finish(instance)
