"""Camunda 8: every element of the `zeebe:` words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from baton.bpm import errors
from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import deployments, process_instances
from baton.bpm.runtime.deployments import Resource
from tests.conformance.attributes.drawn import chain, covers, file, flow, node, problems, run, said
from tests.conformance.attributes.test_camunda7_flow import CALLED, DMN
from tests.integration.support import MARY, Desk

JOB = '<zeebe:taskDefinition type="ship"/>'


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "businessRuleTask", "scriptTask"])
@covers("zeebe:taskDefinition type", "zeebe:taskDefinition retries")
def test_a_task_definition_is_a_job_with_its_retries(tag):
    body = chain(node(tag, '<zeebe:taskDefinition type="=kind + &quot;-ship&quot;" retries="=2 + 3"/>'))

    ran = run(body).start(kind="fast")

    assert (ran.jobs[0].event.type, ran.jobs[0].event.retries) == ("fast-ship", 5)
    assert run(chain(node(tag, JOB))).start().jobs[0].event.retries == 3


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
@covers("zeebe:taskDefinition type")
def test_a_message_is_sent_by_a_worker_who_gets_the_inputs(tag):
    maps = '<zeebe:ioMapping><zeebe:input source="=a + 1" target="b"/></zeebe:ioMapping>'
    seen = []
    body = f'<startEvent id="s"/>{node(tag, JOB, maps, inner="<messageEventDefinition/>")}{flow("s", "n")}'

    ran = run(body, handlers={"ship": seen.append}).start(a=1)

    assert (ran.state, seen) == ("completed", [{"a": 1, "b": 2}])


@covers("zeebe:ioMapping input", "zeebe:ioMapping output")
def test_only_mapped_outputs_leave_a_task():
    maps = (
        '<zeebe:ioMapping><zeebe:input source="=a" target="mine"/><zeebe:output source="=given * 2" target="out"/>'
        "</zeebe:ioMapping>"
    )
    ran = run(chain(node("serviceTask", JOB, maps)), handlers={"ship": lambda seen: {"given": seen["mine"]}})

    assert ran.start(a=4).variables == {"a": 4, "out": 8}


@covers("zeebe:ioMapping input", "zeebe:ioMapping output")
def test_a_target_with_dots_is_a_member():
    maps = (
        '<zeebe:ioMapping><zeebe:input source="=order.id" target="mine.id"/>'
        '<zeebe:output source="=mine.id + 1" target="order.next"/><zeebe:output source="=order.next" target="last"/>'
        "</zeebe:ioMapping>"
    )
    seen = []
    ran = run(chain(node("serviceTask", JOB, maps)), handlers={"ship": lambda given: seen.append(given["mine"])})

    assert ran.start(order={"id": 4}).variables == {"order": {"id": 4, "next": 5}, "last": 5}
    assert seen == [{"id": 4}]


CAUGHT = '<messageEventDefinition messageRef="M"/>'
KEY = '<zeebe:subscription correlationKey="=id"/>'
MESSAGE = node("message", KEY, attributes='name="m"', id="M")
TAKES = '<zeebe:ioMapping><zeebe:output source="=got + 1" target="out"/></zeebe:ioMapping>'


@covers("zeebe:subscription correlationKey", "zeebe:ioMapping output")
@pytest.mark.parametrize("place", ["catch", "receive", "boundary", "gateway", "event sub-process"])
def test_of_a_message_only_what_is_mapped_is_taken_wherever_it_is_caught(place):
    catch = node("intermediateCatchEvent", TAKES, inner=CAUGHT)
    body = {
        "catch": chain(catch),
        "receive": chain(node("receiveTask", TAKES, attributes='messageRef="M"')),
        "boundary": chain(
            node("userTask"), more=node("boundaryEvent", TAKES, attributes='attachedToRef="n"', inner=CAUGHT, id="b")
        ),
        "gateway": '<startEvent id="s"/><eventBasedGateway id="g"/>'
        + catch
        + '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        + "</timerEventDefinition></intermediateCatchEvent>"
        + flow("s", "g")
        + flow("g", "n")
        + flow("g", "t"),
        "event sub-process": chain(node("userTask"))
        + f'<subProcess id="x" triggeredByEvent="true">{node("startEvent", TAKES, inner=CAUGHT, id="xs")}</subProcess>',
    }[place]
    ran = run(body, around=MESSAGE).start(id=7)
    assert [item.event.correlation_key for item in ran.subscriptions] == [7]

    ran.message("m", 7, got=1, ignored=True)

    assert ran.state == "completed"
    assert ran.variables == {"id": 7, "out": 2}


@covers("zeebe:ioMapping output")
def test_of_a_message_that_starts_the_process_only_what_is_mapped_is_taken():
    start = node("startEvent", TAKES, inner=CAUGHT, id="s")
    none = node("startEvent", TAKES, id="s")

    begun = run(chain(node("task"), start=start), around=MESSAGE).start("s", got=1, ignored=True)
    given = run(chain(node("task"), start=none)).start("s", got=1)

    assert begun.variables == {"out": 2}
    assert given.variables == {"got": 1, "out": 2}


@covers("zeebe:taskHeaders")
def test_headers_reach_the_worker():
    headers = '<zeebe:taskHeaders><zeebe:header key="how" value="fast"/><zeebe:header key="empty"/></zeebe:taskHeaders>'

    assert run(chain(node("serviceTask", JOB, headers))).start().jobs[0].event.headers == {"how": "fast", "empty": ""}


@pytest.mark.parametrize(
    ("words", "maps", "inside", "outside"),
    [
        ("", "", {"a": 1}, {"a": 1, "r": 2}),
        ('propagateAllParentVariables="false"', "", {}, {"a": 1, "r": 2}),
        ('propagateAllChildVariables="false"', "", {"a": 1}, {"a": 1}),
        ("", '<zeebe:output source="=r" target="o"/>', {"a": 1}, {"a": 1, "o": 2}),
        (
            'propagateAllChildVariables="true"',
            '<zeebe:output source="=r" target="o"/>',
            {"a": 1},
            {"a": 1, "r": 2, "o": 2},
        ),
        (
            'propagateAllParentVariables="false"',
            '<zeebe:input source="=a + 1" target="b"/>',
            {"b": 2},
            {"a": 1, "b": 2, "r": 2},
        ),
    ],
)
@covers(
    "zeebe:calledElement processId",
    "zeebe:calledElement propagateAllChildVariables",
    "zeebe:calledElement propagateAllParentVariables",
)
def test_all_variables_cross_a_call_unless_that_is_switched_off(words, maps, inside, outside):
    calls = f'<zeebe:calledElement processId="=&quot;q&quot;" {words}/>'
    mapping = f"<zeebe:ioMapping>{maps}</zeebe:ioMapping>"
    ran = run(chain(node("callActivity", calls, mapping)), around=CALLED).start(a=1)
    assert ran.called("n").variables == inside

    ran.called("n").complete("u", r=2)

    assert ran.variables == outside


@pytest.mark.parametrize(
    ("words", "version"), [("", 2), ('bindingType="latest"', 2), ('bindingType="versionTag" versionTag="old"', 1)]
)
@covers("zeebe:calledElement bindingType", "zeebe:versionTag")
def test_a_call_is_bound_to_a_version_tag(desk: Desk, words, version):
    for tag in ("old", "new"):
        label = f'<extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>'
        content = label + '<startEvent id="s"/><userTask id="u"/>' + flow("s", "u")
        desk.deploy(file(content, key="q").encode())
    calls = f'<zeebe:calledElement processId="q" {words}/>'
    desk.deploy(file(chain(node("callActivity", calls)), key="order").encode())

    desk.start()
    desk.settle()

    (called,) = process_instances.list_(desk.engine, actor=MARY, key="q").items
    assert desk.engine.definitions.get(called.process_definition_id).version == version


@covers("zeebe:calledElement bindingType")
def test_a_call_is_bound_to_the_deployment(desk: Desk):
    calls = '<zeebe:calledElement processId="q" bindingType="deployment"/>'
    desk.deploy(file(chain(node("callActivity", calls)), key="order", around=CALLED).encode())
    desk.deploy(file('<startEvent id="s"/><userTask id="u"/>' + flow("s", "u"), key="q").encode())

    desk.start()
    desk.settle()

    (called,) = process_instances.list_(desk.engine, actor=MARY, key="q").items
    assert desk.engine.definitions.get(called.process_definition_id).version == 1


@pytest.mark.parametrize("binding", ["latest", "deployment", "versionTag"])
@covers("zeebe:calledDecision decisionId", "zeebe:calledDecision resultVariable", "zeebe:calledDecision bindingType")
def test_a_decision_gives_its_value(binding):
    asks = f'<zeebe:calledDecision decisionId="D" resultVariable="r" bindingType="{binding}" versionTag="1"/>'
    ran = run(chain(node("businessRuleTask", asks)), decisions=[DMN])
    calls = []
    find = ran.decisions.find
    ran.decisions.find = lambda call: (calls.append(str(call.binding)), find(call))[1]

    assert ran.start(a=2).variables["r"] == "big"
    assert calls == [binding]


@covers(
    "zeebe:loopCharacteristics inputCollection",
    "zeebe:loopCharacteristics inputElement",
    "zeebe:loopCharacteristics outputCollection",
    "zeebe:loopCharacteristics outputElement",
)
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_loop_collects_what_its_instances_give(sequential):
    words = (
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="all"'
        ' outputElement="=doubled"/>'
    )
    loop = node("multiInstanceLoopCharacteristics", words, attributes=f'isSequential="{sequential}"', id="l")
    ran = run(
        chain(node("serviceTask", JOB, inner=loop)), handlers={"ship": lambda seen: {"doubled": seen["item"] * 2}}
    )

    assert ran.start(items=[1, 2]).variables["all"] == [2, 4]


@covers("zeebe:modelerTemplate")
def test_a_connectors_template_is_a_job_of_its_type():
    words = 'zeebe:modelerTemplate="io.camunda.connectors.Slack.v1" zeebe:modelerTemplateIcon="data:,"'
    body = chain(node("serviceTask", '<zeebe:taskDefinition type="io.camunda:slack:1"/>', attributes=words))

    assert run(body).start().jobs[0].event.type == "io.camunda:slack:1"
    assert "io.camunda.connectors.Slack.v1" in said(body, "foreign-implementation").message


@covers(
    "zeebe:userTask",
    "zeebe:assignmentDefinition assignee",
    "zeebe:assignmentDefinition candidateGroups",
    "zeebe:assignmentDefinition candidateUsers",
)
def test_a_user_task_is_for_literals_or_what_feel_gives():
    literal = '<zeebe:userTask/><zeebe:assignmentDefinition assignee="kim" candidateGroups="a, b" candidateUsers="c"/>'
    feel = (
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=boss" candidateGroups="=[&quot;x&quot;, team]"'
        ' candidateUsers="=people"/>'
    )

    fixed = run(chain(node("userTask", literal))).start().user_tasks[0].event
    asked = run(chain(node("userTask", feel))).start(boss="lee", team="y", people=["p"]).user_tasks[0].event

    assert (fixed.assignee, tuple(fixed.candidate_groups), tuple(fixed.candidate_users)) == ("kim", ("a", "b"), ("c",))
    assert (asked.assignee, tuple(asked.candidate_groups), tuple(asked.candidate_users)) == ("lee", ("x", "y"), ("p",))


FORM = json.dumps(
    {"type": "default", "id": "f", "components": [{"type": "number", "key": "amount", "validate": {"max": 5}}]}
)


@pytest.mark.parametrize(
    ("words", "of_process"),
    [
        ('formId="f"', ""),
        ('formId="f" bindingType="deployment"', ""),
        ('formKey="camunda-forms:bpmn:own"', f"<zeebe:userTaskForm id='own'>{FORM}</zeebe:userTaskForm>"),
    ],
)
@covers("zeebe:formDefinition formId", "zeebe:formDefinition formKey", "zeebe:userTaskForm")
def test_a_form_of_the_diagram_or_the_deployment_is_checked(desk: Desk, words, of_process):
    body = f"<extensionElements>{of_process}</extensionElements>" if of_process else ""
    body += chain(node("userTask", f"<zeebe:formDefinition {words}/>"))
    resources = [Resource("order.bpmn", file(body, key="order").encode()), Resource("f.form", FORM.encode())]
    deployments.deploy(desk.engine, actor=MARY, resources=resources)
    instance = desk.start()

    with pytest.raises(errors.FormRefused):
        desk.complete(instance.id, amount=6)
    desk.complete(instance.id, amount=5)

    assert desk.state(instance.id) == "completed"


@covers("zeebe:formDefinition externalReference", "zeebe:formDefinition formKey")
@pytest.mark.parametrize("word", ["externalReference", "formKey"])
def test_other_forms_are_references_for_clients(word):
    body = chain(node("userTask", f'<zeebe:formDefinition {word}="https://forms.example/1"/>'))

    assert run(body).start().user_tasks[0].event.form == "https://forms.example/1"


@covers("zeebe:executionListeners")
def test_execution_listeners_are_jobs_before_and_after_the_work():
    listeners = (
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="=kind" retries="2"/>'
        '<zeebe:executionListener eventType="end" type="shut"/></zeebe:executionListeners>'
    )
    ran = run(chain(node("serviceTask", JOB, listeners))).start(kind="open")
    order = []

    for _ in range(3):
        order.append((ran.jobs[0].event.type, ran.jobs[0].event.retries))
        ran.complete_job(ran.jobs[0].event.type)

    assert order == [("open", 2), ("ship", 3), ("shut", 3)]
    assert ran.state == "completed"


@covers("zeebe:executionListeners")
def test_execution_listeners_of_the_process_are_jobs_too():
    listeners = (
        '<extensionElements><zeebe:executionListeners><zeebe:executionListener eventType="start" type="open"/>'
        '<zeebe:executionListener eventType="end" type="shut"/></zeebe:executionListeners></extensionElements>'
    )
    ran = run(listeners + chain(node("task"))).start()

    ran.complete_job("open")
    assert (ran.state, ran.path) == ("active", ["s", "n", "e"])
    ran.complete_job("shut")

    assert ran.state == "completed"


@covers("zeebe:taskListeners")
def test_task_listeners_are_jobs_where_something_waits_for_them():
    def listener(event: str) -> str:
        return f'<zeebe:taskListener eventType="{event}" type="{event}"/>'

    events = ("creating", "assigning", "completing", "updating", "canceling")
    listeners = f"<zeebe:taskListeners>{''.join(map(listener, events))}</zeebe:taskListeners>"
    body = chain(node("userTask", "<zeebe:userTask/>", listeners))
    ran = run(body).start()

    ran.complete_job("creating")
    ran.complete("n")
    ran.complete_job("completing")

    assert ran.state == "completed"
    told = [problem for problem in problems(body) if problem.rule == "listener"]
    assert [problem.message.split()[1] for problem in told] == ["update", "delete"]


@covers("zeebe:script")
def test_a_script_is_feel_with_its_result():
    script = '<zeebe:script expression="=a + 1" resultVariable="r"/>'

    assert run(chain(node("scriptTask", script))).start(a=1).variables["r"] == 2


INNER = node("serviceTask", JOB, id="a") + node("task", id="c")


@covers("zeebe:adHoc activeElementsCollection", "zeebe:adHoc outputCollection", "zeebe:adHoc outputElement")
def test_an_ad_hoc_sub_process_begins_by_itself_and_collects_what_is_done_inside():
    words = '<zeebe:adHoc activeElementsCollection="=begin" outputCollection="all" outputElement="={ r: r }"/>'
    ran = run(chain(node("adHocSubProcess", words, inner=INNER))).start(begin=["a", "c"], r=0)
    assert ran.state == "active"

    ran.complete_job("ship", r=5)

    assert ran.state == "completed"
    assert ran.variables["all"] == [{"r": 0}, {"r": 5}]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", True),
        ('variableNames="a"', True),
        ('variableNames="b"', False),
        ('variableEvents="update"', False),
        ('variableNames="a" variableEvents="create"', True),
    ],
)
@covers("zeebe:conditionalFilter")
def test_a_condition_is_asked_by_what_its_filter_names(words, asked):
    condition = node(
        "conditionalEventDefinition",
        f"<zeebe:conditionalFilter {words}/>",
        inner="<condition>=a = 1</condition>",
        id="d",
    )
    ran = run(chain(node("intermediateCatchEvent", inner=condition))).start()

    ran.set_variables(a=1)

    assert (ran.state == "completed") is asked


@pytest.mark.parametrize("word", ["linkedResources", "agentDefinition"])
@covers("zeebe:linkedResources", "zeebe:agentDefinition")
def test_what_means_nothing_here_is_kept_and_told(word):
    body = chain(node("serviceTask", JOB, f"<zeebe:{word}/>"))

    told = said(body, "vendor-extension")

    assert (told.severity, f"'{word}'" in told.message) == (Severity.INFO, True)
    assert run(body).start().jobs


@covers("zeebe:taskSchedule", "zeebe:priorityDefinition")
def test_dates_and_priority_are_literals_or_feel():
    words = (
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)"/>'
        '<zeebe:priorityDefinition priority="=60 + 9"/>'
    )

    task = run(chain(node("userTask", words))).start().user_tasks[0].event

    assert (task.due_at, task.priority) == (datetime(2026, 1, 2, tzinfo=UTC), 69)


@pytest.mark.parametrize(("of_process", "of_task", "priority"), [("5", "", 5), ("5", "7", 7), ("", "=urgency * 2", 8)])
@covers("zeebe:jobPriorityDefinition")
def test_a_job_has_the_priority_of_its_task_or_process(of_process, of_task, priority):
    def words(value: str) -> str:
        return f'<zeebe:jobPriorityDefinition priority="{value}"/>' if value else ""

    of_all = f"<extensionElements>{words(of_process)}</extensionElements>"
    ran = run(of_all + chain(node("serviceTask", JOB, words(of_task)))).start(urgency=4)

    assert ran.jobs[0].event.priority == priority
    ran.complete_job("ship")
    assert ran.state == "completed"


@covers("zeebe:properties")
def test_properties_reach_the_worker_and_task_headers_come_before_them():
    words = (
        '<zeebe:properties><zeebe:property name="how" value="fast"/><zeebe:property name="to" value="Kim"/>'
        '</zeebe:properties><zeebe:taskHeaders><zeebe:header key="how" value="slowly"/></zeebe:taskHeaders>'
    )
    ran = run(chain(node("serviceTask", JOB, words))).start()

    assert ran.jobs[0].event.headers == {"how": "slowly", "to": "Kim"}
    ran.complete_job("ship")
    assert ran.state == "completed"
