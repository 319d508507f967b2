"""Decisions over HTTP and on the page, against a real server."""

import httpx
import pytest

from tests.acceptance.serving import EXAMPLES, Api

RULES = EXAMPLES / "expense-rules.dmn"
PROCESS = EXAMPLES / "expense-approval.bpmn"
MEAL = {"amount": 250, "category": "meal", "receipt": True}


@pytest.fixture(params=["server_on_sqlite", "server_on_postgresql"])
def either(request):
    """A client of a server on each database, with the example deployed."""
    with Api(request.getfixturevalue(request.param).url) as client:
        files = [("resource", (file.name, file.read_bytes())) for file in (PROCESS, RULES)]
        client.ok("POST", "/deployments", files=files)
        yield client


def test_a_process_and_its_decisions_are_uploaded_together_and_listed(either):
    [route] = either.ok("GET", "/decision-definitions", params={"key": "expense-route", "latest": True})["items"]

    assert (route["name"], route["versionTag"], route["graphId"]) == ("Expense route", "2026", "expense-rules")
    assert either.ok("GET", f"/decision-definitions/{route['id']}") == route
    xml = either.get(f"/decision-definitions/{route['id']}/xml")
    assert xml.content == RULES.read_bytes()
    assert "attachment" in xml.headers["content-disposition"]
    deployment = either.ok("GET", f"/deployments/{route['deploymentId']}")
    assert {made["key"] for made in deployment["decisionDefinitions"]} == {"expense-risk", "expense-route"}
    assert deployment["problems"] == []


def test_a_business_rule_task_decides_and_everybody_can_see_how(either):
    instance = either.start("expense-approval", **MEAL)

    [task] = either.tasks(instance)
    assert task["candidateGroups"] == ["team-leads"]
    listed = either.ok("GET", "/decision-evaluations", params={"processInstanceId": instance["id"]})
    [made] = listed["items"]
    assert (made["key"], made["elementId"], made["failure"]) == ("expense-route", "find-approver", None)
    assert made["output"] == {"approver": "team-leads", "days": 3}
    risk, route = made["decisions"]
    assert (risk["id"], risk["output"], risk["inputs"]["category"]) == ("expense-risk", "low", "meal")
    assert [rule["ruleId"] for rule in route["matchedRules"]] == ["route-table-rule-3"]
    assert either.ok("GET", f"/decision-evaluations/{made['id']}") == made
    [event] = [event for event in either.audit(instance) if event["type"] == "DecisionEvaluated"]
    assert event["data"]["output"] == made["output"]
    assert event["elementName"] == "Find approver"


def test_a_decision_is_made_on_request_by_key_id_version_and_tag(either):
    variables = {"amount": {"type": "decimal", "value": "1000.01"}, "category": "meal", "receipt": False}
    body = {"key": "expense-route", "variables": variables}

    made = either.ok("POST", "/decision-definitions/evaluate", json=body)

    assert made["output"] == {"approver": "finance", "days": 2}
    assert made["processInstanceId"] is None
    assert made["actorId"]
    for which in ({"version": made["version"]}, {"versionTag": "2026"}):
        assert either.ok("POST", "/decision-definitions/evaluate", json=body | which)["output"] == made["output"]
    by_id = {"id": made["decisionDefinitionId"], "variables": variables}
    assert either.ok("POST", "/decision-definitions/evaluate", json=by_id)["output"] == made["output"]
    either.refused(404, "POST", "/decision-definitions/evaluate", json={"key": "expense-route", "version": 999})
    either.refused(404, "POST", "/decision-definitions/evaluate", json={"key": "nothing"})
    either.refused(404, "GET", "/decision-definitions/1")
    either.refused(404, "GET", "/decision-evaluations/1")
    either.refused(422, "POST", "/decision-definitions/evaluate", json={})
    either.refused(422, "POST", "/decision-definitions/evaluate", json={"key": "x", "version": 1, "versionTag": "y"})


def test_a_decision_that_fails_is_an_answer_with_the_reason_and_what_was_found(either):
    twice = RULES.read_text().replace("<text>&lt;= 100</text>", "<text>&lt;= 10000</text>")
    twice = twice.replace('id="expense-ro', 'id="twice-ro').replace('id="expense-ri', 'id="twice-ri')
    twice = twice.replace("#expense-ri", "#twice-ri")
    either.deploy(twice, name="twice.dmn")

    made = either.ok("POST", "/decision-definitions/evaluate", json={"key": "twice-route", "variables": MEAL})

    assert made["output"] is None
    assert "rules 1 and 3 match" in made["failure"]
    assert [decision["id"] for decision in made["decisions"]] == ["twice-risk", "twice-route"]
    assert either.ok("GET", f"/decision-evaluations/{made['id']}")["failure"] == made["failure"]


def test_a_page_of_evaluations_leads_to_the_next(either):
    for amount in range(3):
        variables = MEAL | {"amount": amount}
        either.ok("POST", "/decision-definitions/evaluate", json={"key": "expense-risk", "variables": variables})

    first = either.ok("GET", "/decision-evaluations", params={"key": "expense-risk", "limit": 2})
    second = either.ok(
        "GET", "/decision-evaluations", params={"key": "expense-risk", "limit": 2, "cursor": first["nextCursor"]}
    )

    assert len(first["items"]) == 2
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}


def test_problems_of_a_cell_come_with_table_rule_column_and_line(api):
    broken = RULES.read_text().replace("<text>]100..1000]</text>", "<text>]100..</text>", 1)
    content = {"content": broken.encode(), "headers": {"Content-Type": "application/dmn+xml"}}

    problem = api.refused(422, "POST", "/deployments", params={"name": "broken.dmn"}, **content)

    [cell] = problem["problems"]
    assert (cell["rule"], cell["severity"], cell["resource"]) == ("expression-syntax", "error", "broken.dmn")
    assert cell["elementId"] == "route-table-rule-3-in-1"
    assert "Decision table 'Expense route', rule 3 (route-table-rule-3), input 'Amount'" in cell["message"]
    line = broken.splitlines().index("          <text>]100..</text>") + 1
    assert cell["line"] == line


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("<text>]100..1000]</text>", "<text>]50..1000]</text>"), "table-overlap"),
        (("<text>&gt; 1000</text>", "<text>&gt; 2000</text>"), "table-gap"),
    ],
)
def test_overlaps_and_gaps_are_reported_with_the_upload(api, change, rule):
    changed = RULES.read_text().replace("expense-", f"{rule}-").replace(*change)

    deployed = api.deploy(changed, name=f"{rule}.dmn")

    assert rule in {problem["rule"] for problem in deployed["problems"]}
    assert {problem["severity"] for problem in deployed["problems"]} == {"warning"}


def test_the_page_takes_decisions_and_lists_them(server):
    with httpx.Client(base_url=server.url, headers={"Origin": server.url}) as browser:
        answer = browser.post("/upload", files={"resource": (RULES.name, RULES.read_bytes())}, follow_redirects=True)

    assert answer.status_code == 200
    assert "Expense route" in answer.text
