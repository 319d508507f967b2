"""Call activities: another process runs as an instance of its own, in the tree of its caller."""

from __future__ import annotations

import pytest

from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import due_jobs, incidents, job_lists, process_instances
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.process_instances import ProcessInstanceView
from tests.integration.support import MARY, Desk, diagram, flow


def caller(called: str = "child", *, key: str = "order", inside: str = "", beside: str = "") -> bytes:
    return diagram(
        '<startEvent id="start"/>'
        f'<callActivity id="call" name="Call it" calledElement="{called}">{inside}</callActivity>'
        f'<userTask id="after"/><endEvent id="end"/>{beside}'
        + flow("start", "call")
        + flow("call", "after")
        + flow("after", "end"),
        key=key,
    )


CHILD = diagram(
    '<startEvent id="s"/><userTask id="ask"/><endEvent id="e"/>' + flow("s", "ask") + flow("ask", "e"), key="child"
)
FAILING_CHILD = diagram(
    '<startEvent id="s"/><userTask id="ask"/><endEvent id="e"><errorEventDefinition errorRef="bad"/></endEvent>'
    + flow("s", "ask")
    + flow("ask", "e"),
    key="child",
).replace(b"</definitions>", b'<error id="bad" errorCode="B1"/></definitions>')


def called_by(engine: Engine, instance: ProcessInstanceView) -> ProcessInstanceView:
    (view,) = process_instances.list_(engine, actor=MARY, caller_id=instance.id).items
    return view


def incident(engine: Engine, instance_id: int) -> incidents.IncidentView:
    (view,) = incidents.list_(engine, actor=MARY, process_instance_id=instance_id, state=IncidentState.OPEN).items
    return view


