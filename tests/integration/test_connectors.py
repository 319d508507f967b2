"""HTTP connectors end to end on both databases: a real server is called by the dispatcher, the process goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from baton.bpm import errors
from baton.bpm.runtime import audit_events, incidents, process_instances, waiting
from baton.bpm.runtime.clock import utc_now
from baton.bpm.runtime.engine import Engine
from baton.bpm.settings import Settings
from baton.bpm.worker import Dispatcher
from tests.integration.support import MARY, Desk, diagram, flow
from tests.integration.test_worker import eventually
from tests.support.http_server import HttpServer, http_server

CONNECTOR = (
    "<extensionElements><camunda:inputOutput>"
    '<camunda:inputParameter name="path">${prefix}</camunda:inputParameter>'
    '<camunda:outputParameter name="double">${code + code}</camunda:outputParameter>'
    "</camunda:inputOutput><camunda:connector><camunda:inputOutput>"
    '<camunda:inputParameter name="url">${base}${path}</camunda:inputParameter>'
    '<camunda:inputParameter name="method">POST</camunda:inputParameter>'
    '<camunda:inputParameter name="headers"><camunda:map>'
    '<camunda:entry key="Authorization">Bearer ${secretOf}</camunda:entry></camunda:map></camunda:inputParameter>'
    '<camunda:inputParameter name="payload">hello ${name}</camunda:inputParameter>'
    '<camunda:outputParameter name="code">${statusCode}</camunda:outputParameter>'
    '<camunda:outputParameter name="kind">${headers.get("Content-Type")}</camunda:outputParameter>'
    '<camunda:outputParameter name="answer">'
    '<camunda:script scriptFormat="javascript">JSON.parse(response)</camunda:script></camunda:outputParameter>'
    "</camunda:inputOutput><camunda:connectorId>http-connector</camunda:connectorId></camunda:connector>"
    "</extensionElements>"
)
CAMUNDA_7 = diagram(
    f'<startEvent id="start"/><serviceTask id="call">{CONNECTOR}</serviceTask><endEvent id="end"/>'
    + flow("start", "call")
    + flow("call", "end")
)


def camunda_8(inputs: dict[str, str], headers: dict[str, str], retries: int = 1) -> bytes:
    """A task with the template, whose BPMN error GONE leads to an end of its own."""
    mapped = "".join(
        f"<zeebe:input source={quoteattr(source)} target='{target}'/>" for target, source in inputs.items()
    )
    told = "".join(f"<zeebe:header key='{key}' value={quoteattr(value)}/>" for key, value in headers.items())
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><error id="gone" errorCode="GONE"/>'
        '<process id="order" isExecutable="true"><startEvent id="start"/><serviceTask id="call"><extensionElements>'
        f'<zeebe:taskDefinition type="io.camunda:http-json:1" retries="{retries}"/>'
        f"<zeebe:ioMapping>{mapped}</zeebe:ioMapping><zeebe:taskHeaders>{told}</zeebe:taskHeaders>"
        '</extensionElements></serviceTask><boundaryEvent id="caught" attachedToRef="call">'
        '<errorEventDefinition errorRef="gone"/></boundaryEvent><userTask id="mend"/><endEvent id="end"/>'
        + flow("start", "call")
        + flow("call", "end")
        + flow("caught", "mend")
        + "</process></definitions>"
    ).encode()


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        yield running


@pytest.fixture
def desk(database_url: str, server: HttpServer) -> Iterator[Desk]:
    """With a dispatcher that may call `server`."""
    settings = Settings(
        database_url=database_url,
        job_backoff_seconds=1,
        http_allow=f"127.0.0.1:{server.port}",
        http_read_seconds=1,
        http_total_seconds=2,
    )
    with Engine(settings, clock=utc_now) as engine, Dispatcher(engine):
        yield Desk(engine)


def run(desk: Desk, content: bytes, **variables: object) -> int:
    """Until it is over or in trouble, or somebody has to do something."""
    desk.deploy(content)
    instance_id = desk.start(**variables).id

    def settled() -> bool:
        return desk.state(instance_id) != "active" or bool(trouble(desk, instance_id) or desk.tasks(instance_id))

    eventually(settled, 20)
    return instance_id


def trouble(desk: Desk, instance_id: int) -> list[str]:
    page = incidents.list_(desk.engine, actor=MARY, process_instance_id=instance_id)
    return [incident.message for incident in page.items]


def audit_text(desk: Desk, instance_id: int) -> str:
    page = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance_id, limit=200)
    return " ".join(str(event) for event in page.items)


@pytest.mark.proves("HTTP connector (Camunda 7 and 8)")
def test_camunda_7_outputs_are_made_of_the_response_and_nothing_else_leaves_the_task(desk, server) -> None:
    instance_id = run(desk, CAMUNDA_7, base=server.url, prefix="/orders", name="Kim", secretOf="hush-hush")

    assert desk.state(instance_id) == "completed", trouble(desk, instance_id)
    variables = desk.variables(instance_id)
    assert variables.keys() == {"base", "prefix", "name", "secretOf", "code", "kind", "answer", "double"}
    assert (variables["code"], variables["double"], variables["kind"]) == (200, 400, "application/json")
    assert variables["answer"] == {"method": "POST", "path": "/orders", "body": "hello Kim"}
    (asked,) = server.asked
    assert asked.headers["Authorization"] == "Bearer hush-hush"
    assert asked.headers["Idempotency-Key"].isdecimal()


def test_camunda_7_gives_a_bad_status_to_the_outputs(desk, server) -> None:
    server.statuses = [503]

    instance_id = run(desk, CAMUNDA_7, base=server.url, prefix="/next", name="Kim", secretOf="hush-hush")

    assert desk.state(instance_id) == "completed"
    assert desk.variables(instance_id)["code"] == 503


def test_no_answer_is_tried_again_with_the_same_key_and_then_an_incident(desk, server) -> None:
    content = CAMUNDA_7.replace(
        b"<camunda:connector>",
        b"<camunda:failedJobRetryTimeCycle>R2/PT0S</camunda:failedJobRetryTimeCycle><camunda:connector>",
        1,
    )

    instance_id = run(desk, content, base=server.url, prefix="/close", name="Kim", secretOf="hush-hush")

    (message,) = trouble(desk, instance_id)
    assert "got no usable answer" in message
    assert len(server.asked) == 2
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 1


def test_a_host_that_is_not_allowed_is_an_incident_that_names_the_setting(desk, server) -> None:
    instance_id = run(desk, CAMUNDA_7, base="http://127.0.0.1:1", prefix="/admin", name="Kim", secretOf="hush-hush")

    (message,) = trouble(desk, instance_id)
    assert "adds '127.0.0.1:1' to the setting BATON_HTTP_ALLOW" in message
    assert server.asked == []


def test_camunda_8_sends_what_is_mapped_and_makes_variables_of_the_response(desk, server) -> None:
    content = camunda_8(
        {
            "authentication.type": "basic",
            "authentication.username": "kim",
            "authentication.password": "hush-hush",
            "method": "POST",
            "url": '=base + "/orders?page=1"',
            "headers": '={"X-Trace": 7}',
            "queryParameters": '={q: "a b", open: true}',
            "body": "={lines: [1.5, 2]}",
        },
        {"resultVariable": "whole", "resultExpression": "={path: response.body.path, state: status}"},
    )

    instance_id = run(desk, content, base=server.url)

    assert desk.state(instance_id) == "completed", trouble(desk, instance_id)
    variables: dict[str, Any] = desk.variables(instance_id)
    assert variables["path"] == "/orders?page=1&q=a+b&open=true"
    assert variables["state"] == 200
    assert variables["whole"]["status"] == 200
    (asked,) = server.asked
    assert json.loads(asked.body) == {"lines": [1.5, 2]}
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["X-Trace"] == "7"
    assert asked.headers["Authorization"] == "Basic a2ltOmh1c2gtaHVzaA=="
    assert "hush-hush" not in audit_text(desk, instance_id)


def test_credentials_in_headers_are_in_no_audit_event(desk, server) -> None:
    content = camunda_8({"url": "=base", "headers": '={"Authorization": "Bearer " + "hush-hush"}'}, {})

    instance_id = run(desk, content, base=server.url)

    assert server.asked[0].headers["Authorization"] == "Bearer hush-hush"
    told = audit_text(desk, instance_id)
    assert "Authorization" in told
    assert "hush-hush" not in told


def test_a_bad_status_fails_the_job_of_camunda_8_with_the_beginning_of_the_body(desk, server) -> None:
    server.statuses = [500, 404]

    content = camunda_8({"url": '=base + "/next"'}, {"retryBackoff": "PT0S"}, retries=2)
    instance_id = run(desk, content, base=server.url)

    assert trouble(desk, instance_id) == [f'GET {server.url}/next answered 404 Not Found: {{"status": 404}}']
    assert len(server.asked) == 2


def test_an_error_expression_makes_a_bpmn_error_of_a_status(desk, server) -> None:
    server.statuses = [404]
    expression = (
        '=if error.code = "404" then bpmnError("GONE", "no such order", '
        "{what: error.variables.response.body}) else null"
    )

    instance_id = run(desk, camunda_8({"url": '=base + "/next"'}, {"errorExpression": expression}), base=server.url)

    assert desk.task(instance_id).element_id == "mend"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('=jobError("not today", {}, 0)', "not today"),
        ('=jobError("not today", {}, 0, @"PT1S")', "not today"),
        ("=if status = 200 then 5 else null", "must yield bpmnError"),
        ("=bpmnError(5)", "'code' must be a text"),
        ('=jobError("x", {}, -1)', "retries"),
    ],
)
def test_an_error_expression_may_refuse_a_good_status(desk, server, expression, message) -> None:
    instance_id = run(desk, camunda_8({"url": "=base"}, {"errorExpression": expression}), base=server.url)

    (told,) = trouble(desk, instance_id)
    assert message in told


def test_an_error_may_be_ignored(desk, server) -> None:
    server.statuses = [500]
    content = camunda_8({"url": '=base + "/next"'}, {"errorExpression": "=ignoreError({found: false})"})

    instance_id = run(desk, content, base=server.url)

    assert desk.state(instance_id) == "completed"
    assert desk.variables(instance_id)["found"] is False


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"url": "nowhere"}, "begins with http"),
        ({"url": "=base", "method": "BREW"}, "Expected the method"),
        ({"url": "=base", "authentication.type": "oauth-client-credentials-flow"}, "type 'bearer'"),
        ({"url": "=base", "authentication.type": "bearer"}, "to have 'token'"),
        ({"url": "=base", "headers": '={"X": "a\\r\\nY: b"}'}, "one line"),
        ({"url": "=base", "headers": '={"X": "{{secrets.TOKEN}}"}'}, "the secret '{{secrets.TOKEN}}'"),
        ({"url": "=base", "authentication.token": "{{secrets.TOKEN}}"}, "the secret '{{secrets.TOKEN}}'"),
        ({"url": "=base", "connectionTimeoutInSeconds": "soon"}, "number of seconds"),
        ({"url": "=base", "queryParameters": "x"}, "queryParameters to be a map"),
    ],
)
def test_what_cannot_be_sent_is_an_incident_at_once(desk, server, inputs, message) -> None:
    instance_id = run(desk, camunda_8(inputs, {}, retries=3), base=server.url)

    (told,) = trouble(desk, instance_id)
    assert message in told
    assert server.asked == []


def test_without_allowed_hosts_the_job_waits_for_a_worker_and_the_upload_says_so(database_url: str) -> None:
    with Engine(Settings(database_url=database_url)) as engine, Dispatcher(engine):
        desk = Desk(engine)
        (file,) = desk.deploy(CAMUNDA_7).problems
        instance = desk.start(base="http://127.0.0.1:1", prefix="", name="", secretOf="")

        (told,) = [problem for problem in file.problems if problem.rule == "connector-not-allowed"]
        assert "BATON_HTTP_ALLOW" in told.fix
        assert process_instances.get(engine, instance.id, actor=MARY).state == "active"
        assert trouble(desk, instance.id) == []
        (wait,) = waiting.waiting(engine, instance.id, actor=MARY).items
        assert "BATON_HTTP_ALLOW" in wait.moved_by


def test_a_list_that_cannot_be_read_stops_the_start(database_url: str) -> None:
    with (
        Engine(Settings(database_url=database_url, http_allow="*.example.com")) as engine,
        pytest.raises(errors.ConfigurationError, match="no wildcards"),
    ):
        Dispatcher(engine)
