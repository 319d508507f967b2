"""Event sub-processes (BPMN 2.0.2, 10.3.5 and 13.5.4)."""

import pytest

from tests.support.drawing import (
    boundary,
    end,
    error,
    event_sub,
    feel,
    inclusive,
    message,
    parallel,
    script,
    signal,
    start,
    sub,
    task,
    terminate,
    timer,
    times,
    user,
)
from tests.support.event_positions import finish, open_tasks


def beside(id="V", when=None, task_id="handle", *, interrupting=False, **more):
    return event_sub(
        id, start(f"{id}-s", when or signal("go"), interrupting=interrupting), user(task_id), end(f"{id}-e"),
        f"{id}-s {task_id} {id}-e", **more,
    )  # fmt: skip


@pytest.mark.proves("event sub-process")
def test_its_scope_is_complete_only_when_the_event_sub_process_is(run):
    instance = run(start("s"), sub("S", start("s1"), user("u"), end("e1"), "s1 u e1", beside()), end("e"), "s S e")
    instance.broadcast("go")

    instance.complete("u")
    assert instance.state == "active"
    assert instance.waiting_for == [("V-s", "go")]

    instance.complete("handle")
    finish(instance)


def test_a_non_interrupting_one_may_begin_again_while_it_runs(run):
    instance = run(start("s"), user("u"), end("e"), "s u e", beside())

    instance.broadcast("go")
    instance.broadcast("go")

    assert open_tasks(instance) == ["handle", "handle", "u"]
    finish(instance)


def test_an_interrupting_one_begins_once_and_closes_the_others(run):
    instance = run(
        start("s"), user("u"), end("e"), "s u e", beside(interrupting=True), beside("W", message("m"), "other")
    )  # fmt: skip

    instance.broadcast("go")

    assert open_tasks(instance) == ["handle"]
    assert instance.waiting_for == []
    finish(instance)


def test_the_sub_process_interrupted_from_inside_goes_on_as_if_it_had_completed(run):
    inner = sub("S", start("s1"), user("u"), end("e1"), "s1 u e1", beside(interrupting=True))
    instance = run(start("s"), inner, user("after"), end("e"), "s S after e")
    instance.broadcast("go")

    instance.complete("handle")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_one_may_have_several_start_events(run):
    either = event_sub(
        "V", start("v1", signal("go"), interrupting=False), start("v2", message("m"), interrupting=False), user("a"),
        user("b"), "v1 a", "v2 b",
    )  # fmt: skip
    instance = run(start("s"), user("u"), end("e"), "s u e", either)

    instance.receive("m")
    assert open_tasks(instance) == ["b", "u"]
    instance.broadcast("go")

    assert open_tasks(instance) == ["a", "b", "u"]
    finish(instance)


def test_it_sees_and_changes_the_variables_of_the_scope_around_it(run):
    handler = event_sub("V", start("vs", signal("go"), interrupting=False), script("add", "n + 1", "n"), "vs add")
    inner = sub("S", start("s1"), script("set", "1", "n"), user("u"), end("e1"), "s1 set u e1", handler,
                local_variables=("n",))  # fmt: skip
    instance = run(start("s"), inner, end("e"), "s S e")

    instance.broadcast("go")

    scope_id = instance.user_tasks[0].event.scope_id
    assert instance.store.variables[scope_id] == {"n": 2}
    assert instance.variables == {}


def test_a_timer_cycle_begins_a_non_interrupting_one_again_and_again(run):
    instance = run(start("s"), user("u"), end("e"), "s u e", beside(when=timer("R3/PT1H")))

    instance.advance(hours=10)

    assert open_tasks(instance) == ["handle"] * 3 + ["u"]
    finish(instance)


def test_one_inside_another_listens_while_the_outer_one_runs(run):
    outer = event_sub(
        "V", start("vs", signal("go"), interrupting=False), user("handle"), end("ve"), "vs handle ve",
        beside("W", message("m"), "deep"),
    )  # fmt: skip
    instance = run(start("s"), user("u"), end("e"), "s u e", outer)
    assert instance.waiting_for == [("vs", "go")]

    instance.broadcast("go")
    instance.receive("m")

    assert open_tasks(instance) == ["deep", "handle", "u"]
    finish(instance)


def test_interrupting_a_multi_instance_body_ends_only_the_instance_it_is_in(run):
    inner = sub(
        "S", start("s1"), user("u"), end("e1"), "s1 u e1", beside(when=message("m"), interrupting=True), loop=times(3)
    )  # fmt: skip
    instance = run(start("s"), inner, end("e"), "s S e")

    instance.receive("m")

    assert open_tasks(instance) == ["handle", "u", "u"]
    finish(instance)


def test_terminating_the_scope_ends_it_too(run):
    instance = run(
        start("s"), parallel("p"), user("a"), user("b"), terminate("stop"), "s p a stop", "p b", beside()
    )  # fmt: skip
    instance.broadcast("go")

    instance.complete("a")

    assert open_tasks(instance) == []
    finish(instance)


def test_a_boundary_event_ends_it_with_its_sub_process(run):
    inner = sub("S", start("s1"), user("u"), end("e1"), "s1 u e1", beside())
    instance = run(start("s"), inner, boundary("b", "S", "PT1H"), user("late"), end("e"), "s S e", "b late e")
    instance.broadcast("go")

    instance.advance(hours=1)

    assert open_tasks(instance) == ["late"]
    assert instance.waiting_for == []
    finish(instance)


def test_a_timer_that_cannot_be_understood_is_an_incident_at_the_event_sub_process(run):
    handler = event_sub("V", start("vs", feel("when"), interrupting=False), task("t"), "vs t")
    instance = run(start("s"), user("u"), end("e"), "s u e", handler, variables={"when": "soon-ish"})
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("V", "timer")

    instance.resolve_incident("V", when="PT1H")

    assert open_tasks(instance) == ["u"]
    assert len(instance.timers) == 1
    finish(instance)


def test_an_inclusive_join_is_decided_when_an_event_sub_process_around_it_has_run(run):
    instance = run(
        start("s"), inclusive("x"), user("a"), user("b"), inclusive("j"), user("after"), end("e"),
        "s x", ("f1", "x a", "true"), ("f2", "x b", "true"), "a j", "b j", "j after e", beside(),
    )  # fmt: skip
    instance.broadcast("go")
    instance.complete("a")
    assert open_tasks(instance) == ["b", "handle"]

    instance.complete("b")

    assert open_tasks(instance) == ["after", "handle"]
    finish(instance)


def test_an_error_of_an_event_sub_process_is_caught_outside(run):
    handler = event_sub("V", start("vs", signal("go"), interrupting=False), end("ve", error("x")), "vs ve")
    inner = sub("S", start("s1"), user("u"), end("e1"), "s1 u e1", handler)
    instance = run(start("s"), inner, boundary("b", "S", error("x")), user("mend"), end("e"), "s S e", "b mend e")

    instance.broadcast("go")

    assert open_tasks(instance) == ["mend"]
    finish(instance)
