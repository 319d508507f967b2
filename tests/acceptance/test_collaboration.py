"""Messages, signals, conditions and called processes over HTTP and by the command line."""

import json
import os
import subprocess

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import BATON, Api, clean_environment, eventually


@pytest.fixture(scope="module", params=["server_on_sqlite", "server_on_postgresql"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def api(server):
    with Api(server.url) as client:
        yield client


def with_roots(diagram, *roots):
    return diagram.replace("</bpmn:definitions>", "".join(roots) + "</bpmn:definitions>")


def waits(key, definition, *roots):
    body = (
        f'<bpmn:startEvent id="start"/><bpmn:intermediateCatchEvent id="wait" name="Wait">{definition}'
        '</bpmn:intermediateCatchEvent><bpmn:userTask id="after" name="After"/><bpmn:endEvent id="end"/>'
        + diagrams.flow("start", "wait")
        + diagrams.flow("wait", "after")
        + diagrams.flow("after", "end")
    )
    return with_roots(diagrams.process(key, body), *roots)


def waits_for_message(key, name, correlation_key):
    return waits(
        key,
        '<bpmn:messageEventDefinition messageRef="m"/>',
        f'<bpmn:message id="m" name="{name}"><bpmn:extensionElements>'
        f'<zeebe:subscription correlationKey="={correlation_key}"/></bpmn:extensionElements></bpmn:message>',
    )


def open_task(api, instance):
    return eventually(lambda: api.tasks(instance))[0]


def test_a_published_message_moves_the_instance_with_its_key(api):
    api.deploy(waits_for_message("http-message", "http-paid", "order"))
    first, second = (api.start("http-message", order=number) for number in ("A", "B"))
    [subscription] = api.ok("GET", "/subscriptions", params={"processInstanceId": second["id"]})["items"]
    assert (subscription["kind"], subscription["name"], subscription["correlationKey"]) == (
        "message",
        "http-paid",
        '"B"',
    )

    body = {"name": "http-paid", "correlationKey": "B", "variables": {"amount": 5}}
    answer = api.ok("POST", "/messages", json=body)

    assert (answer["outcome"], answer["processInstanceId"], answer["elementId"]) == ("correlated", second["id"], "wait")
    assert api.tasks(second)[0]["elementId"] == "after"
    assert api.tasks(first) == []
    assert "waits for it with the correlation key" in api.refused(404, "POST", "/messages", json=body)["detail"]
    [wait] = api.ok("GET", f"/process-instances/{first['id']}/waiting")["items"]
    assert wait["waitsFor"] == "message"
    assert "arrived with the key" in wait["description"]


def test_a_message_with_a_time_to_live_waits_and_can_be_withdrawn(api):
    api.deploy(waits_for_message("http-kept", "http-kept", "order"))
    body = {"name": "http-kept", "correlationKey": 1, "timeToLive": 60, "messageId": "once"}
    kept = api.ok("POST", "/messages", json=body)
    assert (kept["outcome"], api.ok("POST", "/messages", json=body)["id"]) == ("buffered", kept["id"])
    other = api.ok("POST", "/messages", json={"name": "http-kept", "correlationKey": 2, "timeToLive": 60})
    listed = api.ok("GET", "/messages", params={"name": "http-kept"})["items"]
    assert [message["correlationKey"] for message in listed] == ["1", "2"]
    api.ok("DELETE", f"/messages/{other['id']}")
    api.refused(404, "DELETE", f"/messages/{other['id']}")

    assert open_task(api, api.start("http-kept", order=1))["elementId"] == "after"
    assert api.ok("POST", "/messages", json=body)["outcome"] == "correlated"


def test_a_message_to_several_or_to_a_suspended_instance_is_refused(api):
    definition = '<bpmn:messageEventDefinition messageRef="m"/>'
    api.deploy(waits("http-several", definition, '<bpmn:message id="m" name="http-several"/>'))
    first, second = api.start("http-several"), api.start("http-several")
    problem = api.refused(409, "POST", "/messages", json={"name": "http-several"})
    assert first["id"] in problem["detail"]
    assert second["id"] in problem["detail"]
    candidates = problem["candidates"]
    assert [candidate["processInstanceId"] for candidate in candidates] == [first["id"], second["id"]]
    waiting = api.ok("GET", "/subscriptions", params={"name": "http-several"})["items"]
    assert [candidate["subscriptionId"] for candidate in candidates] == [each["id"] for each in waiting]

    api.ok("POST", f"/process-instances/{first['id']}/suspend")
    body = {"name": "http-several", "processInstanceId": first["id"]}
    assert api.refused(409, "POST", "/messages", json=body)["state"] == "suspended"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/messages", {}, "name"),
        ("/messages", {"name": ""}, "name"),
        ("/messages", {"name": "a\0b"}, "name"),
        ("/messages", {"name": "x", "timeToLive": -1}, "timeToLive"),
        ("/messages", {"name": "x", "correlationKey": {"a": 1}}, "correlationKey"),
        ("/messages", {"name": "x", "correlationVariables": {"a": [1]}}, "correlationVariables.a"),
        ("/messages", {"name": "x", "processInstanceId": "9999999999999999999"}, "processInstanceId"),
        ("/signals", {"name": ""}, "name"),
        ("/conditions", {}, "variables"),
    ],
)
def test_bad_messages_signals_and_conditions_are_refused_and_the_member_named(api, path, body, field):
    assert api.refused(422, "POST", path, json=body)["field"] == field


