"""Connectors as the dialects write them, read into jobs with mappings."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import Connector, DataMapping, Entries, Expression, Language, Script
from baton.bpm.definition.problems import Severity

CALL = (
    "<camunda:connector><camunda:inputOutput>"
    '<camunda:inputParameter name="url">https://api.example.com/${id}</camunda:inputParameter>'
    '<camunda:inputParameter name="headers"><camunda:map>'
    '<camunda:entry key="Accept">application/json</camunda:entry></camunda:map></camunda:inputParameter>'
    '<camunda:outputParameter name="answer">'
    '<camunda:script scriptFormat="javascript">JSON.parse(response).x</camunda:script></camunda:outputParameter>'
    "</camunda:inputOutput><camunda:connectorId>CONNECTOR-ID</camunda:connectorId></camunda:connector>"
)
REST = (
    '<zeebe:taskDefinition type="{type}" retries="5"/><zeebe:taskHeaders>'
    '<zeebe:header key="resultExpression" value="{expression}"/></zeebe:taskHeaders>'
)


def task(extensions: str, kind: str = "serviceTask", attributes: str = "") -> str:
    return (
        f'<bpmn:{kind} id="E" name="Do" {attributes}>'
        f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements></bpmn:{kind}>"
    )


@pytest.mark.parametrize("kind", ["serviceTask", "sendTask", "businessRuleTask"])
def test_a_camunda_7_http_connector_is_a_job_with_mappings_of_its_own(read, node, rules, kind) -> None:
    diagram = read(task(CALL.replace("CONNECTOR-ID", "http-connector"), kind))

    found = node(diagram, "E")
    assert found.job_type == "http-connector"
    assert (found.inputs, found.outputs) == ((), ())
    assert isinstance(found.connector, Connector)
    url, headers = found.connector.inputs
    assert url == DataMapping("url", Expression("https://api.example.com/${id}", Language.JUEL))
    assert headers == DataMapping("headers", Entries((("Accept", "application/json"),)))
    (answer,) = found.connector.outputs
    assert answer.target == "answer"
    assert isinstance(answer.source, Script)
    assert rules(diagram) == {"start-event-required"}


def test_another_connector_is_a_job_of_its_id_with_a_warning(read, node, problem) -> None:
    diagram = read(task(CALL.replace("CONNECTOR-ID", "soap-http-connector")))

    assert node(diagram, "E").job_type == "soap-http-connector"
    assert node(diagram, "E").connector.inputs
    told = problem(diagram, "foreign-implementation", Severity.WARNING).message
    assert "the connector 'soap-http-connector'" in told


@pytest.mark.parametrize("kind", ["userTask", "scriptTask", "callActivity"])
@pytest.mark.parametrize(("executable", "severity"), [(True, Severity.ERROR), (False, Severity.WARNING)])
def test_a_connector_elsewhere_is_refused_with_a_way_out(read, problem, kind, executable, severity) -> None:
    diagram = read(task(CALL.replace("CONNECTOR-ID", "http-connector"), kind), executable=executable)

    found = problem(diagram, "unsupported-attribute", severity)
    assert "service" in found.fix
    assert found.element_id == "E"


def test_a_connector_without_id_is_the_only_problem_of_its_task(read, rules) -> None:
    diagram = read(task("<camunda:connector/>"))

    assert rules(diagram) == {"unsupported-attribute", "start-event-required"}


def test_a_mapping_of_a_connector_that_does_not_compile_is_told(read, problem) -> None:
    diagram = read(task(CALL.replace("CONNECTOR-ID", "http-connector").replace("${id}", "${???}")))

    assert "mapping to 'url'" in problem(diagram, "expression-syntax", Severity.ERROR).message


def test_the_http_template_of_camunda_8_is_a_job_without_warning(read, node, rules) -> None:
    extensions = REST.format(type="io.camunda:http-json:1", expression="={total: response.body.total}")
    diagram = read(task(extensions, attributes='zeebe:modelerTemplate="io.camunda.connectors.HttpJson.v2"'))

    assert node(diagram, "E").job_type == "io.camunda:http-json:1"
    assert node(diagram, "E").headers == {"resultExpression": "={total: response.body.total}"}
    assert rules(diagram) == {"start-event-required"}


def test_its_expressions_are_checked_at_upload(read, problem) -> None:
    extensions = REST.format(type="io.camunda:http-json:1", expression="={total: ???}")

    told = problem(read(task(extensions)), "expression-syntax", Severity.ERROR).message

    assert "resultExpression of the service task 'Do'" in told


def test_another_template_of_camunda_8_is_a_job_of_its_type_with_a_warning(read, node, problem) -> None:
    extensions = '<zeebe:taskDefinition type="io.camunda:sendgrid:1"/>'
    diagram = read(task(extensions, attributes='zeebe:modelerTemplate="io.camunda.connectors.SendGrid.v1"'))

    assert node(diagram, "E").job_type == "io.camunda:sendgrid:1"
    assert "connector" in problem(diagram, "foreign-implementation", Severity.WARNING).message


@pytest.mark.parametrize(
    ("source", "secret"),
    [
        ("{{secrets.TOKEN}}", "{{secrets.TOKEN}}"),
        ('="Bearer {{ secrets.TOKEN }}"', "{{ secrets.TOKEN }}"),
        ("=camunda.secrets.TOKEN", "camunda.secrets.TOKEN"),
    ],
)
def test_a_secret_is_told_at_upload_with_what_to_do_instead(read, problem, source, secret) -> None:
    mapping = f"<zeebe:ioMapping><zeebe:input source='{source}' target='authentication.token'/></zeebe:ioMapping>"
    rest = REST.format(type="io.camunda:http-json:1", expression="=response")

    told = problem(read(task(rest + mapping)), "connector-secret", Severity.WARNING)

    assert f"'{secret}'" in told.message
    assert "BATON_SENSITIVE_VARIABLES" in told.fix
    assert told.element_id == "E"


def test_a_secret_of_another_connector_is_its_workers_business(read, rules) -> None:
    mapping = "<zeebe:ioMapping><zeebe:input source='{{secrets.TOKEN}}' target='token'/></zeebe:ioMapping>"

    assert "connector-secret" not in rules(read(task('<zeebe:taskDefinition type="mail"/>' + mapping)))
