"""An expression that fails is an incident that tells all it takes to mend it; mended and resolved, it goes on once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import Api, Server, eventually

SECRET = "s3cret-Xyzzy"


@dataclass(frozen=True)
class Case:
    """A node `work` whose `expression` fails with `given` and works with `mended`."""

    node: str
    language: str
    expression: str
    column: int | None
    given: dict[str, Any]
    mended: dict[str, Any]
    reason: str
    condition: str = ""
    line: int = 1
    waits: bool = False


def catch(duration: str) -> str:
    return (
        '<bpmn:intermediateCatchEvent id="work" name="work"><bpmn:timerEventDefinition>'
        f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )


def person(attributes: str) -> str:
    return f'<bpmn:userTask id="work" name="work" {attributes}/>'


def script(format_: str, text: str) -> str:
    return (
        f'<bpmn:scriptTask id="work" name="work" scriptFormat="{format_}" camunda:resultVariable="answer">'
        f"<bpmn:script>{text}</bpmn:script></bpmn:scriptTask>"
    )


def each(collection: str) -> str:
    return (
        f'<bpmn:userTask id="work"><bpmn:multiInstanceLoopCharacteristics camunda:collection="{collection}"/>'
        "</bpmn:userTask>"
    )


def times(cardinality: str) -> str:
    return (
        '<bpmn:userTask id="work"><bpmn:multiInstanceLoopCharacteristics>'
        f"<bpmn:loopCardinality>{cardinality}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )


def job(topic: str) -> str:
    return f'<bpmn:serviceTask id="work" name="work" camunda:type="external" camunda:topic="{topic}"/>'


GATEWAY = '<bpmn:exclusiveGateway id="work" name="work"/>'
CASES = {
    "a FEEL condition that is null": Case(
        GATEWAY, "feel", "amount &gt; limit", 10, {"amount": 5}, {"limit": 3}, "no variable 'limit'", "= amount > limit"
    ),
    "a FEEL condition that is a number": Case(
        GATEWAY, "feel", "amount + 1", 8, {"amount": 5}, {}, "yields the integer '6'", "= amount + 1"
    ),
    "a JUEL condition without its variable": Case(
        GATEWAY, "juel", "${amount &gt; limit}", 12, {"amount": 5}, {"limit": 3}, "named 'limit'", "${amount > limit}"
    ),
    "a JUEL condition on a wrong type": Case(
        GATEWAY, "juel", "${amount &gt; 1}", 10, {"amount": "x"}, {"amount": 3}, "Expected a number", "${amount > 1}"
    ),
    "a FEEL timer": Case(
        catch('= "PT" + wait'), "feel", '"PT" + wait', 8, {"wait": None}, {"wait": "0S"}, "found null", waits=True
    ),
    "a JUEL timer": Case(
        catch("${wait}"), "juel", "${wait}", 3, {"wait": "soon"}, {"wait": "PT0S"}, "found 'soon'", waits=True
    ),
    "an assignee": Case(
        person('camunda:assignee="${boss.name}"'), "juel", "${boss.name}", 8, {"boss": 1}, {"boss": {"name": "ann"}},
        "Expected",
    ),
    "a due date": Case(
        person('camunda:dueDate="${due}"'), "juel", "${due}", 3, {"due": "soon"}, {"due": "P1D"}, "soon"
    ),
    "a priority": Case(
        person('camunda:priority="${urgency}"'), "juel", "${urgency}", 3, {"urgency": "high"}, {"urgency": 7},
        "whole number",
    ),
    "a job type": Case(job("${topic}"), "juel", "${topic}", 3, {"topic": None}, {"topic": "mail"}, "must be a text"),
    "a FEEL script that calls too deeply": Case(
        script("feel", "{f: function(g, n)\n  if n = 0 then 0 else g(g, n - 1), r: f(f, depth)}.r"), "feel",
        "{f: function(g, n)\n  if n = 0 then 0 else g(g, n - 1), r: f(f, depth)}.r", 24, {"depth": 100000},
        {"depth": 3}, "too deeply", line=2,
    ),
    "a Python script": Case(
        script("python", "a = 1\nb = int(text)\nb"), "python", "a = 1\nb = int(text)\nb", None, {"text": "x"},
        {"text": "4"}, "ValueError", line=2,
    ),
}  # fmt: skip


def diagram(key: str, case: Case) -> str:
    """Start, a script that counts, the node, a task, end."""
    count = (
        '<bpmn:scriptTask id="count" scriptFormat="feel" camunda:resultVariable="runs">'
        "<bpmn:script>get or else(runs, 0) + 1</bpmn:script></bpmn:scriptTask>"
    )
    condition = case.condition.replace(">", "&gt;")
    body = (
        f'<bpmn:startEvent id="start"/>{count}{case.node}<bpmn:userTask id="after"/><bpmn:endEvent id="e"/>'
        + diagrams.flow("start", "count")
        + diagrams.flow("count", "work")
        + diagrams.flow("work", "after", condition)
        + diagrams.flow("after", "e")
    )
    return diagrams.process(key, body)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with sensitive names."""
    running = Server(tmp_path_factory.mktemp("guarded"), BATON_SENSITIVE_VARIABLES="password, *Token*")
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def client(guarded: Server) -> Iterator[Api]:
    with Api(guarded.url) as api:
        yield api


