"""Timers, boundary events, terminate, cancelling: BPMN 2.0.2 chapter 13.5 and docs/semantics.md."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.bpm.errors import InvalidCommand, NotFound, WrongState
from baton.bpm.execution import commands, events
from baton.bpm.testing import ProcessRun, VirtualClock
from tests.support.drawing import (
    boundary,
    catch,
    draw,
    end,
    feel,
    parallel,
    service,
    start,
    sub,
    task,
    terminate,
    user,
)


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def run(request):
    def start_run(*drawn, variables=None, **options):
        return ProcessRun(draw(*drawn), reload=request.param, **options).start(**(variables or {}))

    return start_run


def kinds(instance, *types):
    return [type(event).__name__ for event in instance.events if isinstance(event, types)]


def test_a_timer_catch_event_waits_for_its_duration(run):
    instance = run(start("s"), catch("wait", "PT2H"), end("e"), "s wait e")

    instance.advance(hours=1, minutes=59)
    assert instance.state == "active"

    instance.advance(minutes=1)
    assert instance.state == "completed"


def test_a_timer_may_be_an_expression_over_variables(run):
    instance = run(
        start("s"), catch("wait", feel('duration("PT" + string(h) + "H")')), end("e"), "s wait e",
        variables={"h": 3},
    )  # fmt: skip

    assert instance.timers[0].event.due_at == datetime(2026, 1, 1, 3, tzinfo=UTC)


def test_a_date_timer_in_the_past_is_due_at_once(run):
    instance = run(start("s"), catch("wait", "2020-01-01T00:00:00Z"), end("e"), "s wait e")

    instance.advance(seconds=0)

    assert instance.state == "completed"


def test_a_month_is_a_month_of_the_calendar(run):
    instance = run(
        start("s"), catch("wait", "P1M"), end("e"), "s wait e",
        clock=VirtualClock(datetime(2028, 1, 31, tzinfo=UTC)),
    )  # fmt: skip

    assert instance.timers[0].event.due_at == datetime(2028, 2, 29, tzinfo=UTC)


def test_an_interrupting_boundary_timer_cancels_its_activity(run):
    instance = run(
        start("s"), user("u"), boundary("late", "u", "PT1H"), user("remind"), end("e"), "s u e", "late remind e"
    )  # fmt: skip

    instance.advance(hours=1)

    assert [item.name for item in instance.user_tasks] == ["remind"]
    assert kinds(instance, events.UserTaskCancelled, events.FlowNodeCancelled) == [
        "UserTaskCancelled",
        "FlowNodeCancelled",
    ]


def test_completing_the_activity_cancels_its_boundary_timers(run):
    instance = run(start("s"), user("u"), boundary("late", "u", "PT1H"), end("e"), "s u e", "late e")

    instance.complete("u")

    assert instance.timers == []
    assert instance.state == "completed"


def test_a_non_interrupting_boundary_timer_leaves_its_activity_running(run):
    instance = run(
        start("s"), user("u"), boundary("nudge", "u", "PT1H", interrupting=False), user("call"), end("e"),
        "s u e", "nudge call e",
    )  # fmt: skip

    instance.advance(hours=1)

    assert [item.name for item in instance.user_tasks] == ["u", "call"]
    assert instance.timers == []


def test_a_non_interrupting_cycle_repeats_as_often_as_it_says(run):
    instance = run(
        start("s"), user("u"), boundary("nudge", "u", "R3/PT1H", interrupting=False), task("mail"), end("e"),
        "s u e", "nudge mail e",
    )  # fmt: skip

    instance.advance(days=1)

    assert instance.path.count("nudge") == 3
    assert instance.timers == []


def test_an_interrupting_cycle_fires_once(run):
    instance = run(start("s"), user("u"), boundary("late", "u", "R/PT1H"), end("e"), "s u e", "late e")

    instance.advance(days=1)

    assert instance.path.count("late") == 1
    assert instance.state == "completed"


def test_missed_turns_of_a_cycle_fire_once_not_one_by_one(run):
    instance = run(
        start("s"), user("u"), boundary("nudge", "u", "R/PT1H", interrupting=False), task("mail"), end("e"),
        "s u e", "nudge mail e",
    )  # fmt: skip
    instance.clock.advance(timedelta(hours=10, minutes=30))

    instance.fire_timer("nudge")

    assert instance.path.count("nudge") == 1
    assert instance.timers[0].event.due_at == datetime(2026, 1, 1, 11, tzinfo=UTC)


def test_a_boundary_timer_on_a_sub_process_cancels_everything_inside(run):
    inner = sub("T", start("s2"), user("deep"), boundary("b2", "deep", "PT9H"), end("e2"), "s2 deep e2", "b2 e2")
    instance = run(
        start("s"),
        sub("S", start("s1"), parallel("p"), inner, service("job"), end("e1"), "s1 p T e1", "p job e1"),
        boundary("late", "S", "PT1H"), user("after"), end("e"), "s S e", "late after e",
    )  # fmt: skip

    instance.advance(hours=1)

    assert [item.name for item in instance.user_tasks] == ["after"]
    assert instance.jobs == []
    assert instance.timers == []
    assert len(instance.store.scopes) == 1


def test_a_timer_that_cannot_be_understood_is_an_incident_at_the_activity(run):
    instance = run(
        start("s"), user("u"), boundary("late", "u", feel("when")), end("e"), "s u e", "late e",
        variables={"when": "tomorrow-ish"},
    )  # fmt: skip

    [incident] = instance.incidents
    assert incident.event.type == "timer"
    assert instance.user_tasks == []

    instance.resolve_incident("u", when=timedelta(hours=1))

    assert [item.name for item in instance.user_tasks] == ["u"]
    assert len(instance.timers) == 1


def test_a_terminate_end_event_ends_everything_in_its_process(run):
    instance = run(
        start("s"), parallel("p"), user("a"), user("b"), sub("S", user("c")), terminate("stop"), end("e"),
        "s p a stop", "p b e", "p S e",
    )  # fmt: skip

    instance.complete("a")

    assert instance.user_tasks == []
    assert instance.state == "completed"
    assert instance.store.scopes == {}


def test_a_terminate_end_event_in_a_sub_process_ends_only_the_sub_process(run):
    instance = run(
        start("s"), sub("S", start("s1"), parallel("p"), user("a"), user("b"), terminate("stop"), end("e1"),
                        "s1 p a stop", "p b e1"),
        user("after"), end("e"), "s S after e",
    )  # fmt: skip

    instance.complete("a")

    assert [item.name for item in instance.user_tasks] == ["after"]


def test_terminating_an_instance_cancels_everything_live(run):
    instance = run(
        start("s"), parallel("p"), user("a"), service("b"), catch("c", "PT1H"), sub("S", user("d")),
        "s p a", "p b", "p c", "p S",
    )  # fmt: skip

    instance.terminate("order withdrawn")

    assert instance.state == "terminated"
    assert (instance.user_tasks, instance.jobs, instance.timers) == ([], [], [])
    assert instance.store.scopes == {}


def test_cancelling_a_token_with_an_incident_closes_the_incident(run):
    instance = run(
        start("s"), parallel("p"), service("a"), user("b"), terminate("stop"), end("e"), "s p a e", "p b stop"
    )  # fmt: skip
    instance.fail_job("a")

    instance.complete("b")

    assert instance.incidents == []
    assert instance.state == "completed"


# --- rejections: nothing changes ------------------------------------------------------------------------------


def test_completing_a_task_twice_is_rejected(run):
    instance = run(start("s"), user("u"), user("v"), end("e"), "s u v e")
    done = instance.user_tasks[0]
    instance.complete("u")

    with pytest.raises(NotFound, match="not open any more"):
        instance.handle(commands.CompleteUserTask(token_id=done.id, scope_id=1, variables={"x": 1}))

    assert instance.variables == {}


def test_a_timer_that_is_gone_is_rejected(run):
    instance = run(start("s"), catch("c", "PT1H"), end("e"), "s c e")

    with pytest.raises(WrongState, match="timer '99'"):
        instance.handle(commands.FireTimer(token_id=3, scope_id=1, job_id=99, element_id="c"))


def test_an_unknown_start_event_is_rejected_with_the_known_ones():
    instance = ProcessRun(draw(start("s"), start("t", "PT1H"), end("e"), "s e", "t e"))

    with pytest.raises(InvalidCommand, match="'s', 't'"):
        instance.start("nope")


def test_one_of_several_start_events_is_chosen_by_id():
    instance = ProcessRun(draw(start("s"), start("t"), user("a"), user("b"), "s a", "t b"))

    with pytest.raises(InvalidCommand, match="several start events"):
        instance.start()
    instance.start("t")

    assert [item.name for item in instance.user_tasks] == ["b"]


def test_a_timer_start_event_says_when_it_is_due():
    instance = ProcessRun(draw(start("t", "R/PT1H"), end("e"), "t e"))

    assert instance.start_timers == {"t": datetime(2026, 1, 1, 1, tzinfo=UTC)}
