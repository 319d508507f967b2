"""Searching, looking back and repairing many over HTTP."""

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import Api, eventually


@pytest.fixture(scope="module", params=["server_on_sqlite", "server_on_postgresql"])
def api(request):
    with Api(request.getfixturevalue(request.param).url) as client:
        yield client


def timed(key):
    body = (
        '<bpmn:startEvent id="start"/><bpmn:userTask id="check" name="Check"/><bpmn:endEvent id="end"/>'
        '<bpmn:boundaryEvent id="late" attachedToRef="check"><bpmn:timerEventDefinition><bpmn:timeDuration>PT2H'
        '</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="missed"/>'
        + diagrams.flow("start", "check")
        + diagrams.flow("check", "end")
        + diagrams.flow("late", "missed")
    )
    return diagrams.process(key, body)


def test_instances_are_found_by_element_version_and_beginning_of_the_business_key(api):
    api.deploy(timed("found"))
    body = {"key": "found", "businessKey": "F-17", "variables": {"amount": 5}}
    instance = api.ok("POST", "/process-instances", json=body)
    api.start("found")

    def found(**query):
        return [each["id"] for each in api.ok("GET", "/process-instances", params=query)["items"]]

    assert found(key="found", version=1, businessKeyPrefix="F-", elementId="check", variable="amount=5") == [
        instance["id"]
    ]
    assert found(key="found", version=2) == []
    assert found(key="found", hasIncident="true") == []
    assert api.refused(422, "GET", "/process-instances", params={"elementId": "check"})["field"] == "key"


def test_an_instance_is_shown_as_it_was_and_where_it_went(api):
    api.deploy(timed("looked-back"))
    instance = api.start("looked-back", amount=5)
    path = f"/process-instances/{instance['id']}"
    before = api.ok("GET", f"{path}/history")
    api.ok("PATCH", f"{path}/variables", json={"variables": {"amount": 6}})

    now = api.ok("GET", f"{path}/history")
    then = api.ok("GET", f"{path}/history", params={"at": before["sequence"]})

    assert now["lastSequence"] == before["lastSequence"] + 1
    assert [now["scopes"][0]["variables"], then["scopes"][0]["variables"]] == [{"amount": 6}, {"amount": 5}]
    assert [token["elementId"] for token in then["tokens"]] == ["check"]
    assert (now["type"], now["state"]) == ("VariableUpdated", "active")
    assert api.ok("GET", f"{path}/path")["flowNodes"] == {"start": 1}
    [scope] = api.ok("GET", f"{path}/scopes")["items"]
    assert (scope["id"], scope["parentId"]) == (instance["id"], None)
    assert api.ok("GET", f"{path}/call-hierarchy") == {"callers": [], "called": [], "more": False}
    assert api.refused(404, "GET", f"{path}/history", params={"at": 1000})["status"] == 404


def test_a_timer_is_rescheduled_and_fires(api):
    api.deploy(timed("rescheduled"))
    instance = api.start("rescheduled")
    [timer] = api.ok("GET", "/jobs", params={"processInstanceId": instance["id"]})["items"]

    changed = api.ok("POST", f"/jobs/{timer['id']}/reschedule", json={"dueAt": "2020-01-01T00:00:00Z"})

    assert changed["dueAt"] == "2020-01-01T00:00:00.000Z"
    assert eventually(lambda: api.ok("GET", f"/process-instances/{instance['id']}")["state"] == "completed")
    assert api.refused(404, "POST", f"/jobs/{timer['id']}/retries", json={"retries": 2})["status"] == 404


def test_many_are_terminated_at_once_and_the_server_counts(api):
    definition = api.deploy(timed("many"))["processDefinitions"][0]["id"]
    instances = [api.start("many") for _ in range(5)]
    statistics = f"/process-definitions/{definition}/statistics"
    assert [(item["elementId"], item["open"]) for item in api.ok("GET", statistics)["items"]] == [("check", 5)]
    assert api.ok("GET", "/summary")["active"] >= 5

    counted = api.ok("POST", "/batches/count", json={"filter": {"key": "many"}})
    assert counted == {"instances": 5, "more": False}

    batch = api.ok("POST", "/batches", json={"deed": "terminate", "filter": {"key": "many"}, "reason": "moved"})

    assert (batch["deed"], batch["instances"], batch["more"]) == ("terminate", 5, False)
    for instance in instances:
        path = f"/process-instances/{instance['id']}"
        assert eventually(lambda path=path: api.ok("GET", path)["state"] == "terminated")
    assert api.ok("GET", statistics, params={"allVersions": "true"})["items"] == []
    assert api.refused(422, "POST", "/batches", json={"deed": "terminate"})["field"] == "ids"
    assert api.refused(422, "POST", "/batches", json={"deed": "terminate", "filter": {}})["field"] == "filter"
