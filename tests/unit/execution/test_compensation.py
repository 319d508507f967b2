"""Compensation (BPMN 2.0.2, 10.7 and 13.5.5): completed activities are undone, newest first."""

import pytest

from baton.bpm.definition.event_definitions import TerminateEventDefinition
from tests.support.drawing import (
    boundary,
    compensate,
    each,
    end,
    error,
    event_sub,
    exclusive,
    feel,
    parallel,
    script,
    service,
    start,
    sub,
    task,
    throw,
    timer,
    times,
    undone_by,
    user,
)
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def undo(id, **more):
    return user(id, for_compensation=True, **more)


def two_done(last, *flows):
    """`a` and `b` are done, in this order, and have handlers; then comes `t`."""
    return (
        start("s"), user("a"), undone_by("a", "ua"), undo("ua"), user("b"), undone_by("b", "ub"), undo("ub"), last,
        end("e"), "s a b t", *flows,
    )  # fmt: skip


def do(instance, *ids):
    for id_ in ids:
        assert id_ in open_tasks(instance), (id_, open_tasks(instance))
        instance.complete(id_)


@pytest.mark.proves("compensation throw event", "compensation boundary event")
def test_a_compensation_throw_event_undoes_what_was_done_newest_first_and_then_goes_on(run):
    instance = run(*two_done(throw("t", compensate()), "t after e"), user("after"))

    do(instance, "a", "b")
    assert open_tasks(instance) == ["ub"]
    do(instance, "ub")
    assert open_tasks(instance) == ["ua"]
    do(instance, "ua")

    assert open_tasks(instance) == ["after"]
    finish(instance)


@pytest.mark.proves("compensation end event")
def test_a_compensation_end_event_undoes_what_was_done_before_the_process_ends(run):
    instance = run(*two_done(end("t", compensate())))

    do(instance, "a", "b", "ub")
    assert instance.state == "active"
    do(instance, "ua")

    finish(instance)


def test_one_activity_may_be_compensated_alone(run):
    instance = run(*two_done(throw("t", compensate("a")), "t after e"), user("after"))

    do(instance, "a", "b", "ua")

    assert open_tasks(instance) == ["after"]
    assert "ub" not in instance.path
    finish(instance)


def test_nothing_is_undone_twice(run):
    instance = run(*two_done(throw("t", compensate()), "t t2 after e"), throw("t2", compensate()), user("after"))

    do(instance, "a", "b", "ub", "ua")

    assert open_tasks(instance) == ["after"]
    assert (instance.path.count("ua"), instance.path.count("ub")) == (1, 1)


def test_what_was_never_completed_is_not_undone(run):
    instance = run(
        start("s"), parallel("p"), user("a"), undone_by("a", "ua"), undo("ua"), user("go"), throw("t", compensate()),
        end("e"), "s p a e", "p go t e",
    )  # fmt: skip

    do(instance, "go")

    assert "ua" not in instance.path
    assert open_tasks(instance) == ["a"]
    finish(instance)


def test_an_activity_done_in_a_loop_is_undone_as_often_as_it_was_done(run):
    instance = run(
        start("s"), user("a"), undone_by("a", "ua"), undo("ua"), exclusive("x", default="on"), end("t", compensate()),
        "s a x", ("again", "x a", "more"), ("on", "x t"),
    )  # fmt: skip
    instance.complete("a", more=True)
    instance.complete("a", more=False)

    do(instance, "ua", "ua")

    finish(instance)
    assert instance.path.count("ua") == 2


def test_without_waiting_the_thrower_goes_on_at_once(run):
    instance = run(*two_done(throw("t", compensate(wait=False)), "t after e"), user("after"))

    do(instance, "a", "b")

    assert open_tasks(instance) == ["after", "ua", "ub"]
    finish(instance)


