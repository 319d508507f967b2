"""Camunda 7: execution listeners of every element and of the process, task listeners of every event."""

from __future__ import annotations

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import audit_events, user_tasks
from tests.conformance.attributes.drawn import chain, covers, file, flow, node, run, said
from tests.integration.support import JOHN, MARY, Desk

HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
BEGUN = {"heard": ""}


def hears(kind: str, event: str, what: str, inner: str = "") -> str:
    expression = f"${{execution.setVariable('heard', heard.concat('{what}'))}}"
    return f'<camunda:{kind} event="{event}" expression="{expression}">{inner}</camunda:{kind}>'


def around(kind: str = "executionListener") -> str:
    return hears(kind, "start", "[") + hears(kind, "end", "]")


ELEMENTS = {
    "task": node("task", around()),
    "manualTask": node("manualTask", around()),
    "scriptTask": node("scriptTask", around(), attributes='scriptFormat="feel"', inner="<script>1</script>"),
    "serviceTask": node("serviceTask", around(), attributes='camunda:expression="${1}"'),
    "subProcess": node("subProcess", around(), inner='<startEvent id="i"/>'),
    "transaction": node("transaction", around(), inner='<startEvent id="i"/>'),
    "exclusiveGateway": node("exclusiveGateway", around()),
    "parallelGateway": node("parallelGateway", around()),
    "inclusiveGateway": node("inclusiveGateway", around()),
    "intermediateThrowEvent": node("intermediateThrowEvent", around()),
    "callActivity": node("callActivity", around(), attributes='calledElement="q"'),
}


@covers("camunda:taskListener create")
def test_a_listeners_script_knows_its_task():
    script = (
        "task.setVariable('seen', [task.name, task.getAssignee(), task.getTaskDefinitionKey(), task.eventName,"
        " task.getVariable('n'), task.execution.getVariable('n')])"
    )
    listener = f'<camunda:script scriptFormat="javascript">{script}</camunda:script>'
    listener = f'<camunda:taskListener event="assignment">{listener}</camunda:taskListener>'
    body = chain(node("userTask", listener, attributes='name="Check" camunda:assignee="kim"'))

    ran = run(body).start(n=7)

    assert ran.incidents == []
    assert ran.variables["seen"] == ["Check", "kim", "n", "assignment", 7, 7]


@covers("camunda:taskListener create")
def test_what_a_script_asks_of_its_task_in_vain_is_told():
    script = '<camunda:script scriptFormat="javascript">task.setOwner("kim")</camunda:script>'
    body = chain(node("userTask", f'<camunda:taskListener event="create">{script}</camunda:taskListener>'))

    (incident,) = run(body).start().incidents

    assert "getAssignee" in incident.event.message
    assert "found task.setOwner" in incident.event.message


def listens(event, work, inner=""):
    if work.startswith("$"):
        return f'<camunda:taskListener event="{event}" expression="{work}">{inner}</camunda:taskListener>'
    script = f'<camunda:script scriptFormat="javascript"><![CDATA[{work}]]></camunda:script>'
    return f'<camunda:taskListener event="{event}">{script}{inner}</camunda:taskListener>'


SETS = {
    "juel": (
        "${task.setAssignee('kim')}",
        "${task.setPriority(80)}",
        "${task.setDueDate('2026-03-01T10:00:00Z')}",
        "${task.addCandidateGroups('sales,support')}",
        "${task.addCandidateUser(boss)}",
        "${task.deleteCandidateGroup('clerks')}",
        "${task.setName('Check it')}",
    ),
    "javascript": (
        "task.setAssignee('lee'); task.setAssignee('kim'); task.setPriority(80);"
        "task.setDueDate(new Date('2026-03-01T10:00:00Z')); task.addCandidateGroup('sales');"
        "task.addCandidateGroups(['support']); task.addCandidateUser(task.getVariable('boss'));"
        "task.deleteCandidateGroup('clerks'); task.setName('Check it')",
    ),
}


@pytest.mark.parametrize("language", SETS)
@covers("camunda:taskListener create")
def test_a_create_listener_changes_the_task_before_anybody_sees_it(language):
    listeners = "".join(listens("create", work) for work in SETS[language])
    people = 'name="Check" camunda:candidateGroups="clerks,office"'

    ran = run(chain(node("userTask", listeners, attributes=people))).start(boss="ada")

    assert ran.incidents == []
    (task,) = ran.user_tasks
    told = task.event
    assert (told.assignee, told.priority, told.name) == ("kim", 80, "Check it")
    assert told.due_at.isoformat() == "2026-03-01T10:00:00+00:00"
    assert told.candidate_groups == ("office", "sales", "support")
    assert told.candidate_users == ("ada",)


@covers("camunda:taskListener assignment")
def test_the_assignment_listener_is_called_for_whom_a_create_listener_chose():
    listeners = listens("create", "${task.setAssignee('kim')}")
    listeners += listens("assignment", "${task.setVariable('to', task.assignee)}")

    ran = run(chain(node("userTask", listeners, attributes='camunda:assignee="lee"'))).start()

    assert (ran.incidents, ran.variables) == ([], {"to": "kim"})