def incidents(api: Api, instance: Any) -> list[Any]:
    return list(api.ok("GET", "/incidents", params={"processInstanceId": instance["id"], "state": "open"})["items"])


@pytest.mark.parametrize("name", CASES)
def test_a_failing_expression_is_told_whole_and_goes_on_once_after_it_is_mended(client: Api, name: str) -> None:
    case = CASES[name]
    key = f"failing-{list(CASES).index(name)}"
    client.deploy(diagram(key, case))
    instance = client.start(key, **case.given)

    [incident] = incidents(client, instance)
    details = incident["details"]
    assert incident["elementId"] == "work"
    assert details["expression"] == case.expression.replace("&gt;", ">")
    assert details["language"] == case.language
    expected = {"line": case.line, "column": case.column} if case.column else {"line": case.line}
    assert details["position"] == expected
    assert details["variables"] == case.given
    assert case.reason in details["reason"]
    assert details["reason"] in incident["message"]

    if not case.mended:
        return
    client.ok("POST", f"/incidents/{incident['id']}/resolve", json={"variables": case.mended})
    assert incidents(client, instance) == []
    trail = eventually(lambda: passed(client.audit(instance), case))
    assert sum(event["type"] == "IncidentResolved" for event in trail) == 1
    assert [event["elementId"] for event in trail if event["type"] == "FlowNodeActivated"].count("work") == 1
    assert [event["data"]["value"] for event in trail if event["data"].get("name") == "runs"] == [1]


def passed(trail: list[Any], case: Case) -> list[Any] | None:
    """The trail once the node went on: it is a task or job that waits now, or the token is behind it."""
    reached = {"UserTaskCreated", "JobCreated"}
    return trail if any(event["type"] in reached for event in trail) else None


SENSITIVE = {
    "a FEEL condition": Case(GATEWAY, "feel", "", 1, {"password": SECRET}, {}, "string", "= password"),
    "a JUEL condition": Case(GATEWAY, "juel", "", 1, {"password": SECRET}, {}, "not shown", "${password > 1}"),
    "a FEEL timer": Case(catch("= authTokenText"), "feel", "", 1, {"authTokenText": SECRET}, {}, "a string"),
    "a JUEL priority": Case(
        person('camunda:priority="${password}"'), "juel", "", 1, {"password": SECRET}, {}, "a string"
    ),
    "a collection": Case(each("${password}"), "juel", "", 1, {"password": SECRET}, {}, "a string"),
    "a number of instances": Case(times("= password"), "feel", "", 1, {"password": SECRET}, {}, "a string"),
    "a called process": Case(
        '<bpmn:callActivity id="work" calledElement="${password.length()}"/>',
        "juel",
        "",
        1,
        {"password": SECRET},
        {},
        "an integer",
    ),
    "an assertion": Case(
        script("feel", "assert(1, false, password)"), "feel", "", 1, {"password": SECRET}, {}, "not shown"
    ),
    "a Python script": Case(script("python", "int(password)"), "python", "", 1, {"password": SECRET}, {}, "ValueError"),
}


@pytest.mark.parametrize("name", SENSITIVE)
def test_a_sensitive_value_is_in_no_incident_no_audit_event_and_no_log(client: Api, guarded: Server, name: str) -> None:
    case = SENSITIVE[name]
    key = f"sensitive-{list(SENSITIVE).index(name)}"
    client.deploy(diagram(key, case))
    instance = client.start(key, open="to see", **case.given)

    [incident] = incidents(client, instance)
    trail = client.audit(instance)

    [variable] = case.given
    assert incident["details"]["variables"] == {variable: {"type": "string", "sensitive": True}}
    assert case.reason in incident["details"]["reason"]
    told = {event["data"]["name"]: event["data"]["value"] for event in trail if event["type"] == "VariableCreated"}
    assert told[variable] == {"type": "string", "sensitive": True}
    assert told["open"] == "to see"
    assert SECRET not in json.dumps([incident, trail])
    assert SECRET not in guarded.output


