"""Multiple events at every position (BPMN 2.0.2, 10.5.2 to 10.5.5 and 13.5)."""

import pytest

from baton.bpm.execution import events
from tests.support.drawing import (
    boundary,
    catch,
    condition,
    end,
    error,
    escalation,
    event_sub,
    message,
    multiple,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.support.event_positions import (
    HOSTS,
    PLACES,
    Cause,
    check_boundary,
    check_boundary_is_closed_with_its_activity,
    check_catch,
    check_event_sub_process,
    check_event_sub_process_is_closed_with_its_scope,
    check_gateway,
    check_host,
    check_start,
    finish,
    open_tasks,
)

CAUSE = Cause(multiple(message("order"), signal("go")), lambda instance: instance.broadcast("go"))


@pytest.mark.proves("multiple start event")
def test_a_multiple_start_event_begins_the_process(run):
    check_start(run, CAUSE)


@pytest.mark.proves("multiple catch event")
@pytest.mark.parametrize("place", PLACES)
def test_a_multiple_catch_event_waits_for_it(run, place):
    check_catch(run, place, CAUSE)


@pytest.mark.parametrize("place", PLACES)
def test_a_multiple_event_behind_a_gateway_closes_the_others(run, place):
    check_gateway(run, place, CAUSE)


@pytest.mark.proves("multiple boundary event, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_multiple_boundary_event_ends_its_activity(run, place):
    check_boundary(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("multiple boundary event, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_multiple_boundary_event_leaves_its_activity_running(run, place):
    check_boundary(run, place, CAUSE, interrupting=False)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_multiple_boundary_event_is_closed_with_its_activity(run, interrupting):
    check_boundary_is_closed_with_its_activity(run, CAUSE, interrupting=interrupting)


@pytest.mark.parametrize("host", HOSTS)
def test_a_multiple_boundary_event_ends_whatever_activity_waits(run, host):
    check_host(run, host, CAUSE)


@pytest.mark.proves("multiple start event of an event sub-process, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_multiple_event_sub_process_ends_what_runs_around_it(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("multiple start event of an event sub-process, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_multiple_event_sub_process_runs_beside(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=False)


def test_a_multiple_event_sub_process_listens_only_while_its_scope_is_alive(run):
    check_event_sub_process_is_closed_with_its_scope(run, CAUSE)


ALL = multiple(message("order"), signal("go"), condition("ready = true"), timer("PT1H"))
CAUSES = {
    "message": lambda instance: instance.receive("order"),
    "signal": lambda instance: instance.broadcast("go"),
    "condition": lambda instance: instance.set_variables(ready=True),
    "timer": lambda instance: instance.advance(hours=1),
}
BOTH = multiple(message("order"), signal("go"), parallel=True)


def both(instance):
    instance.broadcast("go")
    instance.receive("order")


PARALLEL = Cause(BOTH, both)


@pytest.mark.parametrize("cause", CAUSES)
def test_any_of_its_causes_is_enough_and_closes_the_others(run, cause):
    instance = run(start("s"), catch("c", ALL), user("after"), end("e"), "s c after e")

    CAUSES[cause](instance)

    assert open_tasks(instance) == ["after"]
    assert (instance.waiting_for, instance.timers) == ([], [])
    finish(instance)


@pytest.mark.proves("parallel multiple start event")
def test_a_parallel_multiple_start_event_begins_the_process(run):
    check_start(run, PARALLEL)


@pytest.mark.proves("parallel multiple catch event")
def test_a_parallel_multiple_catch_event_waits_for_all_causes(run):
    instance = run(start("s"), catch("c", BOTH), user("after"), end("e"), "s c after e")

    instance.broadcast("go")
    assert open_tasks(instance) == []
    assert instance.waiting_for == [("c", "order")]

    instance.receive("order")
    assert open_tasks(instance) == ["after"]
    finish(instance)


@pytest.mark.proves("parallel multiple boundary event, interrupting")
def test_an_interrupting_parallel_multiple_boundary_event_needs_all_causes(run):
    check_boundary(run, "process", PARALLEL, interrupting=True)
    check_boundary(run, "sub-process", PARALLEL, interrupting=True)


@pytest.mark.proves("parallel multiple boundary event, non-interrupting")
def test_a_non_interrupting_parallel_multiple_boundary_event_needs_all_causes_each_time(run):
    instance = run(
        start("s"), user("u"), boundary("b", "u", BOTH, interrupting=False), user("note"), end("e"), "s u e",
        "b note e",
    )  # fmt: skip

    both(instance)
    assert open_tasks(instance) == ["note", "u"]
    instance.receive("order")
    assert open_tasks(instance) == ["note", "u"]
    instance.broadcast("go")

    assert open_tasks(instance) == ["note", "note", "u"]
    finish(instance)


@pytest.mark.proves("parallel multiple start event of an event sub-process, interrupting")
def test_an_interrupting_parallel_multiple_event_sub_process_needs_all_causes(run):
    check_event_sub_process(run, "process", PARALLEL, interrupting=True)


@pytest.mark.proves("parallel multiple start event of an event sub-process, non-interrupting")
def test_a_non_interrupting_parallel_multiple_event_sub_process_needs_all_causes(run):
    check_event_sub_process(run, "sub-process", PARALLEL, interrupting=False)


@pytest.mark.proves("multiple throw event")
def test_a_multiple_throw_event_throws_all_and_goes_on(run):
    instance = run(
        start("s"), throw("t", multiple(signal("go"), message("order"))), user("after"), end("e"), "s t after e"
    )  # fmt: skip

    thrown = [type(e).__name__ for e in instance.events if isinstance(e, events.SignalThrown | events.MessageThrown)]
    assert thrown == ["SignalThrown", "MessageThrown"]
    assert open_tasks(instance) == ["after"]


@pytest.mark.proves("multiple end event")
def test_a_multiple_end_event_throws_all_it_has(run):
    inner = sub("S", start("s1"), end("t", multiple(message("order"), escalation("late"), error("x"))), "s1 t")
    instance = run(
        start("s"), inner, boundary("b1", "S", escalation("late"), interrupting=False), boundary("b2", "S", error("x")),
        user("told"), user("mended"), end("e"), "s S e", "b1 told e", "b2 mended e",
    )  # fmt: skip

    assert open_tasks(instance) == ["mended", "told"]
    assert any(isinstance(event, events.MessageThrown) for event in instance.events)
    finish(instance)


def test_a_multiple_boundary_event_catches_errors_too(run):
    inner = sub("S", start("s1"), end("t", error("x")), "s1 t")
    instance = run(
        start("s"), inner, boundary("b", "S", multiple(message("order"), error("x"))), user("mended"), end("e"),
        "s S e", "b mended e",
    )  # fmt: skip

    assert open_tasks(instance) == ["mended"]
    finish(instance)


def test_a_multiple_event_sub_process_catches_errors_too(run):
    handler = event_sub("V", start("vs", multiple(signal("go"), error("x"))), user("mend"), end("ve"), "vs mend ve")
    instance = run(start("s"), end("t", error("x")), "s t", handler)

    assert open_tasks(instance) == ["mend"]
    finish(instance)
