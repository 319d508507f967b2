"""Bad input is refused with a problem that names what is wrong; nothing is stored, nothing breaks."""

import httpx
import pytest

from tests.acceptance import diagrams


@pytest.fixture(scope="module")
def task(api):
    api.deploy(diagrams.one_task("bad-input"))
    [task] = api.tasks(api.start("bad-input"))
    return task


def complete(api, task, status, content, **headers):
    return api.refused(
        status,
        "POST",
        f"/user-tasks/{task['id']}/complete",
        content=content,
        headers={"Content-Type": "application/json", **headers},
    )


def test_a_body_that_is_not_json_is_refused(api, task):
    assert complete(api, task, 400, b"hello")["field"] == "body"


def test_nan_is_refused_and_the_variable_named(api, task):
    assert complete(api, task, 400, b'{"variables": {"amount": NaN}}')["field"] == "variables.amount"


def test_a_wrong_type_is_refused_and_the_member_named(api, task):
    assert complete(api, task, 422, b'{"variables": ["amount"]}')["field"] == "variables"


def test_a_wrong_typed_value_is_refused_and_the_variable_named(api, task):
    content = b'{"variables": {"due": {"type": "date", "value": "tomorrow"}}}'

    assert complete(api, task, 422, content)["field"] == "variables.due"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/user-tasks?assignee=%00", "assignee"),
        ("/process-instances?businessKey=a%00", "businessKey"),
        ("/audit-events?elementId=%00", "elementId"),
        ("/jobs?type=%00", "type"),
        ("/deployments?name=%00", "name"),
    ],
)
def test_a_filter_with_a_nul_is_refused_and_named(api, path, field):
    assert api.refused(422, "GET", path)["field"] == field


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/jobs/activate", {"types": ["a\0"], "worker": "w"}, "types"),
        ("/process-instances", {"key": "a\0"}, "key"),
        ("/users", {"id": "zz", "name": "a\0"}, "name"),
        ("/api-keys", {"userId": "de\0", "name": "a"}, "userId"),
    ],
)
def test_a_text_with_a_nul_is_refused_and_named(api, path, body, field):
    assert api.refused(422, "POST", path, json=body)["field"] == field


def test_a_cursor_that_is_none_of_ours_is_refused_and_named(api):
    for cursor in ("OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "nonsense!"):
        for path in ("/user-tasks", "/process-instances", "/audit-events"):
            assert api.refused(422, "GET", path, params={"cursor": cursor})["field"] == "cursor"


def test_a_form_with_a_nul_is_refused(server, api):
    api.deploy(diagrams.one_task("nul-form"))
    [definition] = api.ok("GET", "/process-definitions", params={"key": "nul-form"})["items"]

    for path in ("/who-am-i", f"/processes/{definition['id']}/start"):
        answer = httpx.post(f"{server.url}{path}", data={"user": "a\0", "businessKey": "a\0"})
        assert answer.status_code == 422, path


def test_a_version_that_no_definition_can_have_is_refused_and_named(api, task):
    for version in (0, 10**20):
        body = {"key": "bad-input", "version": version}
        assert api.refused(422, "POST", "/process-instances", json=body)["field"] == "version"


def test_an_unknown_member_is_refused(api, task):
    assert complete(api, task, 422, b'{"variabels": {}}')["field"] == "variabels"


def test_ten_megabytes_of_variables_are_refused_and_the_variable_named(api, task):
    content = b'{"variables": {"text": "' + b"x" * 10_000_000 + b'"}}'

    assert complete(api, task, 413, content)["field"].startswith("variables.text")


def test_a_body_over_the_limit_of_its_route_is_refused(api, task):
    assert complete(api, task, 413, b'{"variables": {"text": "' + b"x" * 20_000_000 + b'"}}')["field"] == "body"


def test_a_body_of_unknown_length_over_the_limit_is_refused(api, task):
    def chunks():
        yield b'{"variables": {"text": "'
        for _ in range(20):
            yield b"x" * 1_000_000
        yield b'"}}'

    answer = api.post(
        f"/user-tasks/{task['id']}/complete", content=chunks(), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/user-tasks/1/complete", "/nowhere"])
@pytest.mark.parametrize(("chunk", "chunks"), [(b"x" * 1_000_000, 20), (b"x" * 1_000, 20)])
def test_after_a_body_that_nobody_read_the_client_goes_on(api, path, chunk, chunks):
    for _ in range(10):
        body = (part for part in [b'{"variables": {"a": "', *[chunk] * chunks, b'"}}'])
        refused = api.post(path, content=body, headers={"Content-Type": "application/json"})
        assert refused.status_code in (404, 413)

        assert api.get("/user-tasks").status_code == 200


@pytest.mark.parametrize("levels", [101, 1_000, 50_000])
def test_deep_nesting_is_refused_and_the_variable_named(api, task, levels):
    content = b'{"variables": {"deep": ' + b"[" * levels + b"]" * levels + b"}}"
    answer = api.post(
        f"/user-tasks/{task['id']}/complete", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in (413, 422)
    assert answer.json()["field"].startswith("variables.deep")


def test_a_nul_in_a_text_is_refused(api, task):
    assert complete(api, task, 422, b'{"variables": {"text": "a\\u0000b"}}')["field"] == "variables.text"


def test_a_body_of_another_media_type_is_refused(api, task):
    headers = {"Content-Type": "text/plain"}

    api.refused(415, "POST", f"/user-tasks/{task['id']}/complete", content=b"{}", headers=headers)


def test_after_all_refusals_the_task_is_still_open_and_has_no_variables(api, task):
    complete(api, task, 400, b"{")

    instance = {"id": task["processInstanceId"]}
    assert [open_task["id"] for open_task in api.tasks(instance)] == [task["id"]]
    assert api.ok("GET", f"/process-instances/{instance['id']}/variables")["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/user-tasks/1",
        "/process-instances/1",
        "/process-instances/1/waiting",
        "/process-instances/1/variables",
        "/process-instances/1/audit-events",
        "/process-definitions/1",
        "/process-definitions/1/xml",
        "/deployments/1",
        "/jobs/1",
        "/incidents/1",
        "/user-tasks/9999999999999999999",
        "/user-tasks/abc",
        "/user-tasks/-1",
        "/nothing-here",
    ],
)
def test_an_unknown_id_or_path_is_a_404(api, path):
    api.refused(404, "GET", path)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/user-tasks/1/complete", {}),
        ("/user-tasks/1/claim", None),
        ("/process-instances/1/terminate", {}),
        ("/jobs/1/complete", {"worker": "w"}),
        ("/jobs/1/fail", {"worker": "w", "message": "m"}),
        ("/jobs/1/error", {"worker": "w", "code": "c"}),
        ("/jobs/1/extend", {"worker": "w", "lockSeconds": 5}),
        ("/jobs/1/run", None),
        ("/incidents/1/resolve", {}),
        ("/process-definitions/1/start", {}),
        ("/user-tasks/9999999999999999999/complete", {}),
        ("/process-instances", {"key": "no-such-process"}),
    ],
)
def test_a_command_on_an_unknown_id_is_a_404(api, path, body):
    api.refused(404, "POST", path, json=body)