def test_participants_may_not_publish(api, server):
    people = [user["id"] for user in api.ok("GET", "/users")["items"] if user["roles"] == ["participant"]]
    with Api(server.url, **{"Baton-User": people[0]}) as participant:
        participant.refused(403, "POST", "/messages", json={"name": "x"})
        participant.refused(403, "POST", "/signals", json={"name": "x"})
        participant.refused(403, "POST", "/conditions", json={"variables": {}})
        participant.refused(403, "GET", "/subscriptions")


def test_a_signal_reaches_all_and_a_condition_starts(api):
    definition = '<bpmn:signalEventDefinition signalRef="s"/>'
    api.deploy(waits("http-signal", definition, '<bpmn:signal id="s" name="http-alarm"/>'))
    instances = [api.start("http-signal") for _ in range(3)]
    answer = api.ok("POST", "/signals", json={"name": "http-alarm", "variables": {"where": "hall"}})
    assert answer == {"processInstances": 3, "starts": 0}
    for instance in instances:
        assert open_task(api, instance)["elementId"] == "after"

    body = (
        '<bpmn:startEvent id="low"><bpmn:conditionalEventDefinition><bpmn:condition>${httpStock &lt; 10}'
        '</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent><bpmn:userTask id="buy"/>'
        '<bpmn:endEvent id="end"/>' + diagrams.flow("low", "buy") + diagrams.flow("buy", "end")
    )
    api.deploy(diagrams.process("http-refill", body))
    asked = {"variables": {"httpStock": 3}, "processDefinitionKey": "http-refill"}
    [started] = api.ok("POST", "/conditions", json=asked)["started"]
    assert (started["key"], started["elementId"]) == ("http-refill", "low")


def test_a_called_process_runs_by_itself_and_is_listed(api):
    api.deploy(diagrams.one_task("http-child"))
    body = (
        '<bpmn:startEvent id="start"/><bpmn:callActivity id="call" calledElement="http-child"/>'
        '<bpmn:endEvent id="end"/>' + diagrams.flow("start", "call") + diagrams.flow("call", "end")
    )
    api.deploy(diagrams.process("http-parent", body))
    parent = api.start("http-parent")
    called = {"callerId": parent["id"]}
    [child] = eventually(lambda: api.ok("GET", "/process-instances", params=called)["items"])
    assert (child["key"], child["rootId"], child["callerId"]) == ("http-child", parent["id"], parent["id"])
    api.complete(open_task(api, child))

    eventually(lambda: api.state(parent) == "completed")


def test_the_commands_message_signal_and_subscriptions(api, server, tmp_path):
    def baton(*arguments):
        environment = clean_environment(tmp_path, BATON_URL=server.url)
        done = subprocess.run(
            [*BATON, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    api.deploy(waits_for_message("cli-message", "cli-paid", "order"))
    instance = api.start("cli-message", order=1)

    assert "cli-paid" in baton("subscriptions", "--instance", instance["id"])
    assert f"correlated {instance['id']} cli-message at wait" in baton(
        "message", "cli-paid", "--key", "1", "--var", "n=2"
    )
    assert json.loads(baton("signal", "cli-nobody", "--json")) == {"processInstances": 0, "starts": 0}
    assert "buffered as" in baton("message", "cli-paid", "--key", "7", "--ttl", "5")


def test_run_in_the_terminal_lets_messages_come(tmp_path):
    file = tmp_path / "wait.bpmn"
    file.write_text(
        waits("run-wait", '<bpmn:messageEventDefinition messageRef="m"/>', '<bpmn:message id="m" name="go"/>')
    )

    def run(*more, given=""):
        done = subprocess.run(
            [*BATON, "run", str(file), "--json", *more],
            env=clean_environment(tmp_path) | {"PATH": os.environ["PATH"]},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return json.loads(done.stdout)

    assert run()["state"] == "active"
    answered = run(given="amount=3\n\n\n")
    assert (answered["state"], answered["variables"]) == ("completed", {"amount": 3})
    assert run("--yes")["state"] == "completed"
