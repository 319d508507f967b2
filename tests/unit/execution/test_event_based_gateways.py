"""Event-based gateways (BPMN 2.0.2, 10.6.6 and 13.4.4): what happens first chooses the way."""

import pytest

from tests.support.drawing import (
    boundary,
    catch,
    condition,
    end,
    event_gateway,
    exclusive,
    message,
    receive,
    signal,
    start,
    sub,
    user,
)
from tests.support.event_positions import finish, open_tasks

RACE = (
    start("s"), event_gateway("g"), catch("m", message("order")), catch("i", signal("go")), catch("t", "PT1H"),
    catch("c", condition("ready = true")), receive("r", "paid"), user("um"), user("ui"), user("ut"), user("uc"),
    user("ur"), end("e"), "s g m um e", "g i ui e", "g t ut e", "g c uc e", "g r ur e",
)  # fmt: skip
CAUSES = {
    "um": lambda instance: instance.receive("order"),
    "ui": lambda instance: instance.broadcast("go"),
    "ut": lambda instance: instance.advance(hours=1),
    "uc": lambda instance: instance.set_variables(ready=True),
    "ur": lambda instance: instance.receive("paid"),
}


@pytest.mark.proves("event-based gateway")
@pytest.mark.parametrize("way", CAUSES)
def test_the_first_event_chooses_the_way_and_closes_the_others(run, way):
    instance = run(*RACE)

    CAUSES[way](instance)

    assert open_tasks(instance) == [way]
    assert (instance.waiting_for, instance.timers) == ([], [])
    finish(instance)


def test_it_can_be_reached_again_in_a_loop(run):
    instance = run(
        start("s"), exclusive("x"), event_gateway("g"), catch("m", message("again")), catch("i", signal("stop")),
        end("e"), "s x g m x", "g i e",
    )  # fmt: skip

    for _ in range(3):
        instance.receive("again")
    instance.broadcast("stop")

    assert instance.path.count("g") == 4
    finish(instance)


def test_interrupting_the_scope_closes_its_events(run):
    inner = sub("S", start("s1"), event_gateway("g"), catch("m", message("a")), catch("i", signal("b")), "s1 g m",
                "g i")  # fmt: skip
    instance = run(start("s"), inner, boundary("b", "S", "PT1H"), end("e"), "s S e", "b e")

    instance.advance(hours=1)

    finish(instance)


def test_a_correlation_key_without_value_is_an_incident_at_the_gateway(run):
    instance = run(
        start("s"), event_gateway("g"), catch("m", message("a", "id")), catch("t", "PT1H"), end("e"), "s g m e", "g t e"
    )  # fmt: skip
    assert [incident.element_id for incident in instance.incidents] == ["g"]
    assert instance.timers == []

    instance.resolve_incident("g", id=4)
    instance.receive("a")

    finish(instance)


def test_guided_an_event_that_says_nothing_is_a_persons_to_continue(guided):
    instance = guided(start("s"), event_gateway("g"), catch("a"), catch("b"), user("ua"), user("ub"), end("e"),
                      "s g a ua e", "g b ub e")  # fmt: skip
    assert [item.event.kind for item in instance.user_tasks] == ["continue", "continue"]

    instance.complete("b")

    assert open_tasks(instance) == ["ub"]
    finish(instance)
