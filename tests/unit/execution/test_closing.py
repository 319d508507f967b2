"""What is interrupted with too much in it for one command is out of reach at once, and ends in steps."""

import pytest

from baton.bpm.definition.continuations import Continuations
from baton.bpm.errors import WrongState
from baton.bpm.execution import commands, events
from baton.bpm.execution.limits import RunLimits
from baton.bpm.testing import ProcessRun
from tests.support.drawing import boundary, draw, end, feel, start, sub, user
from tests.unit.execution.test_many_instances import many

FEW = RunLimits(children_at_once=3)


class Stepwise(ProcessRun):
    """A run that closes only when told."""

    def handle(self, command):
        happened = self._handle_one(command)
        self.to_close = list(self._open.closings)
        self._open.closings.clear()
        return happened


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def run(request):
    def begin(*drawn, **variables):
        return Stepwise(draw(*drawn), limits=FEW, reload=request.param, hold_async=True).start(**variables)

    return begin


def nested():
    inner = sub("each", start("i"), user("work", loop=many()), end("o"), "i work o", loop=many())
    return (start("s"), inner, boundary("stop", "each", "PT1H"), user("after"), end("e"), "s each e", "stop after e")


def cancelled(happened):
    return sum(isinstance(event, events.FlowNodeCancelled) for event in happened)


def test_one_closing_is_begun_for_all_that_is_nested(run):
    process = run(*nested(), items=[1, 2, 3])
    process.advance(hours=1)

    assert len(process.to_close) == 1
    assert process.path[-2:] == ["stop", "after"]
    assert cancelled(process.events) == 1


def test_nothing_of_it_can_be_done_any_more(run):
    process = run(*nested(), items=[1, 2, 3])
    task = process.user_tasks[0]
    process.advance(hours=1)

    with pytest.raises(LookupError):
        process.handle(commands.SetVariables(scope_id=task.event.scope_id, variables={"x": 1}))
    with pytest.raises(Exception, match="not open any more"):
        process.handle(commands.CompleteUserTask(token_id=task.id, scope_id=task.event.scope_id))


def test_each_step_ends_some_and_the_last_lets_the_instance_end(run):
    process = run(*nested(), items=[1, 2, 3])
    process.advance(hours=1)
    (host,) = process.to_close
    process.complete("after")
    assert process.state == "active"

    steps, waiting = [], [host]
    while waiting:
        steps.append(cancelled(process.handle(commands.CloseScopes(token_id=waiting.pop()))))
        waiting += process.to_close

    # Three instances of a sub-process, each with a loop of three: 3 * (1 + 1 + 3).
    assert sum(steps) == 15
    assert len(steps) > 1
    assert process.state == "completed"
    assert process.store.scopes == {}
    assert process.user_tasks == []


def test_a_step_after_the_last_is_refused(run):
    process = run(*nested(), items=[1, 2, 3])

    with pytest.raises(WrongState):
        process.handle(commands.CloseScopes(token_id=1))


def test_a_scope_with_very_many_tokens_is_closed_in_parts(run):
    inner = sub("inner", start("i"), *[user(f"u{n}") for n in range(8)], *[f"i u{n}" for n in range(8)])
    process = run(start("s"), inner, boundary("stop", "inner", "PT1H"), end("e"), "s inner e", "stop e")
    process.advance(hours=1)

    (host,) = process.to_close
    steps = []
    while process.state == "active":
        steps.append(cancelled(process.handle(commands.CloseScopes(token_id=host))))

    assert steps == [3, 3, 2]
    assert process.state == "completed"


def test_a_terminated_instance_is_terminated_at_the_end_with_its_reason(run):
    process = run(start("s"), user("work", loop=many()), end("e"), "s work e", items=list(range(10)))
    process.terminate("no need")
    assert process.state == "active"

    (host,) = process.to_close
    while process.state == "active":
        process.handle(commands.CloseScopes(token_id=host))

    assert process.events[-1] == events.ProcessInstanceTerminated("no need")
    assert process.store.scopes == {}


def test_what_a_completion_condition_leaves_over_is_closed_in_steps_and_its_outputs_are_there(run):
    loop = many(
        completion_condition=feel("nrOfCompletedInstances >= 1"), output_collection="done", output_element=feel("item")
    )
    process = run(
        start("s"), user("work", loop=loop), user("after"), end("e"), "s work after e", items=[7, 8, 9, 10, 11]
    )
    process.complete("work")

    assert process.variables["done"] == [7, None, None, None, None]
    assert process.path[-1] == "after"
    assert cancelled(process.events) == 0


@pytest.mark.parametrize(
    "divided",
    [
        Continuations(before=True),
        Continuations(each_before=True),
        Continuations(before=True, each_before=True),
    ],
    ids=["around", "each", "both"],
)
def test_continuations_that_wait_are_closed_in_steps_too(run, divided):
    work = user("work", continuations=divided, loop=many())
    inner = sub("each", start("i"), work, end("o"), "i work o", loop=many(), continuations=divided)
    process = run(
        *(start("s"), inner, boundary("stop", "each", "PT1H"), user("after"), end("e"), "s each e", "stop after e"),
        items=list(range(10)),
    )
    while process.async_continuations and process.async_continuations[0].element_id == "each":
        process.go_on("each")
    asked = process.async_continuations
    assert len(asked) == 10 * (1 if divided.before else 10)

    process.advance(hours=1)
    waiting, steps = process.to_close, 0
    late = commands.StartAsyncContinuation(
        token_id=asked[0].event.token_id, scope_id=asked[0].event.scope_id, job_id=asked[0].id
    )
    with pytest.raises(WrongState, match="not open any more"):
        process.handle(late)
    process.complete("after")
    while waiting:
        process.handle(commands.CloseScopes(token_id=waiting.pop()))
        waiting += process.to_close
        steps += 1

    assert steps > 1
    assert (process.state, process.async_continuations, process.store.scopes) == ("completed", [], {})
    over = [event.job_id for event in process.events if isinstance(event, events.AsyncContinuationCancelled)]
    assert sorted(over) == sorted(item.id for item in asked)