@covers("camunda:taskListener timeout")
def test_a_timeout_listener_changes_the_open_task():
    body = chain(node("userTask", listens("timeout", "task.setPriority(90)", HOUR)))
    ran = run(body).start()

    ran.advance(hours=1, seconds=1)

    assert [task.event.priority for task in ran.user_tasks] == [90]


@pytest.mark.parametrize("argument", ["'soon'", "[1]", "1.5"])
@covers("camunda:taskListener create")
def test_an_argument_that_makes_no_sense_is_an_incident_and_changes_nothing(argument):
    work = f"task.setAssignee('kim'); task.setPriority({argument})"
    (incident,) = run(chain(node("userTask", listens("create", work)))).start().incidents

    assert "argument of task.setPriority()" in incident.event.message


@covers("camunda:taskListener create")
def test_a_task_is_changed_by_its_listeners_only():
    body = chain(node("userTask", attributes='camunda:assignee="${task.setPriority(3)}"'))

    (incident,) = run(body).start().incidents

    assert "in a listener of the user task" in incident.event.message


@pytest.mark.parametrize("tag", ELEMENTS)
@covers("camunda:executionListener start", "camunda:executionListener end")
def test_every_element_calls_its_execution_listeners_once_each(tag):
    called = '<process id="q" isExecutable="true"><startEvent id="s2"/></process>'

    ran = run(chain(ELEMENTS[tag]), around=called).start(**BEGUN)

    assert (ran.state, ran.variables["heard"]) == ("completed", "[]")


@covers("camunda:executionListener start", "camunda:executionListener end")
def test_events_call_theirs_too_wherever_they_stand():
    message = '<messageEventDefinition messageRef="M"/>'
    body = (
        node("startEvent", around(), id="s")
        + node("userTask")
        + node("boundaryEvent", around(), attributes='attachedToRef="n"', inner=message, id="b")
        + node("endEvent", around(), id="e")
        + flow("s", "n")
        + flow("b", "e")
    )
    ran = run(body, around='<message id="M" name="m"/>').start(**BEGUN)
    assert ran.variables["heard"] == "[]"

    ran.message("m")

    assert (ran.state, ran.variables["heard"]) == ("completed", "[][][]")


@covers("camunda:executionListener take")
def test_a_flow_calls_its_listener_when_it_is_taken():
    listener = "<extensionElements><camunda:executionListener expression=\"${execution.setVariable('t', 1)}\"/>"
    body = '<startEvent id="s"/><endEvent id="e"/>' + flow("s", "e", inside=f"{listener}</extensionElements>")

    assert run(body).start().variables == {"t": 1}


@covers("camunda:executionListener start", "camunda:executionListener end")
def test_the_process_calls_its_own_before_everything_and_after_the_last_step():
    body = (
        (
            f"<extensionElements>{hears('executionListener', 'start', '<')}"
            f"{hears('executionListener', 'end', '>')}</extensionElements>"
        )
        .replace("'<'", "'&lt;'")
        .replace("'>'", "'&gt;'")
    )
    body += '<startEvent id="s"/><parallelGateway id="g"/><userTask id="n"/><userTask id="m"/>' + (
        flow("s", "g") + flow("g", "n") + flow("g", "m")
    )
    ran = run(body).start(**BEGUN)
    assert ran.variables["heard"] == "<"

    ran.complete("n")
    assert ran.variables["heard"] == "<"
    ran.complete("m")

    assert (ran.state, ran.variables["heard"]) == ("completed", "<>")


@covers("camunda:executionListener start", "camunda:executionListener end")
def test_a_workers_listener_of_the_process_is_waited_for():
    body = (
        '<extensionElements><camunda:executionListener event="start" class="org.Open"/>'
        '<camunda:executionListener event="end" delegateExpression="${shut}"/></extensionElements>'
    )
    ran = run(body + chain(node("userTask"))).start()
    assert ([job.event.type for job in ran.jobs], ran.user_tasks) == (["org.Open"], [])

    ran.complete_job("org.Open")
    ran.complete("n")
    assert (ran.state, [job.event.type for job in ran.jobs]) == ("active", ["shut"])
    ran.complete_job("shut")

    assert ran.state == "completed"


@covers("camunda:script")
def test_a_listener_may_be_a_script():
    listener = (
        '<camunda:executionListener event="start"><camunda:script scriptFormat="javascript">'
        "execution.setVariable('x', 2)</camunda:script></camunda:executionListener>"
    )

    assert run(chain(node("task", listener))).start().variables == {"x": 2}


@covers("camunda:taskListener create", "camunda:taskListener complete")
def test_a_task_calls_listeners_when_it_is_created_and_completed():
    listeners = hears("taskListener", "create", "+") + hears("taskListener", "complete", "-")
    ran = run(chain(node("userTask", listeners))).start(**BEGUN)
    assert ran.variables["heard"] == "+"

    ran.complete("n")

    assert (ran.state, ran.variables["heard"]) == ("completed", "+-")


