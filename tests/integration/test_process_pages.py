"""The pages of uploads, processes and the modeler on both databases, where no browser is needed."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from flask.testing import FlaskClient

from baton.app.factory import create_app
from baton.bpm.runtime import deployments, flow_node_statistics, process_definitions, process_instances
from baton.bpm.runtime.deployments import Resource
from baton.bpm.testing import VirtualClock
from tests.integration.support import MARY, TWO_TASKS, Desk, diagram, flow

LOAN = [Path(__file__).parents[2] / "examples" / f"loan-approval.{ending}" for ending in ("bpmn", "form")]
HEADERS = {"Host": "localhost", "Accept": "text/html"}
BROKEN = diagram('<startEvent id="start"/><callActivity id="call" name="Call it"/>' + flow("start", "call"))
FORM = {
    "id": "order-form",
    "type": "default",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "a", "key": "customer", "label": "Customer", "validate": {"required": True}},
        {"type": "number", "id": "b", "key": "amount", "label": "Amount", "validate": {"min": 1}},
    ],
}
WITH_FORM = diagram(
    '<startEvent id="start" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:formRef="order-form" '
    'camunda:formRefBinding="latest"/><userTask id="check"/>' + flow("start", "check")
)
WITH_FIELDS = diagram(
    '<startEvent id="start"><extensionElements><camunda:formData>'
    '<camunda:formField id="amount" label="Amount" type="long"><camunda:validation>'
    '<camunda:constraint name="min" config="10"/></camunda:validation></camunda:formField>'
    "</camunda:formData></extensionElements></startEvent><userTask id='check'/>" + flow("start", "check")
)
TWO_STARTS = diagram(
    '<startEvent id="walk" name="Walk in"/><startEvent id="call" name="Call"/><userTask id="check"/>'
    + flow("walk", "check")
    + flow("call", "check")
)


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return create_app(desk.engine).test_client()


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        sqlalchemy.event.remove(desk.engine.database.engine, "before_cursor_execute", hear)


def files(*given: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    return {"resource": [(io.BytesIO(content), name) for name, content in given], **fields}


def keys_of(desk: Desk) -> list[str]:
    return [each.key for each in process_definitions.list_(desk.engine, actor=MARY).items]


# --- upload ------------------------------------------------------------------------------------------------------


def test_files_are_checked_and_nothing_is_deployed(desk: Desk, client: FlaskClient) -> None:
    form = json.dumps(FORM).encode()

    page = client.post(
        "/upload/check",
        headers=HEADERS | {"HX-Request": "true"},
        data=files(("good.bpmn", TWO_TASKS), ("bad.bpmn", BROKEN.replace(b'"order"', b'"bad"')), ("a.form", form)),
    )

    assert page.status_code == 200
    assert page.text.count("can be deployed") == 2
    assert page.text.count("cannot be deployed") == 1
    assert 'data-element="call"' in page.text
    assert "line 5" in page.text
    assert "<html" not in page.text
    assert keys_of(desk) == []


def test_the_mode_is_explained_and_decides_what_is_wrong(client: FlaskClient) -> None:
    guided = client.post("/upload/check", headers=HEADERS, data=files(("bad.bpmn", BROKEN), mode="guided")).text
    automatic = client.post("/upload/check", headers=HEADERS, data=files(("bad.bpmn", BROKEN), mode="automatic")).text

    assert "Runs in guided mode. Every task is a to-do for people" in guided
    assert "can be deployed" in guided
    assert "cannot be deployed" in automatic
    assert 'value="automatic" aria-describedby="about-automatic" checked' in automatic


def test_a_refused_upload_shows_the_picture_and_what_to_do(desk: Desk, client: FlaskClient) -> None:
    page = client.post("/upload", headers=HEADERS, data=files(("bad.bpmn", BROKEN)))

    assert page.status_code == 422
    assert 'data-island="viewer"' in page.text or "not built" in page.text
    assert "Nothing was deployed." in page.text
    assert keys_of(desk) == []


@pytest.mark.parametrize("name", ["cut.bpmn", "cut.dmn"])
def test_what_is_no_xml_has_neither_picture_nor_mode(client: FlaskClient, name: str) -> None:
    page = client.post("/upload/check", headers=HEADERS | {"HX-Request": "true"}, data=files((name, BROKEN[:200])))

    assert "The file is not well-formed XML" in page.text
    assert "There is no picture of this file." in page.text
    assert "Runs in" not in page.text


def test_an_upload_without_files_is_refused_beside_the_field(client: FlaskClient) -> None:
    page = client.post("/upload", headers=HEADERS, data={})

    assert page.status_code == 422
    assert 'aria-invalid="true" aria-describedby="upload-refused"' in page.text


def test_warnings_are_shown_with_what_was_deployed(desk: Desk, client: FlaskClient) -> None:
    page = client.post("/upload", headers=HEADERS, data=files(("shop.bpmn", WITH_FORM)))

    assert page.status_code == 200
    assert "Deployed shop.bpmn" in page.text
    assert "can be deployed" not in page.text
    assert "What is worth knowing about it is shown below." in page.text
    assert 'class="warning" data-finding="start"' in page.text
    assert keys_of(desk) == ["order"]


def test_an_upload_with_nothing_to_say_leads_to_the_process(desk: Desk, client: FlaskClient) -> None:
    answer = client.post("/upload", headers=HEADERS, data=files(*((each.name, each.read_bytes()) for each in LOAN)))

    [definition] = process_definitions.list_(desk.engine, actor=MARY).items
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/processes/{definition.id}")


def test_what_is_in_a_file_is_never_markup(client: FlaskClient) -> None:
    name = "</script><script>alert(1)</script>"
    hostile = TWO_TASKS.replace(b"Check order", b"&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
    page = client.post("/upload/check", headers=HEADERS, data=files((f"{name}.bpmn", hostile)))

    assert page.status_code == 200
    assert "<script>alert" not in page.text


# --- the API beside it -------------------------------------------------------------------------------------------


def test_the_api_checks_files_too(desk: Desk, client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/deployments/check?name=bad.bpmn", headers={"Host": "localhost"}, data=BROKEN,
        content_type="application/xml",
    )  # fmt: skip

    assert answer.status_code == 200
    assert answer.json["ok"] is False
    assert answer.json["files"] == [{"name": "bad.bpmn", "kind": "process", "mode": "automatic", "ok": False}]
    assert {"error"} <= {problem["severity"] for problem in answer.json["problems"]}
    assert keys_of(desk) == []


def test_the_api_tells_what_is_worth_knowing_about_a_version_and_where_it_starts(
    desk: Desk, client: FlaskClient
) -> None:
    view = desk.deploy(TWO_STARTS)
    [definition] = view.process_definitions
    said = [problem.rule for file in view.problems for problem in file.problems]
    url = f"/api/v1/process-definitions/{definition.id}"

    problems = client.get(f"{url}/problems", headers={"Host": "localhost"}).json["problems"]
    starts = client.get(f"{url}/start-events", headers={"Host": "localhost"}).json["items"]

    assert [problem["rule"] for problem in problems] == said
    assert said
    assert starts == [
        {"elementId": "walk", "name": "Walk in", "hasForm": False},
        {"elementId": "call", "name": "Call", "hasForm": False},
    ]


def test_the_same_key_in_two_files_is_found_before_they_are_deployed(desk: Desk) -> None:
    resources = [Resource("a.bpmn", TWO_TASKS), Resource("b.bpmn", TWO_TASKS.replace(b"Ship", b"Send"))]

    first, second = deployments.check(desk.engine, actor=MARY, resources=resources)

    assert (first.ok, second.ok) == (True, False)
    assert "no-duplicate-ids" in {problem.rule for problem in second.problems}


# --- processes ---------------------------------------------------------------------------------------------------


def test_a_start_with_typed_variables_leads_to_the_instance(desk: Desk, client: FlaskClient) -> None:
    [definition] = desk.deploy(TWO_TASKS).process_definitions

    answer = client.post(
        f"/processes/{definition.id}/start",
        headers=HEADERS,
        data={
            "businessKey": "B-7",
            "variables:name": ["due", "code", "amount", ""],
            "variables:type": ["date", "string", "", ""],
            "variables:value": ["2026-02-03", "007", "12", ""],
        },
    )

    [instance] = process_instances.list_(desk.engine, actor=MARY).items
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/instances/{instance.id}")
    assert instance.business_key == "B-7"
    found = process_instances.variables(desk.engine, instance.id, actor=MARY)
    assert {each.name: (each.type, str(each.value)) for each in found} == {
        "due": ("date", "2026-02-03"),
        "code": ("string", "007"),
        "amount": ("integer", "12"),
    }


def test_a_wrong_variable_is_marked_and_everything_typed_is_kept(desk: Desk, client: FlaskClient) -> None:
    [definition] = desk.deploy(TWO_TASKS).process_definitions

    page = client.post(
        f"/processes/{definition.id}/start",
        headers=HEADERS,
        data={
            "businessKey": "B-8",
            "variables:name": ["name", "due"],
            "variables:type": ["string", "date"],
            "variables:value": ["Ada", "tomorrow"],
        },
    )

    assert page.status_code == 422
    assert 'value="B-8"' in page.text
    assert ">Ada</textarea>" in page.text
    assert re.search(
        r'aria-label="Value" placeholder="Value" aria-invalid="true"[^>]*>tomorrow</textarea>'
        r"\s*<strong[^>]*>[^<]*Expected a date such as 2026-01-31",
        page.text,
    )
    assert process_instances.list_(desk.engine, actor=MARY).items == ()


def test_a_start_form_of_form_js_is_filled_in_and_checked(desk: Desk, client: FlaskClient) -> None:
    resources = [Resource("order.bpmn", WITH_FORM), Resource("order.form", json.dumps(FORM).encode())]
    [definition] = deployments.deploy(desk.engine, actor=MARY, resources=resources).process_definitions
    url = f"/processes/{definition.id}/start"

    assert "with a form" in client.get(f"/processes/{definition.id}", headers=HEADERS).text
    assert "Customer" in client.get(url, headers=HEADERS).text
    refused = client.post(url, headers=HEADERS, data={"data": '{"customer": "", "amount": 0}'})
    assert refused.status_code == 422
    assert "2 of the form" in refused.text
    assert '<strong id="field-1-wrong" class="message">' in refused.text

    done = client.post(url, headers=HEADERS, data={"field:customer": "Ada", "field:amount": "3"})
    assert done.status_code == 303
    [instance] = process_instances.list_(desk.engine, actor=MARY).items
    found = process_instances.variables(desk.engine, instance.id, actor=MARY)
    assert {each.name: each.value for each in found} == {"customer": "Ada", "amount": 3}


def test_form_fields_of_a_start_are_inputs_and_what_is_wrong_stands_beside_them(
    desk: Desk, client: FlaskClient
) -> None:
    [definition] = desk.deploy(WITH_FIELDS).process_definitions
    url = f"/processes/{definition.id}/start"

    assert 'name="field:amount"' in client.get(url, headers=HEADERS).text
    refused = client.post(url, headers=HEADERS, data={"field:amount": "5"})

    assert refused.status_code == 422
    about = 'aria-describedby="field-1-wrong" aria-invalid="true"'
    assert re.search(rf'<input id="field-1" name="field:amount" [^>]*{about}[^>]* value="5">', refused.text)


@pytest.mark.parametrize("data", ["[1]", "{", '{"a":' * 300])
def test_data_that_is_no_object_is_refused(desk: Desk, client: FlaskClient, data: str) -> None:
    [definition] = desk.deploy(TWO_TASKS).process_definitions

    page = client.post(f"/processes/{definition.id}/start", headers=HEADERS, data={"data": data})

    assert page.status_code == 422
    assert "form&#39;s data" in page.text


def test_one_of_several_start_events_is_chosen(desk: Desk, client: FlaskClient) -> None:
    [definition] = desk.deploy(TWO_STARTS).process_definitions
    url = f"/processes/{definition.id}"

    page = client.get(url, headers=HEADERS).text
    assert "Start at “Walk in”" in page
    assert f"{url}/start?startEventId=call" in page
    without = client.post(f"{url}/start", headers=HEADERS)
    chosen = client.post(f"{url}/start", headers=HEADERS, data={"startEventId": "call"})

    assert (without.status_code, chosen.status_code) == (422, 303)
    assert '<option value="call"' in without.text


def test_heat_is_of_what_ended(desk: Desk, client: FlaskClient, clock: VirtualClock) -> None:
    [definition] = desk.deploy(TWO_TASKS).process_definitions
    for _ in range(3):
        instance = desk.start()
        clock.advance(timedelta(minutes=30))
        desk.complete(instance.id)
    clock.advance(timedelta(minutes=2))
    flow_node_statistics.roll_up(desk.engine)

    often = client.get(f"/processes/{definition.id}?view=visits", headers=HEADERS).text
    slow = client.get(f"/processes/{definition.id}?view=p95", headers=HEADERS).text

    assert '"heat": {"check": 1.0, "start": 1.0}' in often or '"heat": {"start": 1.0, "check": 1.0}' in often
    assert '"check": 1.0' in slow
    assert "min</td>" in slow


def test_two_versions_stand_beside_each_other(desk: Desk, client: FlaskClient) -> None:
    [first] = desk.deploy(TWO_TASKS).process_definitions
    alone = client.get(f"/processes/{first.id}/compare", headers=HEADERS)
    [second] = desk.deploy(TWO_TASKS.replace(b"Ship", b"Send")).process_definitions

    page = client.get(f"/processes/{second.id}/compare", headers=HEADERS).text

    assert "only one version" in alone.text
    assert f'"before": "/api/v1/process-definitions/{first.id}/xml"' in page
    assert f'"after": "/api/v1/process-definitions/{second.id}/xml"' in page
    assert client.get(f"/processes/{second.id}/compare?with=1", headers=HEADERS).status_code == 404


@pytest.mark.parametrize("view", ["live", "visits", "median", "p95"])
def test_a_process_costs_as_many_statements_with_many_instances_as_with_few(
    desk: Desk, client: FlaskClient, view: str, clock: VirtualClock
) -> None:
    [definition] = desk.deploy(TWO_TASKS).process_definitions
    url = f"/processes/{definition.id}?view={view}"
    sent = {}
    for count in (2, 20):
        for _ in range(count):
            desk.complete(desk.start().id)
        clock.advance(timedelta(minutes=2))
        flow_node_statistics.roll_up(desk.engine)
        client.get(url, headers=HEADERS)
        with counted(desk) as statements:
            assert client.get(url, headers=HEADERS).status_code == 200
        sent[count] = len(statements)

    assert sent[2] == sent[20] <= 20


def test_lists_cost_as_many_statements_with_many_processes_as_with_few(desk: Desk, client: FlaskClient) -> None:
    sent: dict[str, list[int]] = {"/processes": [], "/modeler": []}
    for count in (2, 30):
        for number in range(count):
            desk.deploy(TWO_TASKS.replace(b'"order"', f'"order-{count}-{number}"'.encode()))
        for path, found in sent.items():
            client.get(path, headers=HEADERS)
            with counted(desk) as statements:
                page = client.get(path, headers=HEADERS)
            found.append(len(statements))
            assert page.status_code == 200
    assert 'rel="next"' in client.get("/processes", headers=HEADERS).text

    for few, many in sent.values():
        assert few == many <= 12


# --- modeler -----------------------------------------------------------------------------------------------------


def test_what_is_drawn_is_deployed_as_a_new_version(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    changed = TWO_TASKS.replace(b"Ship order", b"Send order").decode()

    answer = client.post("/modeler/bpmn", headers=HEADERS, data={"name": "order.bpmn", "xml": changed})

    newest = process_definitions.latest(desk.engine, "order", actor=MARY)
    assert newest.version == 2
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/processes/{newest.id}")


def test_what_is_refused_stays_drawn(desk: Desk, client: FlaskClient) -> None:
    page = client.post("/modeler/bpmn", headers=HEADERS, data={"name": "bad.bpmn", "xml": BROKEN.decode()})

    assert page.status_code == 422
    assert "What you drew is still here." in page.text
    assert "Call it" in page.text
    assert '"unsaved": true' in page.text or "not built" in page.text
    assert keys_of(desk) == []


def test_a_form_is_deployed_and_opened_again(desk: Desk, client: FlaskClient) -> None:
    answer = client.post("/modeler/form", headers=HEADERS, data={"name": "a.form", "schema": json.dumps(FORM)})
    assert answer.status_code == 303

    page = client.get(answer.headers["Location"], headers=HEADERS)
    assert 'value="a.form"' in page.text
    assert "version 1 · deployed 2026-" in page.text
    refused = client.post("/modeler/form", headers=HEADERS, data={"name": "a.form", "schema": "{"})

    assert refused.status_code == 422


@pytest.mark.parametrize(
    "path", ["/modeler/bpmn?definition=1", "/modeler/dmn?definition=1", "/modeler/form?definition=1"]
)
def test_a_version_that_is_not_there_is_said_to_be_missing(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=HEADERS).status_code == 404
