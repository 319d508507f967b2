"""Signals at every position (BPMN 2.0.2, 10.5.2 to 10.5.5 and 13.5)."""

import pytest

from baton.bpm.definition.event_definitions import SignalEventDefinition
from baton.bpm.errors import WrongState
from baton.bpm.execution import events
from tests.support.drawing import boundary, catch, end, event_sub, feel, parallel, signal, start, sub, task, throw, user
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

CAUSE = Cause(signal("go"), lambda instance: instance.broadcast("go"))


@pytest.mark.proves("signal start event")
def test_a_signal_start_event_begins_the_process(run):
    check_start(run, CAUSE)


@pytest.mark.proves("signal catch event")
@pytest.mark.parametrize("place", PLACES)
def test_a_signal_catch_event_waits_for_it(run, place):
    check_catch(run, place, CAUSE)


@pytest.mark.parametrize("place", PLACES)
def test_a_signal_event_behind_a_gateway_closes_the_others(run, place):
    check_gateway(run, place, CAUSE)


@pytest.mark.proves("signal boundary event, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_signal_boundary_event_ends_its_activity(run, place):
    check_boundary(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("signal boundary event, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_signal_boundary_event_leaves_its_activity_running(run, place):
    check_boundary(run, place, CAUSE, interrupting=False)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_boundary_event_is_closed_with_its_activity(run, interrupting):
    check_boundary_is_closed_with_its_activity(run, CAUSE, interrupting=interrupting)


@pytest.mark.parametrize("host", HOSTS)
def test_a_signal_boundary_event_ends_whatever_activity_waits(run, host):
    check_host(run, host, CAUSE)


@pytest.mark.proves("signal start event of an event sub-process, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_signal_event_sub_process_ends_what_runs_around_it(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("signal start event of an event sub-process, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_signal_event_sub_process_runs_beside(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=False)


def test_a_signal_event_sub_process_listens_only_while_its_scope_is_alive(run):
    check_event_sub_process_is_closed_with_its_scope(run, CAUSE)


def thrown(instance):
    return [(event.name, event.variables) for event in instance.events if isinstance(event, events.SignalThrown)]


def two_waiters_and(last, *flows):
    return (
        start("s"), parallel("p"), catch("c1", signal("go")), catch("c2", signal("go")), user("a"), user("b"),
        user("first"), last, end("e"), "s p c1 a e", "p c2 b e", "p first t", *flows,
    )  # fmt: skip


@pytest.mark.proves("signal throw event")
def test_a_signal_throw_event_reaches_everything_that_waits_in_its_instance_and_goes_on(run):
    instance = run(*two_waiters_and(throw("t", signal("go")), "t e"))

    instance.complete("first", x=1)

    assert open_tasks(instance) == ["a", "b"]
    assert thrown(instance) == [("go", {"x": 1})]
    finish(instance)


@pytest.mark.proves("signal end event")
def test_a_signal_end_event_reaches_everything_that_waits_in_its_instance(run):
    instance = run(*two_waiters_and(end("t", signal("go"))))

    instance.complete("first")

    assert open_tasks(instance) == ["a", "b"]
    assert thrown(instance) == [("go", {})]
    finish(instance)


def test_a_signal_is_not_remembered_for_what_waits_later(run):
    instance = run(start("s"), throw("t", signal("go")), catch("c", signal("go")), end("e"), "s t c e")

    assert instance.waiting_for == [("c", "go")]


def test_a_signal_end_event_may_interrupt_its_own_sub_process(run):
    inner = sub("S", start("s1"), parallel("p"), user("u"), end("e1", signal("stop")), "s1 p u", "p e1")
    instance = run(start("s"), inner, boundary("b", "S", signal("stop")), user("late"), end("e"), "s S e", "b late e")

    assert open_tasks(instance) == ["late"]
    finish(instance)


def test_a_signal_that_a_sub_process_handles_inside_does_not_interrupt_it_from_outside(run):
    inside = event_sub("V", start("vs", signal("go")), user("handle"), end("ve"), "vs handle ve")
    inner = sub("S", start("s1"), user("u"), end("e1"), "s1 u e1", inside)
    instance = run(start("s"), inner, boundary("b", "S", signal("go")), user("late"), end("e"), "s S e", "b late e")

    instance.broadcast("go")

    assert open_tasks(instance) == ["handle"]
    finish(instance)


def test_a_signal_of_another_name_changes_nothing(run):
    instance = run(start("s"), catch("c", signal("go")), end("e"), "s c e")

    with pytest.raises(WrongState, match="'stop'"):
        instance.broadcast("stop")

    assert instance.waiting_for == [("c", "go")]


def test_what_a_signal_from_outside_brings_is_written(run):
    instance = run(start("s"), catch("c", signal("go")), end("e"), "s c e")

    instance.broadcast("go", level=3)

    assert instance.variables == {"level": 3}


def test_a_signal_name_may_be_an_expression_and_must_be_a_text(run):
    instance = run(
        start("s"), catch("c", SignalEventDefinition(feel('"go-" + area'))), task("t"), end("e"), "s c t e"
    )  # fmt: skip
    assert [incident.event.type for incident in instance.incidents] == ["signal"]

    instance.resolve_incident("c", area="north")
    instance.broadcast("go-north")

    finish(instance)
