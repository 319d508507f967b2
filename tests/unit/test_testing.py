"""`bpm.testing`: messages, signals and called processes in memory."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import CallActivity, IntermediateCatchEvent, Process
from baton.bpm.definition.event_definitions import MessageEventDefinition, SignalEventDefinition
from baton.bpm.errors import NotFound
from baton.bpm.testing import ProcessRun
from tests.support.drawing import draw, end, feel, service, start, user


def catch(id: str, event: MessageEventDefinition | SignalEventDefinition) -> IntermediateCatchEvent:
    return IntermediateCatchEvent(id=id, event=event)


def child(key: str = "child") -> Process:
    return draw(start("s"), user("ask"), end("e"), "s ask e", key=key)


def parent(called: str = "child") -> Process:
    return draw(start("s"), CallActivity(id="call", called=called), user("after"), end("e"), "s call after e")


def test_a_message_comes_by_name_or_element_and_brings_variables() -> None:
    drawn = draw(start("s"), catch("wait", MessageEventDefinition("paid")), user("ship"), end("e"), "s wait ship e")
    for name in ("paid", "wait"):
        run = ProcessRun(drawn).start()
        run.message(name, amount=3)
        assert [task.element_id for task in run.user_tasks] == ["ship"]
        assert run.variables == {"amount": 3}
    with pytest.raises(NotFound, match="Expected an open message subscription 'paid', found none"):
        run.message("paid")


def test_a_message_with_a_key_comes_for_this_key_only() -> None:
    event = MessageEventDefinition("paid", feel("order"))
    run = ProcessRun(draw(start("s"), catch("wait", event), end("e"), "s wait e")).start(order=7)

    with pytest.raises(NotFound):
        run.message("paid", 8)
    run.message("paid", 7)
    assert run.state == "completed"


def test_a_signal_comes_for_all_who_wait() -> None:
    run = ProcessRun(draw(start("s"), catch("hear", SignalEventDefinition("alarm")), end("e"), "s hear e")).start()
    run.signal("other")
    assert run.state == "active"
    run.signal("alarm")
    assert run.state == "completed"


@pytest.mark.parametrize("reload", [False, True])
def test_a_called_process_is_a_run_of_its_own(reload: bool) -> None:
    run = ProcessRun(parent(), processes=[child()], reload=reload).start(amount=1)

    assert run.user_tasks == []
    run.called("call").complete("ask", answer="yes")
    assert run.called("call").state == "completed"
    assert [task.element_id for task in run.user_tasks] == ["after"]
    assert run.variables == {"amount": 1, "answer": "yes"}


def test_a_called_process_shares_clock_and_handlers() -> None:
    inner = draw(start("s"), service("work"), end("e"), "s work e", key="child")
    run = ProcessRun(parent(), processes=[inner], handlers={"work": lambda given: {"done": True}}).start()

    assert [task.element_id for task in run.user_tasks] == ["after"]
    assert run.variables == {"done": True}


def test_terminating_the_caller_terminates_the_called_run() -> None:
    run = ProcessRun(parent(), processes=[child()]).start()
    called = run.called("call")
    run.terminate()
    assert called.state == "terminated"


def test_a_called_run_that_is_terminated_is_an_incident_of_its_caller() -> None:
    run = ProcessRun(parent(), processes=[child()]).start()
    run.called("call").terminate("mistake")
    (incident,) = run.incidents
    assert "terminated: mistake" in incident.event.message
    run.resolve_incident("call")
    run.called("call").complete("ask")
    assert [task.element_id for task in run.user_tasks] == ["after"]


def test_a_process_that_is_not_given_is_stood_in_for() -> None:
    run = ProcessRun(parent()).start()
    assert [call.event.key for call in run.calls] == ["child"]
    run.return_from("call", answer="no")
    assert run.variables == {"answer": "no"}


def test_recursion_is_an_incident() -> None:
    endless = draw(start("s"), CallActivity(id="call", called="loop"), end("e"), "s call e", key="loop")
    deep = ProcessRun(endless).start()
    assert len(deep.runs) == 101
    assert "recursion" in deep.runs[-1].incidents[0].event.message