@pytest.mark.proves("called process")
def test_a_called_process_runs_as_an_instance_of_its_own_and_returns_its_variables(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start(amount=7)
    desk.settle()

    child = called_by(desk.engine, instance)
    assert (child.key, child.root_id, child.caller_id) == ("child", instance.id, instance.id)
    assert desk.variables(child.id) == {"amount": 7}
    desk.complete(child.id, answer="yes")
    assert desk.state(child.id) == "completed"
    assert desk.tasks(instance.id) == []
    desk.settle()

    assert desk.task(instance.id).element_id == "after"
    assert desk.variables(instance.id) == {"amount": 7, "answer": "yes"}
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_a_missing_process_is_an_incident_and_resolving_it_calls_again(desk: Desk) -> None:
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()

    found = incident(desk.engine, instance.id)
    assert "key 'child', but there is none" in found.message
    desk.deploy(CHILD)
    incidents.resolve(desk.engine, found.id, actor=MARY)
    desk.settle()
    assert desk.task(called_by(desk.engine, instance).id).element_id == "ask"


def test_a_process_that_calls_itself_becomes_an_incident_that_names_the_chain(desk: Desk) -> None:
    desk.deploy(caller("order"))
    instance = desk.start()
    desk.settle()

    (found,) = incidents.list_(desk.engine, actor=MARY).items
    assert "recursion: expected at most 100 calls" in found.message
    assert "'order' → 'order'" in found.message
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    desk.settle()
    live = process_instances.list_(desk.engine, actor=MARY, state=process_instances.ProcessInstanceState.ACTIVE)
    assert live.items == ()


def test_an_error_of_the_called_process_is_caught_at_the_call_activity(desk: Desk) -> None:
    boundary = (
        '<boundaryEvent id="caught" attachedToRef="call"><errorEventDefinition/></boundaryEvent>'
        '<userTask id="repair"/>' + flow("caught", "repair")
    )
    desk.deploy(FAILING_CHILD)
    desk.deploy(caller(beside=boundary))
    instance = desk.start()
    desk.settle()
    child = called_by(desk.engine, instance)
    desk.complete(child.id)
    desk.settle()

    assert desk.state(child.id) == "terminated"
    assert desk.task(instance.id).element_id == "repair"


def test_the_outputs_of_a_call_come_back_with_its_error(desk: Desk) -> None:
    boundary = (
        '<boundaryEvent id="caught" attachedToRef="call"><errorEventDefinition/></boundaryEvent>'
        '<userTask id="repair"/>' + flow("caught", "repair")
    )
    desk.deploy(FAILING_CHILD)
    out = '<extensionElements><camunda:out source="why"/></extensionElements>'
    desk.deploy(caller(beside=boundary, inside=out))
    instance = desk.start()
    desk.settle()
    desk.complete(called_by(desk.engine, instance).id, why="late", other=1)
    desk.settle()

    assert desk.task(instance.id).element_id == "repair"
    assert desk.variables(instance.id) == {"why": "late"}


def test_an_error_that_no_caller_catches_stays_an_incident_where_it_was_thrown(desk: Desk) -> None:
    desk.deploy(FAILING_CHILD)
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()
    child = called_by(desk.engine, instance)
    desk.complete(child.id)

    assert incident(desk.engine, child.id).type == "bpmn_error"
    assert desk.state(child.id) == "active"


def test_terminating_the_caller_terminates_what_it_called(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()
    child = called_by(desk.engine, instance)
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    desk.settle()

    assert desk.state(child.id) == "terminated"
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_a_call_that_is_cancelled_before_it_began_never_begins(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    desk.settle()

    assert process_instances.list_(desk.engine, actor=MARY, key="child").items == ()
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_a_called_instance_that_is_terminated_is_an_incident_of_its_caller(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()
    first = called_by(desk.engine, instance)
    process_instances.terminate(desk.engine, first.id, actor=MARY, reason="mistake")
    desk.settle()

    found = incident(desk.engine, instance.id)
    assert found.type == "call"
    assert f"'{first.id}' was terminated: mistake" in found.message
    incidents.resolve(desk.engine, found.id, actor=MARY)
    desk.settle()
    second = process_instances.list_(desk.engine, actor=MARY, caller_id=instance.id).items[0]
    assert second.id != first.id
    assert desk.state(second.id) == "active"


def test_suspending_the_caller_suspends_what_it_called(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()
    child = called_by(desk.engine, instance)
    process_instances.suspend(desk.engine, instance.id, actor=MARY)

    assert desk.state(child.id) == "suspended"
    with pytest.raises(errors.WrongState):
        desk.complete(child.id)
    process_instances.resume(desk.engine, instance.id, actor=MARY)
    desk.complete(child.id)
    desk.settle()
    assert desk.task(instance.id).element_id == "after"


def test_what_a_called_instance_brings_waits_while_only_its_caller_is_suspended(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()
    child = called_by(desk.engine, instance)
    process_instances.suspend(desk.engine, instance.id, actor=MARY)
    process_instances.resume(desk.engine, child.id, actor=MARY)
    desk.complete(child.id)
    desk.settle()
    assert desk.tasks(instance.id) == []

    process_instances.resume(desk.engine, instance.id, actor=MARY)
    desk.settle()
    assert desk.task(instance.id).element_id == "after"


def test_every_job_between_instances_may_come_twice(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    (call,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.CALL).items
    assert due_jobs.execute_due(desk.engine, call.id)
    assert not due_jobs.execute_due(desk.engine, call.id)
    child = called_by(desk.engine, instance)
    desk.complete(child.id)
    (back,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.RETURN).items
    assert due_jobs.execute_due(desk.engine, back.id)
    assert not due_jobs.execute_due(desk.engine, back.id)
    assert desk.task(instance.id).element_id == "after"


def test_a_mapping_that_fails_on_the_way_back_is_tried_again_when_its_incident_is_resolved(desk: Desk) -> None:
    mapping = '<extensionElements><camunda:out sourceExpression="${answer + 1}" target="n"/></extensionElements>'
    desk.deploy(CHILD)
    desk.deploy(caller(inside=mapping))
    instance = desk.start()
    desk.settle()
    child = called_by(desk.engine, instance)
    desk.complete(child.id)
    desk.settle()

    found = incident(desk.engine, instance.id)
    assert found.type == "mapping"
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"answer": 1})
    incidents.resolve(desk.engine, found.id, actor=MARY)
    desk.settle()
    assert incident(desk.engine, instance.id).id != found.id
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    desk.settle()
    assert job_lists.list_(desk.engine, actor=MARY).items == ()