def test_a_handler_that_passes_through_is_enough(run):
    instance = run(
        start("s"), task("a"), undone_by("a", "ua"), script("ua", "1", "undone", for_compensation=True),
        end("t", compensate()), "s a t",
    )  # fmt: skip

    assert instance.variables == {"undone": 1}
    finish(instance)


def test_a_handler_of_a_worker_is_waited_for(run):
    instance = run(
        start("s"), task("a"), undone_by("a", "ua"), service("ua", for_compensation=True), throw("t", compensate()),
        user("after"), end("e"), "s a t after e",
    )  # fmt: skip
    assert open_tasks(instance) == []

    instance.complete_job("ua", refunded=5)

    assert open_tasks(instance) == ["after"]
    assert instance.variables == {"refunded": 5}


def test_a_handler_that_fails_is_an_incident_and_goes_on_when_resolved(run):
    instance = run(
        start("s"), task("a"), undone_by("a", "ua"), service("ua", feel("worker"), for_compensation=True),
        throw("t", compensate()), user("after"), end("e"), "s a t after e",
    )  # fmt: skip

    assert [incident.element_id for incident in instance.incidents] == ["ua"]
    assert open_tasks(instance) == []

    instance.resolve_incident("ua", worker="refund")
    instance.complete_job("refund")

    assert open_tasks(instance) == ["after"]
    assert instance.path.count("ua") == 1


def inner(*more, id="S", **options):
    return sub(
        id, start("s1"), user("a"), undone_by("a", "ua"), undo("ua"), user("b"), undone_by("b", "ub"), undo("ub"),
        end("e1"), "s1 a b e1", *more, **options,
    )  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_completed_sub_process_is_undone_by_the_handlers_in_it(run, place):
    instance = run(
        *within(place, start("s"), inner(), throw("t", compensate()), user("after"), end("e"), "s S t after e")
    )

    for _ in range(copies(place)):
        do(instance, "a", "b")
        assert open_tasks(instance).count("ub") == 1
        do(instance, "ub", "ua")

    assert open_tasks(instance) == ["after"] * copies(place)
    finish(instance)


def test_a_completed_sub_process_may_be_compensated_by_its_id(run):
    instance = run(start("s"), inner(), throw("t", compensate("S")), end("e"), "s S t e")

    do(instance, "a", "b", "ub", "ua")

    finish(instance)


def test_the_handler_of_the_sub_process_itself_takes_the_place_of_those_in_it(run):
    instance = run(
        start("s"), inner(), undone_by("S", "us"), undo("us"), throw("t", compensate()), end("e"), "s S t e"
    )  # fmt: skip

    do(instance, "a", "b", "us")

    assert "ua" not in instance.path
    finish(instance)


@pytest.mark.proves("compensation start event of an event sub-process")
def test_a_compensation_event_sub_process_says_how_its_sub_process_is_undone(run):
    instance = run(
        start("s"),
        inner(event_sub("V", start("vs", compensate()), user("careful"), throw("vt", compensate()), end("ve"),
                        "vs careful vt ve")),
        throw("t", compensate()), user("after"), end("e"), "s S t after e",
    )  # fmt: skip
    do(instance, "a", "b")
    assert open_tasks(instance) == ["careful"]

    do(instance, "careful")
    assert open_tasks(instance) == ["ub"]
    do(instance, "ub", "ua")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_an_event_sub_process_undoes_what_was_done_in_it_and_then_what_was_done_around_it(run):
    handler = event_sub(
        "V", start("vs", error("broken")), user("b"), undone_by("b", "ub"), undo("ub"), throw("t", compensate()),
        end("ve"), "vs b t ve",
    )  # fmt: skip
    instance = run(
        start("s"), user("a"), undone_by("a", "ua"), undo("ua"), end("e", error("broken")), "s a e", handler
    )  # fmt: skip
    do(instance, "a", "b")
    assert open_tasks(instance) == ["ub"]

    do(instance, "ub", "ua")

    finish(instance)