def test_an_id_over_63_bits_is_a_404_for_every_method(api):
    path = "/process-instances/9999999999999999999/variables"

    api.refused(404, "PATCH", path, json={"variables": {}})
    api.refused(404, "DELETE", "/deployments/9999999999999999999")


def test_a_wrong_method_is_a_405_that_names_the_right_ones(api):
    answer = api.put("/user-tasks")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert "GET" in answer.headers["allow"]
    assert answer.json()["detail"] == "Expected GET or HEAD or OPTIONS at '/api/v1/user-tasks', found PUT."


def test_an_unknown_path_is_a_404_that_says_where_the_routes_are_told(api):
    problem = api.refused(404, "GET", "/users-tasks")

    assert "found '/api/v1/users-tasks'" in problem["detail"]
    assert "/docs" in problem["detail"]


def test_completing_twice_is_a_409_with_the_state(api):
    api.deploy(diagrams.one_task("twice"))
    [task] = api.tasks(api.start("twice"))
    api.complete(task)

    problem = api.refused(409, "POST", f"/user-tasks/{task['id']}/complete", json={})

    assert "completed" in problem["detail"]
    assert task["id"] in problem["detail"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/user-tasks", {"limit": "0"}, "limit"),
        ("/user-tasks", {"limit": "many"}, "limit"),
        ("/user-tasks", {"asignee": "x"}, "asignee"),
        ("/user-tasks", {"state": "done"}, "state"),
        ("/user-tasks", {"dueBefore": "tomorrow"}, "dueBefore"),
        ("/user-tasks", {"dueBefore": "2026-01-01T00:00:00"}, "dueBefore"),
        ("/user-tasks", {"cursor": "!!!"}, "cursor"),
        ("/user-tasks", {"processInstanceId": "x"}, "processInstanceId"),
        ("/user-tasks", {"processInstanceId": "9999999999999999999"}, "processInstanceId"),
        ("/process-instances", {"variable": "amount"}, "variable"),
    ],
)
def test_a_bad_query_is_refused_and_the_parameter_named(api, path, query, field):
    assert api.refused(422, "GET", path, params=query)["field"] == field


UNCONDITIONAL = (
    '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g"/><bpmn:task id="a"/><bpmn:task id="b"/>'
    + diagrams.flow("s", "g")
    + diagrams.flow("g", "a")
    + diagrams.flow("g", "b")
)
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is not XML",
        b"<html/>",
        (DOCTYPE + diagrams.one_task("entity").partition("?>")[2]).encode(),
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>" + b" " * (2 * 1024 * 1024) + b"</a>",
        diagrams.process("dangling", '<bpmn:startEvent id="s"/>' + diagrams.flow("s", "gone")).encode(),
        diagrams.process("unsupported", diagrams.chain("startEvent:s", "callActivity:c")).encode(),
        diagrams.process("unconditional", UNCONDITIONAL).encode(),
    ],
    ids=["empty", "text", "html", "doctype", "encoding", "too-large", "dangling", "unsupported", "unconditional"],
)
def test_a_bad_diagram_is_a_422_with_its_problems_and_nothing_is_stored(api, content):
    before = api.ok("GET", "/deployments", params={"limit": 1})["items"]

    problem = api.refused(422, "POST", "/deployments", content=content, headers={"Content-Type": "application/xml"})

    for found in problem["problems"]:
        assert found["message"]
        assert found["fix"]
        assert found["rule"]
    assert any(found["severity"] == "error" for found in problem["problems"])
    assert api.ok("GET", "/deployments", params={"limit": 1})["items"] == before


def test_an_upload_of_another_media_type_is_a_415(api):
    api.refused(415, "POST", "/deployments", content=b"{}", headers={"Content-Type": "text/csv"})


def test_an_upload_without_a_file_is_refused(api):
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}

    api.refused(422, "POST", "/deployments", content=b"--x--\r\n", headers=boundary)


def test_starting_without_saying_what_is_refused(api):
    assert api.refused(422, "POST", "/process-instances", json={})["field"] == "key"
