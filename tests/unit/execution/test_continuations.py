"""Asynchronous continuations divide a run before a node's work, after it, or around each instance of its loop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from baton.bpm.definition.continuations import Continuations, JobRules
from baton.bpm.definition.elements import Expression, Language, Listener, ListenerEvent
from baton.bpm.definition.loops import MultiInstance
from baton.bpm.execution import commands, events
from baton.bpm.testing import ProcessRun
from tests.support.drawing import boundary, draw, end, exclusive, feel, parallel, script, start, sub, task, user

BEFORE = Continuations(before=True)
AFTER = Continuations(after=True)


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def held(request):
    """`held(node, ...)` is a run that goes on only when told."""

    def run(*drawn, **variables) -> ProcessRun:
        return ProcessRun(draw(*drawn), reload=request.param, hold_async=True).start(**variables)

    return run


def waiting(run: ProcessRun) -> list[tuple[str, str]]:
    return [(item.element_id, item.event.stage) for item in run.async_continuations]


@pytest.mark.proves("asynchronous continuation (`asyncBefore`, `asyncAfter`)")
def test_before_a_task_the_run_waits_and_nothing_of_it_has_begun(held):
    run = held(start("s"), user("u", continuations=BEFORE), boundary("b", "u", "PT1H"), end("e"), "s u e", "b e")

    assert waiting(run) == [("u", "before")]
    assert (run.user_tasks, run.timers) == ([], [])

    run.go_on("u")

    assert len(run.user_tasks) == len(run.timers) == 1
    assert waiting(run) == []


def test_after_a_task_its_results_are_written_and_its_flow_is_chosen_later(held):
    run = held(
        start("s"),
        script("t", "1", "n", continuations=AFTER),
        exclusive("x", default="x-e"),
        user("u"),
        end("e"),
        "s t x e",
        ("x-u", "x u", "n > 1"),
        "u e",
    )

    assert waiting(run) == [("t", "after")]
    assert (run.variables["n"], run.flows) == (1, ["s-t"])

    run.set_variables(n=2)
    run.go_on("t")

    assert [item.element_id for item in run.user_tasks] == ["u"]


@pytest.mark.parametrize(
    "node",
    [
        start("s", continuations=BEFORE),
        end("e", continuations=BEFORE),
        exclusive("x", continuations=Continuations(before=True, after=True)),
    ],
    ids=lambda node: node.id,
)
def test_start_events_end_events_and_gateways_divide_the_run_too(held, node):
    nodes = {each.id: each for each in (start("s"), exclusive("x"), end("e"))} | {node.id: node}
    run = held(*nodes.values(), "s x e")
    turns = 0

    while run.async_continuations:
        turns += 1
        assert run.state == "active"
        run.go_on(node.id)

    assert turns == node.continuations.before + node.continuations.after
    assert (run.state, run.path) == ("completed", ["s", "x", "e"])


def test_after_an_end_event_nothing_follows_so_nothing_waits(held):
    assert held(start("s"), end("e", continuations=AFTER), "s e").state == "completed"


def test_before_a_parallel_join_the_tokens_have_met(held):
    run = held(
        start("s"), parallel("split"), task("a"), task("b"), parallel("join", continuations=BEFORE), end("e"),
        "s split a join e", "split b join",
    )  # fmt: skip

    assert waiting(run) == [("join", "before")]

    run.go_on("join")

    assert run.state == "completed"


def test_a_boundary_event_has_happened_when_its_continuation_waits(held):
    timer = replace(boundary("b", "u", "PT1H"), continuations=BEFORE)
    run = held(start("s"), user("u"), timer, end("e"), "s u e", "b e")

    run.fire_timer("b")

    assert (waiting(run), run.user_tasks) == ([("b", "before")], [])

    run.go_on("b")

    assert run.state == "completed"


def test_around_a_loop_it_waits_once_and_around_each_instance_as_often_as_there_are(held):
    many = Continuations(before=True, after=True, each_before=True, each_after=True)
    run = held(start("s"), task("t", loop=MultiInstance(cardinality=feel("2")), continuations=many), end("e"), "s t e")
    seen = []

    while run.async_continuations:
        seen.append(run.async_continuations[0].event.stage)
        run.go_on("t")

    assert seen == ["before", "before", "before", "after", "after", "after"]
    assert run.state == "completed"


def test_listeners_are_called_inside_the_continuations(held):
    def count(event: ListenerEvent) -> Listener:
        return Listener(event, Expression("${execution.setVariable('n', n + 1)}", Language.JUEL))

    run = held(
        start("s"),
        task(
            "t",
            continuations=Continuations(before=True, after=True),
            listeners=(count(ListenerEvent.START), count(ListenerEvent.END)),
        ),
        end("e"),
        "s t e",
        n=0,
    )

    assert run.variables["n"] == 0

    run.go_on("t")

    assert (run.variables["n"], waiting(run)) == (2, [("t", "after")])


def test_a_continuation_that_is_interrupted_leaves_no_job(held):
    inner = sub("sub", start("is"), user("u", continuations=BEFORE), end("ie"), "is u ie")
    run = held(start("s"), inner, boundary("b", "sub", "PT1H"), end("e"), "s sub e", "b e")

    run.fire_timer("b")

    assert (run.state, waiting(run)) == ("completed", [])
    assert any(isinstance(event, events.AsyncContinuationCancelled) for event in run.events)
    assert not any(isinstance(event, events.UserTaskCancelled) for event in run.events)


def test_the_waiting_token_can_be_nothing_else_meanwhile(held):
    run = held(start("s"), user("u", continuations=BEFORE), end("e"), "s u e")
    (item,) = run.async_continuations

    with pytest.raises(Exception, match="deferred"):
        run.handle(commands.CompleteUserTask(token_id=item.event.token_id, scope_id=item.event.scope_id))

    run.go_on("u")

    assert len(run.user_tasks) == 1


def test_a_job_that_comes_twice_has_one_effect(held):
    run = held(start("s"), user("u", continuations=BEFORE), end("e"), "s u e")
    (item,) = run.async_continuations
    again = commands.StartAsyncContinuation(token_id=item.event.token_id, scope_id=item.event.scope_id, job_id=item.id)
    run.handle(again)

    with pytest.raises(Exception, match="not open any more"):
        run.handle(again)

    assert len(run.user_tasks) == 1


def test_retries_and_priority_may_be_expressions(held):
    rules = JobRules(retry_cycle=feel('"R7/PT" + cycle'), priority=feel("urgency * 2"))
    run = held(start("s"), task("t", continuations=BEFORE, job_rules=rules), end("e"), "s t e", cycle="3M", urgency=4)

    (item,) = run.async_continuations

    assert (item.event.retries, item.event.pauses, item.event.priority) == (7, (180.0,), 8)


def test_a_priority_that_is_no_number_is_an_incident_and_can_be_mended(held):
    rules = JobRules(priority=feel("urgency"))
    run = held(start("s"), task("t", continuations=BEFORE, job_rules=rules), end("e"), "s t e", urgency="high")

    (incident,) = run.incidents
    assert "job priority of 't'" in incident.event.message

    run.resolve_incident(urgency=4)

    assert waiting(run) == [("t", "before")]


def test_a_run_in_memory_goes_on_by_itself():
    drawn = draw(start("s"), task("t", continuations=Continuations(before=True, after=True)), end("e"), "s t e")

    assert ProcessRun(drawn).start().state == "completed"
