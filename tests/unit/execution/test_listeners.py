"""Listeners are called once each, before a node's work and after it; mappings give an activity variables of its own."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import (
    Assignment,
    DataMapping,
    Entries,
    Expression,
    Items,
    Language,
    Listener,
    ListenerEvent,
    Script,
    ScriptLanguage,
    SequenceFlow,
)
from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.definition.language import Variable
from baton.bpm.testing import ProcessRun
from tests.support.drawing import boundary, draw, end, feel, start, task, user


def juel(text: str) -> Expression:
    return Expression(text, Language.JUEL)


def script(text: str) -> Script:
    return Script(text, ScriptLanguage.FEEL)


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def reload(request):
    return request.param


def sets(name: str, value: int, event: ListenerEvent = ListenerEvent.START) -> Listener:
    return Listener(event, juel(f"${{execution.setVariable('{name}', {value})}}"))


def test_a_start_and_an_end_listener_are_called_once_each_around_the_work(reload):
    count = juel("${execution.setVariable('n', n + 1)}")
    listeners = (Listener(ListenerEvent.END, count), Listener(ListenerEvent.START, count))
    run = ProcessRun(draw(start("s"), user("u", listeners=listeners), end("e"), "s u e"), reload=reload).start(n=0)

    assert run.variables["n"] == 1

    run.complete("u")

    assert run.variables["n"] == 2
    assert run.state == "completed"


def test_a_failing_listener_is_an_incident_without_its_writes_and_goes_on_with_that_listener(reload):
    listeners = (
        Listener(ListenerEvent.START, juel("${execution.setVariable('n', n + 1)}")),
        Listener(ListenerEvent.START, juel("${execution.setVariable('m', missing)}")),
    )
    run = ProcessRun(draw(start("s"), user("u", listeners=listeners), end("e"), "s u e"), reload=reload).start(n=0)

    assert [item.event.type for item in run.incidents] == ["listener"]
    assert run.user_tasks == []

    run.resolve_incident("u", missing=7)

    assert [item.element_id for item in run.user_tasks] == ["u"]
    assert (run.variables["n"], run.variables["m"]) == (1, 7)


def test_what_a_listener_set_stays_if_the_work_behind_it_fails(reload):
    broken = user("t", assignment=Assignment(assignee=juel("${missing}")), listeners=(sets("heard", 1),))
    run = ProcessRun(draw(start("s"), broken, end("e"), "s t e"), reload=reload).start()

    assert run.variables == {"heard": 1}

    run.resolve_incident("t", missing="kim")

    assert run.user_tasks[0].event.assignee == "kim"
    assert run.variables["heard"] == 1


def test_a_listener_of_a_worker_is_a_job_before_the_task_is_there(reload):
    listeners = (
        Listener(ListenerEvent.START, JobDefinition("open")),
        Listener(ListenerEvent.END, JobDefinition("shut")),
    )
    run = ProcessRun(draw(start("s"), user("u", listeners=listeners), end("e"), "s u e"), reload=reload).start()

    assert [job.event.type for job in run.jobs] == ["open"]
    assert run.user_tasks == []

    run.complete_job("open", answer=1)
    run.complete("u")

    assert [job.event.type for job in run.jobs] == ["shut"]

    run.complete_job("shut")

    assert run.state == "completed"
    assert run.variables["answer"] == 1


def test_a_task_whose_listener_is_at_work_can_be_interrupted(reload):
    listener = Listener(ListenerEvent.END, JobDefinition("shut"))
    run = ProcessRun(
        draw(start("s"), user("u", listeners=(listener,)), boundary("b", "u", "PT1H"), end("e"), "s u e", "b e"),
        reload=reload,
    ).start()
    run.complete("u")

    run.terminate()

    assert run.jobs == []
    assert run.state == "terminated"


def test_a_listener_on_an_arrow_is_called_when_it_is_taken():
    drawn = draw(start("s"), task("a"), end("e"), "s a e")
    flows = tuple(
        SequenceFlow(flow.id, flow.name, flow.source, flow.target, listeners=(sets("taken", 1, ListenerEvent.TAKE),))
        if flow.id == "a-e"
        else flow
        for flow in drawn.elements.flows
    )
    elements = type(drawn.elements)(drawn.elements.nodes, flows)
    run = ProcessRun(type(drawn)(key=drawn.key, mode=drawn.mode, elements=elements)).start()

    assert run.variables == {"taken": 1}


def test_inputs_are_the_tasks_own_and_outputs_lead_out(reload):
    inputs = (
        DataMapping("mine", Items((feel("amount"), script("amount + 1"), Variable("name with blanks")))),
        DataMapping("amount", feel("2")),
    )
    outputs = (DataMapping("result", Entries((("sum", feel("amount")), ("fixed", "text")))),)
    run = ProcessRun(
        draw(start("s"), user("u", inputs=inputs, outputs=outputs), end("e"), "s u e"), reload=reload
    ).start(**{"amount": 1, "name with blanks": True})

    run.complete("u", amount=5)

    assert run.variables == {
        "amount": 1,
        "name with blanks": True,
        "result": {"sum": 5, "fixed": "text"},
    }
