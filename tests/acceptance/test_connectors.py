"""A server that may call one host calls it for a diagram, and for no diagram any other; one without a list, nobody."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.acceptance import diagrams
from tests.acceptance.serving import EXAMPLES, Api, Server, eventually
from tests.support.http_server import http_server

CALLS = (
    '<bpmn:startEvent id="s"/><bpmn:serviceTask id="ask"><bpmn:extensionElements><camunda:connector>'
    '<camunda:inputOutput><camunda:inputParameter name="url">${where}</camunda:inputParameter>'
    '<camunda:outputParameter name="code">${statusCode}</camunda:outputParameter></camunda:inputOutput>'
    "<camunda:connectorId>http-connector</camunda:connectorId></camunda:connector></bpmn:extensionElements>"
    '</bpmn:serviceTask><bpmn:userTask id="look"/>' + diagrams.flow("s", "ask") + diagrams.flow("ask", "look")
)


def test_a_diagram_calls_the_hosts_that_the_operator_allows_and_no_other(tmp_path: Path) -> None:
    with http_server() as allowed, http_server() as other:
        server = Server(tmp_path, BATON_HTTP_ALLOW=f"127.0.0.1:{allowed.port}")
        try:
            server.wait_until_ready()
            with Api(server.url) as api:
                api.deploy(diagrams.process("calls", CALLS))
                called = api.start("calls", where=f"{allowed.url}/orders?key=hush-hush")
                refused = api.start("calls", where=f"{other.url}/orders?key=hush-hush")

                incident = wait_for(api, f"/incidents?processInstanceId={refused['id']}")
                wait_for(api, f"/user-tasks?processInstanceId={called['id']}")
                held = api.ok("GET", f"/process-instances/{called['id']}/variables")["items"]

            assert {variable["name"]: variable["value"] for variable in held}["code"] == 200
            assert [asked.path for asked in allowed.asked] == ["/orders?key=hush-hush"]
            assert f"adds '127.0.0.1:{other.port}' to the setting BATON_HTTP_ALLOW" in incident["message"]
            assert "hush-hush" not in incident["message"]
            assert other.asked == []
            assert "hush-hush" not in server.output
        finally:
            server.stop()


def test_a_server_whose_list_cannot_be_read_says_which_entry_and_ends(tmp_path: Path) -> None:
    server = Server(tmp_path, BATON_HTTP_ALLOW="*.example.com")

    server.process.wait(timeout=30)

    assert "BATON_HTTP_ALLOW" in server.output
    assert "no wildcards" in server.output


def test_the_example_asks_a_registry_and_goes_on_by_what_it_answers(tmp_path: Path) -> None:
    with http_server() as registry:
        registry.answers = {
            "/customers/1": (200, b'{"name": "Kim", "blocked": false}'),
            "/customers/2": (200, b'{"name": "Lee", "blocked": true}'),
            "/customers/3": (404, b"{}"),
        }
        server = Server(tmp_path, BATON_HTTP_ALLOW=f"127.0.0.1:{registry.port}")
        try:
            server.wait_until_ready()
            with Api(server.url) as api:
                api.deploy((EXAMPLES / "customer-check.bpmn").read_bytes())
                known, blocked, unknown = (
                    api.start("customer-check", registry=registry.url, customerId=str(number)) for number in (1, 2, 3)
                )

                eventually(lambda: api.state(known) == "completed")
                (release,), (enter,) = (eventually(lambda each=each: api.tasks(each)) for each in (blocked, unknown))
                for task in (release, enter):
                    api.complete(task)
                held = api.ok("GET", f"/process-instances/{blocked['id']}/variables")["items"]

                assert [release["elementId"], enter["elementId"]] == ["release-customer", "enter-customer"]
                assert {api.state(each) for each in (known, blocked, unknown)} == {"completed"}
            assert {variable["name"]: variable["value"] for variable in held}["customer"] == {
                "name": "Lee",
                "blocked": True,
            }
            assert [asked.headers["Accept"] for asked in registry.asked] == ["application/json"] * 3
        finally:
            server.stop()


def wait_for(api: Api, path: str) -> dict[str, Any]:
    """The first item, which another thread makes."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        items = api.ok("GET", path)["items"]
        if items:
            return dict(items[0])
        time.sleep(0.05)
    raise AssertionError(f"nothing came at {path}")