def test_a_handler_in_a_completed_sub_process_sees_the_variables_as_they_were(run):
    keeps = sub(
        "S", start("s1"), script("set", "7", "n"), undone_by("set", "us"), service("us", for_compensation=True),
        end("e1"), "s1 set e1", local_variables=("n",),
    )  # fmt: skip
    seen = []
    instance = run(
        start("s"), keeps, end("t", compensate()), "s S t", handlers={"work": lambda variables: seen.append(variables)}
    )  # fmt: skip

    assert seen == [{"n": 7}]
    finish(instance)


@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_of_a_multi_instance_activity_is_undone(run, sequential):
    instance = run(
        start("s"), user("a", loop=each('["x", "y"]', sequential=sequential)), undone_by("a", "ua"),
        script("ua", "append(if undone = null then [] else undone, item)", "undone", for_compensation=True),
        end("t", compensate()), "s a t",
    )  # fmt: skip

    do(instance, "a", "a")

    assert sorted(instance.variables["undone"]) == ["x", "y"]
    assert instance.path.count("ua") == 2
    finish(instance)


def test_the_handlers_in_each_instance_of_a_sub_process_are_run(run):
    instance = run(start("s"), inner(loop=times(2, sequential=True)), end("t", compensate()), "s S t")
    do(instance, "a", "b", "a", "b")

    do(instance, "ub", "ua", "ub", "ua")

    finish(instance)


def test_an_error_handler_may_compensate_what_was_done_around_it(run):
    handler = event_sub("V", start("vs", error()), throw("t", compensate()), end("ve"), "vs t ve")
    instance = run(
        start("s"), user("a"), undone_by("a", "ua"), undo("ua"), end("bad", error("x")), "s a bad", handler
    )  # fmt: skip

    do(instance, "a", "ua")

    finish(instance)


def test_a_handler_begins_by_compensation_only(guided):
    instance = guided(start("s"), user("a"), undone_by("a", "ua"), undo("ua"), end("e"), "s a e")

    assert open_tasks(instance) == ["a"]
    do(instance, "a")
    finish(instance)


def test_an_interrupted_sub_process_is_not_undone(run):
    instance = run(
        start("s"), inner(), boundary("late", "S", "PT1H"), throw("t", compensate()), user("after"), end("e"),
        "s S e", "late t after e",
    )  # fmt: skip
    do(instance, "a")

    instance.advance(hours=1)

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_ending_the_process_ends_the_handlers_that_run_in_a_completed_sub_process(run):
    instance = run(
        start("s"), inner(), boundary("late", "S", "PT9H"), parallel("p"), throw("t", compensate()), user("stop"),
        end("over", TerminateEventDefinition()), end("e"), "s S p t e", "p stop over", "late e",
    )  # fmt: skip
    do(instance, "a", "b")
    assert open_tasks(instance) == ["stop", "ub"]

    do(instance, "stop")

    assert open_tasks(instance) == []
    finish(instance)


def test_a_handler_that_its_boundary_event_interrupts_is_done_and_the_next_one_begins(run):
    late = boundary("late", "ub", timer("PT1H"))
    instance = run(*two_done(end("t", compensate())), late, user("told"), "late told")
    do(instance, "a", "b")

    instance.advance(hours=1, seconds=1)

    assert open_tasks(instance) == ["told", "ua"]
    do(instance, "ua", "told")
    assert (instance.state, instance.incidents) == ("completed", [])


def test_a_boundary_event_that_does_not_interrupt_leaves_the_handler_at_work(run):
    late = boundary("late", "ub", timer("PT1H"), interrupting=False)
    instance = run(*two_done(throw("t", compensate()), "t e"), late, user("told"), "late told")
    do(instance, "a", "b")

    instance.advance(hours=1, seconds=1)

    assert open_tasks(instance) == ["told", "ub"]
    do(instance, "told", "ub", "ua")
    assert instance.state == "completed"
