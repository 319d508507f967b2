"""Operaton, CIB seven, Flowable and Activiti: Camunda 7's words in namespaces of their own, and words of their own."""

from __future__ import annotations

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import process_instances
from baton.bpm.testing import ProcessRun
from tests.conformance.attributes.drawn import chain, covers, file, node, problems, run, said
from tests.integration.support import MARY, Desk

EVERYTHING = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:v="{namespace}">
<process id="p" isExecutable="true"><startEvent id="s" v:initiator="who"/>
<serviceTask id="a" v:expression="${{amount + 1}}" v:resultVariable="sum"/>
<serviceTask id="b" v:class="org.Ship"><extensionElements><v:field name="how" stringValue="fast"/></extensionElements>
</serviceTask>
<userTask id="c" v:assignee="kim" v:candidateGroups="sales"><extensionElements>
<v:taskListener event="create" expression="${{execution.setVariable('heard', task.name)}}"/>
<v:executionListener event="end"><v:script scriptFormat="javascript">execution.setVariable('ended', 1)</v:script>
</v:executionListener></extensionElements></userTask><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="b"/>
<sequenceFlow id="f3" sourceRef="b" targetRef="c"/><sequenceFlow id="f4" sourceRef="c" targetRef="e"/>
</process></definitions>"""


@pytest.mark.parametrize(
    "namespace",
    [
        "http://camunda.org/schema/1.0/bpmn",
        "http://operaton.org/schema/1.0/bpmn",
        "http://cibseven.org/schema/1.0/bpmn",
        "http://flowable.org/bpmn",
        "http://activiti.org/bpmn",
        "http://activiti.com/modeler",
    ],
)
@covers("operaton:", "cibseven:", "flowable:", "activiti:")
def test_every_copy_runs_as_camundas_own_words_do(namespace):
    seen = []
    ran = ProcessRun.of_xml(EVERYTHING.format(namespace=namespace), reload=True, handlers={"org.Ship": seen.append})

    ran.start(amount=1)
    task = ran.user_tasks[0].event
    ran.complete("c")

    assert (task.assignee, tuple(task.candidate_groups)) == ("kim", ("sales",))
    assert seen == [{"amount": 1, "who": None, "sum": 2, "how": "fast"}]
    assert ran.state == "completed"
    assert ran.variables == {"amount": 1, "who": None, "sum": 2, "heard": "c", "ended": 1}


@pytest.mark.parametrize("vendor", ["flowable", "activiti"])
@pytest.mark.parametrize("switch", ["_FLOWABLE_SKIP_EXPRESSION_ENABLED", "_ACTIVITI_SKIP_EXPRESSION_ENABLED"])
@covers("flowable:skipExpression", "activiti:skipExpression")
def test_work_is_left_out_while_its_skip_expression_holds_and_skipping_is_on(vendor, switch):
    body = chain(node("userTask", attributes=f'{vendor}:skipExpression="${{small}}"'))

    assert run(body).start(small=True, **{switch: True}).state == "completed"
    assert run(body).start(small=False, **{switch: True}).state == "active"
    assert run(body).start(small=True).state == "active"


@covers("flowable:skipExpression")
def test_a_flow_cannot_be_skipped():
    body = chain(node("task")).replace(
        '<sequenceFlow id="n_e"', '<sequenceFlow id="n_e" flowable:skipExpression="${x}"'
    )

    refusal = said(body, "unsupported-attribute")

    assert (refusal.severity, refusal.element_id) == (Severity.ERROR, "n_e")


@covers("flowable:taskListener", "activiti:taskListener")
@pytest.mark.parametrize("vendor", ["flowable", "activiti"])
def test_a_listener_for_all_events_is_called_at_each(vendor):
    count = "${execution.setVariable('n', n + 1)}"
    ran = run(chain(node("userTask", f'<{vendor}:taskListener event="all" expression="{count}"/>'))).start(n=0)
    assert ran.variables["n"] == 1

    ran.complete("n")

    assert ran.variables["n"] == 2


@covers("flowable:field")
def test_fields_with_elements_inside_are_parameters():
    field = '<flowable:field name="to"><flowable:expression>${customer}</flowable:expression></flowable:field>'
    seen = []

    run(
        chain(node("serviceTask", field, attributes='flowable:delegateExpression="${send}"')),
        handlers={"send": seen.append},
    ).start(customer="kim")

    assert seen == [{"customer": "kim", "to": "kim"}]


@covers("activiti:formProperty")
@pytest.mark.parametrize("vendor", ["flowable", "activiti"])
def test_form_properties_are_the_fields_of_a_form(vendor):
    field = (
        f'<{vendor}:formProperty id="size" type="enum"><{vendor}:value id="s" name="Small"/></{vendor}:formProperty>'
    )

    ran = run(chain(node("userTask", field)))

    (found,) = ran.spec.nodes["n"].element.form_source.fields
    assert (found.id, found.type, found.options) == ("size", "enum", (("s", "Small"),))


@pytest.mark.parametrize("kind", ["mail", "shell", "http", "dmn", "camel"])
@covers("flowable:type")
def test_flowables_own_kinds_of_service_tasks_are_refused_with_a_way_out(kind):
    refusal = said(chain(node("serviceTask", attributes=f'flowable:type="{kind}"')), "unsupported-attribute")

    assert (refusal.severity, f"'{kind}'" in refusal.message) == (Severity.ERROR, True)


@covers("flowable: unknown words")
def test_other_words_of_flowable_are_kept_out_with_an_info():
    found = problems(
        chain(node("userTask", "<flowable:eventListener/>", attributes='flowable:formFieldValidation="true"'))
    )

    assert [(problem.rule, problem.severity) for problem in found] == [("vendor-extension", Severity.INFO)] * 2


@pytest.mark.parametrize("vendor", ["flowable", "activiti"])
@covers("flowable:resultVariableName", "activiti:resultVariableName")
def test_the_result_variable_has_two_names(vendor):
    words = f'{vendor}:expression="${{amount * 2}}" {vendor}:resultVariableName="twice"'

    assert run(chain(node("serviceTask", attributes=words))).start(amount=4).variables == {"amount": 4, "twice": 8}


@pytest.mark.parametrize(
    ("words", "passed", "business_key"),
    [
        ('flowable:inheritVariables="true"', {"amount": 4}, None),
        ('flowable:inheritVariables="false"', {}, None),
        ('flowable:businessKey="B-${amount}"', {}, "B-4"),
        ('flowable:inheritBusinessKey="true"', {}, "mine"),
        ('flowable:inheritBusinessKey="false"', {}, None),
    ],
)
@covers("flowable:inheritVariables", "flowable:businessKey", "flowable:inheritBusinessKey")
def test_what_a_called_process_gets_of_its_caller(desk: Desk, words, passed, business_key):
    desk.deploy(file(chain(node("userTask")), key="called").encode())
    call = node("callActivity", attributes=f'calledElement="called" {words}')
    desk.deploy(file(chain(call), key="caller").encode())
    given = {"amount": 4}
    caller = process_instances.start(desk.engine, actor=MARY, key="caller", variables=given, business_key="mine")
    desk.settle()

    (called,) = process_instances.list_(desk.engine, actor=MARY, caller_id=caller.id).items

    assert desk.variables(called.id) == passed
    assert called.business_key == business_key


@covers("flowable:calledElementType")
def test_a_process_that_is_called_by_its_definitions_id_is_warned_of():
    words = 'calledElement="q" flowable:calledElementType="id"'

    told = said(chain(node("callActivity", attributes=words)), "vendor-extension")

    assert told.severity is Severity.WARNING
    assert "by its key" in told.message