@covers("camunda:taskListener assignment", "camunda:taskListener update", "camunda:assignee")
def test_an_assignment_is_heard_at_the_beginning_and_whenever_the_task_changes_hands():
    who = "${execution.setVariable('who', task.assignee)}"
    listeners = f'<camunda:taskListener event="assignment" expression="{who}"/>' + hears("taskListener", "update", "u")
    nobody = run(chain(node("userTask", listeners))).start(**BEGUN)
    assert nobody.variables == BEGUN

    nobody.assign("n", "kim")
    assert nobody.variables == {"heard": "u", "who": "kim"}
    nobody.assign("n", None)
    assert nobody.variables == {"heard": "uu", "who": "kim"}

    given = run(chain(node("userTask", listeners, attributes='camunda:assignee="${boss}"'))).start(boss="lee", heard="")
    assert given.variables["who"] == "lee"


@covers("camunda:taskListener assignment", "camunda:taskListener complete")
def test_claims_and_completions_over_the_engine_tell_listeners_who_it_was(desk: Desk):
    listeners = "".join(
        f"""<camunda:taskListener event="{event}" expression="${{execution.setVariable('{event}', task.assignee)}}"/>"""
        for event in ("assignment", "complete")
    )
    desk.deploy(file(chain(node("userTask", listeners)), key="order").encode())
    instance = desk.start()
    task = desk.task(instance.id)

    user_tasks.claim(desk.engine, task.id, actor=JOHN)
    assert desk.variables(instance.id) == {"assignment": "john"}
    user_tasks.claim(desk.engine, task.id, actor=JOHN)
    user_tasks.assign(desk.engine, task.id, actor=MARY, assignee="mary")
    desk.complete(instance.id)

    assert desk.variables(instance.id) == {"assignment": "mary", "complete": "mary"}


@covers("camunda:taskListener update")
def test_changed_dates_and_priorities_are_updates(desk: Desk):
    listener = hears("taskListener", "update", "u")
    desk.deploy(file(chain(node("userTask", listener)), key="order").encode())
    instance = desk.start(**BEGUN)
    task = desk.task(instance.id)

    changed = user_tasks.change(desk.engine, task.id, actor=MARY, priority=80)
    user_tasks.change(desk.engine, task.id, actor=MARY, priority=80)

    assert changed.priority == 80
    assert desk.variables(instance.id) == {"heard": "u"}
    assert [event.data["priority"] for event in changes_told(desk, instance.id)] == [80]
    user_tasks.change(desk.engine, task.id, actor=MARY, due_at=None, priority=10)
    assert desk.variables(instance.id) == {"heard": "uu"}


def changes_told(desk: Desk, instance_id: int) -> tuple[audit_events.AuditEventView, ...]:
    return audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance_id, type="UserTaskChanged").items


@covers("camunda:taskListener delete")
def test_a_task_that_is_interrupted_calls_its_delete_listener_even_if_that_fails():
    message = '<messageEventDefinition messageRef="M"/>'
    boundary = node("boundaryEvent", attributes='attachedToRef="n"', inner=message, id="b")
    around_ = '<message id="M" name="m"/>'
    ran = run(chain(node("userTask", hears("taskListener", "delete", "x")), more=boundary), around=around_)
    ran.start(**BEGUN).message("m")
    assert (ran.state, ran.variables["heard"]) == ("completed", "x")

    broken = '<camunda:taskListener event="delete" expression="${missing}"/>'
    ran = run(chain(node("userTask", broken), more=boundary), around=around_)
    ran.start().message("m")

    assert (ran.state, ran.incidents) == ("completed", [])
    told = [event.message for event in ran.events if type(event).__name__ == "IncidentRaised"]
    assert len(told) == 1
    assert "delete listener of 'n'" in told[0]


@covers("camunda:taskListener timeout")
def test_a_timeout_listener_is_called_by_its_timer_and_the_task_stays():
    ran = run(chain(node("userTask", hears("taskListener", "timeout", "t", HOUR)))).start(**BEGUN)

    ran.advance(minutes=59)
    assert ran.variables == BEGUN
    ran.advance(minutes=2)
    assert ran.variables["heard"] == "t"
    assert [item.element_id for item in ran.user_tasks] == ["n"]
    ran.complete("n")

    assert (ran.state, ran.timers) == ("completed", [])
    without = chain(node("userTask", hears("taskListener", "timeout", "t")))
    assert "when time is up" in said(without, "listener").message


@pytest.mark.parametrize("event", ["update", "delete"])
@covers("camunda:taskListener update", "camunda:taskListener delete")
def test_a_workers_listener_for_which_nothing_waits_is_told_not_to_be_called(event):
    told = said(chain(node("userTask", f'<camunda:taskListener event="{event}" class="org.Told"/>')), "listener")

    assert told.severity is Severity.WARNING
    assert "never called" in told.message


@covers("camunda:field")
def test_fields_of_a_listener_are_headers_of_its_job():
    listener = (
        '<camunda:executionListener event="start" class="org.Open"><camunda:field name="door" stringValue="back"/>'
        "</camunda:executionListener>"
    )
    ran = run(chain(node("task", listener))).start()

    assert ran.jobs[0].event.headers == {"door": "back"}
