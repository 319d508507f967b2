"""SpiffWorkflow's extensions: what means something here runs, the rest is told, nothing stops a file."""

from __future__ import annotations

import json

import pytest

from baton.bpm import errors
from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import deployments
from baton.bpm.runtime.deployments import Resource
from tests.conformance.attributes.drawn import chain, covers, file, flow, node, run, said
from tests.conformance.attributes.test_camunda7_flow import DMN
from tests.integration.support import MARY, Desk


@covers("spiffworkflow:serviceTaskOperator")
def test_an_operator_is_a_job_with_python_parameters():
    operator = (
        '<spiffworkflow:serviceTaskOperator id="http/GetRequest" resultVariable="page"><spiffworkflow:parameters>'
        "<spiffworkflow:parameter id='url' type='str' value='\"https://example.com/\" + name'/>"
        '<spiffworkflow:parameter id="times" type="any" value="[n, n + 1]"/></spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator>"
    )
    body = chain(node("serviceTask", operator))

    def work(seen):
        return {"page": (seen["url"], seen["times"])}

    ran = run(body, handlers={"http/GetRequest": work}).start(name="x", n=1)

    assert ran.variables["page"] == ("https://example.com/x", [1, 2])
    assert "http/GetRequest" in said(body, "foreign-implementation").message
    assert "'page'" in said(body, "vendor-extension").fix


MARK = node("manualTask", "<spiffworkflow:instructionsForEndUser>Look</spiffworkflow:instructionsForEndUser>")


def chosen(condition, **variables):
    paths = '<exclusiveGateway id="g" default="d"/><endEvent id="yes"/><endEvent id="no"/>'
    paths += flow("g", "yes", condition) + '<sequenceFlow id="d" sourceRef="g" targetRef="no"/>'
    body = f'<startEvent id="s"/>{MARK}{flow("s", "n")}{paths}{flow("n", "g")}'
    ran = run(body).start(**variables)
    ran.complete("n")
    return ran.path[-1]


@pytest.mark.parametrize(
    "condition", ['kind == "new" and len(items) == 2', "items[1] is None or False", "any(x == 1 for x in items)"]
)
@covers("spiffworkflow:instructionsForEndUser")
def test_conditions_of_its_files_are_python(condition):
    assert chosen(condition, kind="new", items=[1, 2]) == ("no" if "None" in condition else "yes")


@covers("spiffworkflow:instructionsForEndUser")
def test_a_manual_task_waits_until_somebody_has_followed_its_instructions():
    ran = run(chain(MARK)).start()
    assert [(item.element_id, item.event.kind) for item in ran.user_tasks] == [("n", "todo")]

    ran.complete("n")

    assert ran.state == "completed"


@covers("spiffworkflow:instructionsForEndUser")
def test_a_condition_that_yields_nothing_is_told_how_python_compares():
    body = f'<startEvent id="s"/>{MARK}<endEvent id="e"/>{flow("s", "n")}{flow("n", "e", "kind = 1")}'

    problem = said(body, "expression-syntax")

    assert "'=='" in problem.message
    assert "kind == 'new'" in problem.fix


@covers("spiffworkflow:instructionsForEndUser")
def test_a_time_stands_in_quotes():
    timer = "<timerEventDefinition><timeDuration>'PT1H'</timeDuration></timerEventDefinition>"
    ran = run(chain(node("intermediateCatchEvent", inner=timer), more=MARK.replace('id="n"', 'id="m"'))).start()

    assert ran.state == "active"
    ran.advance(hours=1)
    assert "e" in ran.path


@covers("spiffworkflow:preScript", "spiffworkflow:postScript")
def test_scripts_run_before_and_after_the_work():
    scripts = (
        "<spiffworkflow:preScript>a = 1</spiffworkflow:preScript>"
        "<spiffworkflow:postScript>b = a + given</spiffworkflow:postScript>"
    )
    ran = run(chain(node("userTask", scripts))).start()
    assert ran.variables == {"a": 1}

    ran.complete("n", given=5)

    assert ran.variables == {"a": 1, "given": 5, "b": 6}


@covers("spiffworkflow:calledDecisionId")
def test_each_output_of_a_decision_is_a_variable():
    body = chain(node("businessRuleTask", "<spiffworkflow:calledDecisionId>D</spiffworkflow:calledDecisionId>"))

    assert run(body, decisions=[DMN]).start(a=2).variables == {"a": 2, "size": "big"}
    assert run(body, decisions=[DMN]).start(a=0).variables == {"a": 0}


@covers("spiffworkflow:instructionsForEndUser")
def test_instructions_are_shown_with_the_task_as_they_are(desk: Desk):
    text = "# Hello {{ name }} &lt;script&gt;"
    words = f"<spiffworkflow:instructionsForEndUser>{text}</spiffworkflow:instructionsForEndUser>"
    desk.deploy(file(chain(node("userTask", words)), key="order").encode())

    assert desk.task(desk.start().id).documentation == "# Hello {{ name }} <script>"


@covers("spiffworkflow:properties")
def test_a_json_schema_beside_the_diagram_is_the_form(desk: Desk):
    words = (
        '<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="f-schema.json"/>'
        '<spiffworkflow:property name="formUiSchemaFilename" value="f-ui.json"/></spiffworkflow:properties>'
    )
    schema = {"type": "object", "properties": {"amount": {"type": "integer", "maximum": 5}}, "required": ["amount"]}
    resources = [
        Resource("order.bpmn", file(chain(node("userTask", words)), key="order").encode()),
        Resource("f-schema.json", json.dumps(schema).encode()),
    ]
    deployments.deploy(desk.engine, actor=MARY, resources=resources)
    instance = desk.start()

    with pytest.raises(errors.FormRefused):
        desk.complete(instance.id, amount=6)
    desk.complete(instance.id, amount=5)

    assert desk.state(instance.id) == "completed"


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("unitTests", Severity.INFO),
        ("messageVariable", Severity.WARNING),
        ("messagePayload", Severity.WARNING),
        ("processVariableCorrelation", Severity.WARNING),
        ("payloadExpression", Severity.WARNING),
        ("variableName", Severity.WARNING),
        ("allowGuest", Severity.WARNING),
        ("guestConfirmation", Severity.INFO),
        ("signalButtonLabel", Severity.INFO),
        ("category", Severity.INFO),
        ("somethingNew", Severity.INFO),
    ],
)
@covers("spiffworkflow: other words")
def test_other_words_are_told_and_the_process_runs(word, severity):
    body = chain(node("task", f"<spiffworkflow:{word}><a/>text</spiffworkflow:{word}>"))

    told = said(body, "vendor-extension")

    assert (told.severity, f"'{word}'" in told.message) == (severity, True)
    assert run(body).start().state == "completed"