def decision(inner: str) -> str:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="guarded" name="guarded" '
        f'namespace="urn:guarded"><decision id="guard" name="guard"><variable name="guard"/>{inner}</decision>'
        "</definitions>"
    )


RULE = "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
DECISIONS = {
    "rules that clash, of a column with a label": (
        '<decisionTable hitPolicy="UNIQUE"><input label="Sign"><inputExpression><text>upper case(password)</text>'
        f'</inputExpression></input><output name="o"/>{RULE * 2}</decisionTable>',
        "rules 1 and 2 match",
        {"Sign": {"type": "string", "sensitive": True}},
    ),
    "an assertion": (
        "<literalExpression><text>assert(1, false, password)</text></literalExpression>",
        "the reason is not shown",
        {},
    ),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_a_sensitive_value_is_in_nothing_that_a_failing_decision_leaves(
    client: Api, guarded: Server, name: str
) -> None:
    inner, reason, inputs = DECISIONS[name]
    headers = {"Content-Type": "application/xml"}
    deployed = client.post("/deployments", content=decision(inner), params={"name": "guard.dmn"}, headers=headers)
    assert deployed.status_code == 201, deployed.text
    case = Case('<bpmn:businessRuleTask id="work" camunda:decisionRef="guard"/>', "feel", "", 1, {}, {}, reason)
    key = f"guarded-{list(DECISIONS).index(name)}"
    client.deploy(diagram(key, case))
    instance = client.start(key, password=SECRET.upper())

    [incident] = incidents(client, instance)
    records = client.ok("GET", "/decision-evaluations", params={"processInstanceId": instance["id"]})["items"]

    assert reason in incident["message"]
    assert reason in records[0]["failure"]
    assert incident["details"]["inputs"] == inputs
    assert SECRET.upper() not in json.dumps([incident, records, client.audit(instance)])
    assert SECRET.upper() not in guarded.output


def test_a_large_value_is_told_by_its_size(client: Api) -> None:
    client.deploy(diagram("large-value", CASES["a FEEL condition that is a number"]))
    instance = client.start("large-value", amount="x" * 100_000)

    [incident] = incidents(client, instance)

    assert incident["details"]["variables"] == {"amount": {"type": "string", "size": 100_002}}


def test_an_expression_that_cannot_be_read_is_a_problem_at_upload_with_its_column(client: Api) -> None:
    case = Case(GATEWAY, "feel", "", 1, {}, {}, "", "= amount > > 5")
    answer = client.refused(
        422,
        "POST",
        "/deployments",
        content=diagram("unreadable", case).encode(),
        params={"name": "unreadable.bpmn"},
        headers={"Content-Type": "application/xml"},
    )

    [problem] = [problem for problem in answer["problems"] if problem["severity"] == "error"]
    assert "at column 10" in problem["message"]
    assert "Expected an expression, found '>'" in problem["message"]


def test_a_failing_decision_tells_no_value_of_a_sensitive_variable(client: Api, guarded: Server) -> None:
    rules = "".join(
        f"<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>{number}</text></outputEntry></rule>"
        for number in (1, 2)
    )
    table = (
        '<decisionTable><input><inputExpression><text>password + "x"</text></inputExpression></input>'
        f'<output name="o"/>{rules}</decisionTable>'
    )
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:secret">'
    client.deploy(f'{head}<decision id="secret-table" name="T">{table}</decision></definitions>', "secret.dmn")
    task = '<bpmn:businessRuleTask id="work" camunda:decisionRef="secret-table" camunda:resultVariable="r"/>'
    client.deploy(diagram("secret-decision", Case(task, "feel", "", None, {}, {}, "")))
    instance = client.start("secret-decision", password=SECRET)

    [incident] = incidents(client, instance)
    history = client.ok("GET", "/decision-evaluations", params={"processInstanceId": instance["id"]})

    assert incident["details"]["inputs"] == {'password + "x"': {"type": "string", "sensitive": True}}
    assert SECRET not in json.dumps([incident, client.audit(instance), history])
    assert SECRET not in guarded.output
