"""Conditional events at every position (BPMN 2.0.2, 10.5.2 to 10.5.5 and 13.5)."""

import pytest

from baton.bpm.definition.elements import Expression, Language
from baton.bpm.definition.event_definitions import ConditionalEventDefinition
from baton.bpm.execution import events
from tests.support.drawing import boundary, catch, condition, end, event_sub, parallel, script, start, sub, user
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

CAUSE = Cause(condition("ready = true"), lambda instance: instance.set_variables(ready=True))


@pytest.mark.proves("conditional start event")
def test_a_conditional_start_event_begins_the_process(run):
    check_start(run, CAUSE)


@pytest.mark.proves("conditional catch event")
@pytest.mark.parametrize("place", PLACES)
def test_a_conditional_catch_event_waits_for_it(run, place):
    check_catch(run, place, CAUSE)


@pytest.mark.parametrize("place", PLACES)
def test_a_conditional_event_behind_a_gateway_closes_the_others(run, place):
    check_gateway(run, place, CAUSE)


@pytest.mark.proves("conditional boundary event, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_conditional_boundary_event_ends_its_activity(run, place):
    check_boundary(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("conditional boundary event, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_conditional_boundary_event_leaves_its_activity_running(run, place):
    check_boundary(run, place, CAUSE, interrupting=False)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_conditional_boundary_event_is_closed_with_its_activity(run, interrupting):
    check_boundary_is_closed_with_its_activity(run, CAUSE, interrupting=interrupting)


@pytest.mark.parametrize("host", HOSTS)
def test_a_conditional_boundary_event_ends_whatever_activity_waits(run, host):
    check_host(run, host, CAUSE)


@pytest.mark.proves("conditional start event of an event sub-process, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_conditional_event_sub_process_ends_what_runs_around_it(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("conditional start event of an event sub-process, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_conditional_event_sub_process_runs_beside(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=False)


def test_a_conditional_event_sub_process_listens_only_while_its_scope_is_alive(run):
    check_event_sub_process_is_closed_with_its_scope(run, CAUSE)


def fulfilled(instance):
    return sum(isinstance(event, events.ConditionFulfilled) for event in instance.events)


def nudged(text="n > 1", *variables):
    return (
        start("s"), user("u"), boundary("b", "u", condition(text, *variables), interrupting=False), user("note"),
        end("e"), "s u e", "b note e",
    )  # fmt: skip


def test_a_condition_that_holds_already_happens_at_once(run):
    instance = run(start("s"), catch("c", condition("n > 1")), end("e"), "s c e", variables={"n": 2})

    finish(instance)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_happens_in_the_step_that_makes_it_true_though_the_next_makes_it_false(run, interrupting):
    woken = start("vs", condition("n > 1"), interrupting=interrupting)
    handler = event_sub("V", woken, user("h"), end("ve"), "vs h ve")
    instance = run(
        start("s"), script("up", "5", "n"), script("down", "0", "n"), user("u"), end("e"), "s up down u e", handler
    )  # fmt: skip

    assert open_tasks(instance) == (["h"] if interrupting else ["h", "u"])
    assert instance.variables["n"] == (5 if interrupting else 0)
    finish(instance)


def test_a_condition_that_holds_already_ends_a_sub_process_in_which_nothing_waits(run):
    instance = run(
        start("s"), sub("S", start("s1"), script("step", "1", "m"), end("e1"), "s1 step e1"),
        boundary("b", "S", condition("n > 1")), user("u"), user("v"), end("e"), "s S v e", "b u e", variables={"n": 2},
    )  # fmt: skip

    assert open_tasks(instance) == ["u"]
    assert "step" not in instance.path
    finish(instance)


def test_a_condition_that_is_null_does_not_hold(run):
    instance = run(start("s"), catch("c", condition("n > 1")), end("e"), "s c e")

    assert instance.state == "active"
    assert instance.incidents == []


def test_a_juel_condition_does_not_hold_while_its_variable_is_missing(run):
    juel = ConditionalEventDefinition(Expression("${n > 1}", Language.JUEL))
    instance = run(start("s"), user("u"), boundary("b", "u", juel), user("v"), end("e"), "s u e", "b v e")
    assert (open_tasks(instance), instance.incidents) == (["u"], [])

    instance.set_variables(n=2)

    assert open_tasks(instance) == ["v"]


def test_a_condition_happens_again_only_after_it_was_false_in_between(run):
    instance = run(*nudged())

    counts = []
    for n in (2, 3, 0, 5):
        instance.set_variables(n=n)
        counts.append(fulfilled(instance))

    assert counts == [1, 1, 1, 2]
    assert open_tasks(instance) == ["note", "note", "u"]


def test_a_condition_sees_what_a_script_or_a_person_wrote(run):
    by_script = run(
        start("s"), user("u"), script("add", "5", "n"), user("v"), boundary("b", "v", condition("n > 1")), end("e"),
        "s u add v e", "b e",
    )  # fmt: skip
    by_script.complete("u")
    finish(by_script)

    by_person = run(
        start("s"), parallel("p"), user("u"), catch("c", condition("n > 1")), end("e"), "s p u e", "p c e"
    )  # fmt: skip
    by_person.complete("u", n=2)
    finish(by_person)


def test_a_condition_is_asked_only_when_the_variables_it_names_change(run):
    instance = run(*nudged("n > 1", "watched"))

    instance.set_variables(n=2)
    assert fulfilled(instance) == 0

    instance.set_variables(watched=True)
    assert fulfilled(instance) == 1


def test_a_variable_of_another_scope_does_not_fulfil_a_condition(run):
    waits = sub("S", start("s1"), catch("c", condition("n > 1")), end("e1"), "s1 c e1")
    hides = sub("T", start("s2"), script("x", "5", "n"), user("u"), end("e2"), "s2 x u e2", local_variables=("n",))
    instance = run(start("s"), start("other"), waits, hides, end("e"), "s S e", "s T e", at="s")

    assert fulfilled(instance) == 0
    assert instance.waiting_for == [("c", None)]


@pytest.mark.parametrize(("text", "wrong"), [("n", 5), ("n + 1", 1), ("1 / n > 0", 0)])
def test_a_condition_that_is_no_truth_value_is_an_incident_and_asked_again_when_resolved(run, text, wrong):
    instance = run(start("s"), catch("c", condition(text)), end("e"), "s c e")
    instance.set_variables(n=wrong)
    if text == "1 / n > 0":
        assert instance.incidents == []  # null in FEEL
        return
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("c", "condition")

    if text == "n":
        instance.resolve_incident("c", n=True)
        finish(instance)
