"""Over HTTP: task lists, drafts, people, the audit as a file, and repair of many; and what each list refuses."""

import csv
import io
import json
import subprocess

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import BATON, Api

FAILING = diagrams.process(
    "cannot-choose",
    '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="fits"/><bpmn:endEvent id="yes"/><bpmn:endEvent id="no"/>'
    + diagrams.flow("start", "fits")
    + '<bpmn:sequenceFlow id="a" sourceRef="fits" targetRef="yes"><bpmn:conditionExpression>${amount &gt; 1}'
    "</bpmn:conditionExpression></bpmn:sequenceFlow>"
    '<bpmn:sequenceFlow id="b" sourceRef="fits" targetRef="no"><bpmn:conditionExpression>${amount &lt; 1}'
    "</bpmn:conditionExpression></bpmn:sequenceFlow>",
)


def test_a_task_is_taken_changed_drafted_and_found(api):
    api.deploy(diagrams.one_task("to-draft"))
    api.start("to-draft")
    taken = api.ok("POST", "/user-tasks/claim-next", json={"key": "to-draft"})["task"]
    path = f"/user-tasks/{taken['id']}"

    changed = api.ok("PATCH", path, json={"dueAt": "2020-01-01T00:00:00Z", "priority": 77})
    assert (changed["dueAt"], changed["priority"]) == ("2020-01-01T00:00:00.000Z", 77)
    api.ok("PUT", f"{path}/draft", json={"variables": {"note": "half"}})
    assert api.ok("GET", f"{path}/draft")["variables"] == {"note": "half"}
    for filters in ({"inbox": "mine"}, {"inbox": "overdue"}, {"inbox": "all", "order": "due"}):
        found = api.ok("GET", "/user-tasks", params={"key": "to-draft", **filters})["items"]
        assert [task["id"] for task in found] == [taken["id"]]
    api.complete(taken)
    api.refused(404, "GET", f"{path}/draft")
    assert api.ok("POST", "/user-tasks/claim-next", json={"key": "to-draft"}) == {"task": None}


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("/user-tasks", {"inbox": "theirs"}, "inbox"),
        ("/user-tasks", {"order": "size", "open": "true"}, "order"),
        ("/user-tasks", {"order": "due"}, "order"),
        ("/user-tasks", {"followUpBefore": "soon", "open": "true"}, "followUpBefore"),
        ("/users", {"active": "perhaps"}, "active"),
        ("/groups", {"color": "red"}, "color"),
        ("/api-keys", {"limit": "many"}, "limit"),
        ("/audit-events/export", {"format": "xlsx"}, "format"),
        ("/audit-events/verification", {"processInstanceId": "x"}, "processInstanceId"),
        ("/incidents", {"cause": ""}, "cause"),
        ("/incidents/groups", {"limit": "0"}, "limit"),
        ("/jobs", {"condition": "tired"}, "condition"),
        ("/workers", {"name": "x"}, "name"),
    ],
)
def test_what_a_list_does_not_know_is_refused_by_name(api, path, params, field):
    assert api.refused(422, "GET", path, params=params)["field"] == field


def test_a_cursor_of_another_list_is_refused_everywhere(api):
    api.deploy(diagrams.one_task("for-cursors"))
    for _ in range(2):
        api.start("for-cursors")
    cursor = api.ok("GET", "/user-tasks", params={"open": "true", "limit": 1})["nextCursor"]

    for path in ("/users", "/groups", "/api-keys", "/audit-events", "/audit-events/verification", "/incidents/groups"):
        assert api.refused(422, "GET", path, params={"cursor": cursor})["field"] == "cursor"
    for path, params in (("/workers", {}), ("/jobs", {"condition": "due"}), ("/user-tasks", {"inbox": "all"})):
        given = {**params, "cursor": api.ok("GET", "/audit-events", params={"limit": 1})["nextCursor"]}
        assert api.refused(422, "GET", path, params=given)["field"] == "cursor"


def test_people_are_kept_over_http(api):
    api.ok("POST", "/groups", json={"id": "night shift"})
    api.ok("POST", "/users", json={"id": "zoe", "email": "zoe@example.com", "groups": ["night shift"]})
    key = api.ok("POST", "/api-keys", json={"userId": "zoe", "name": "k"})
    with Api(str(api.base_url).removesuffix("/api/v1/"), Authorization=f"Bearer {key['secret']}") as zoe:
        assert zoe.ok("GET", "/me")["groups"] == ["night shift"]
    assert api.ok("GET", "/groups/night%20shift")["members"] == 1
    assert [user["id"] for user in api.ok("GET", "/users", params={"text": "ZOE@"})["items"]] == ["zoe"]
    [listed] = api.ok("GET", "/api-keys", params={"userId": "zoe"})["items"]
    assert listed["lastUsedAt"] is not None
    assert listed["secret"] is None

    assert api.ok("POST", "/users/zoe/deactivate")["deactivatedAt"] is not None
    [listed] = api.ok("GET", "/api-keys", params={"userId": "zoe"})["items"]
    assert listed["revokedAt"] is not None
    api.ok("DELETE", "/groups/night%20shift/members/zoe")
    api.refused(404, "DELETE", "/groups/night%20shift/members/zoe")
    api.ok("DELETE", "/users/zoe")
    api.ok("DELETE", "/groups/night%20shift")
    api.refused(404, "GET", "/users/zoe")
    assert api.refused(422, "POST", "/users", json={"id": "zoe", "email": "no"})["field"] == "email"


def test_the_audit_is_exported_and_verified(api, server):
    api.deploy(diagrams.one_task("to-export"))
    instance = api.start("to-export")
    told = api.audit(instance)

    lines = api.request("GET", "/audit-events/export", params={"processInstanceId": instance["id"]})
    assert [json.loads(line) for line in lines.text.splitlines()] == told
    table = api.request("GET", "/audit-events/export", params={"format": "csv", "key": "to-export"})
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    assert {row["type"] for row in csv.DictReader(io.StringIO(table.text))} >= {event["type"] for event in told}
    [chain] = api.ok("GET", "/audit-events/verification", params={"processInstanceId": instance["id"]})["items"]
    assert chain == {"processInstanceId": instance["id"], "events": len(told), "brokenAt": None}
    done = subprocess.run(
        [*BATON, "audit", instance["id"], "--verify", "--url", server.url],
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(told)} events" in done.stdout


def test_many_incidents_are_repaired_at_once(api):
    api.deploy(FAILING)
    instances = [api.start("cannot-choose", amount="text") for _ in range(3)]
    groups = api.ok("GET", "/incidents/groups")["items"]
    [group] = [group for group in groups if group["key"] == "cannot-choose"]
    assert group["count"] == 3

    body = {"cause": group["cause"], "variables": {"amount": 5}}
    done = api.ok("POST", "/incidents/resolve", json=body)

    assert done == {"resolved": 3, "failedAgain": 0, "refused": 0, "refusals": [], "nextCursor": None}
    assert {api.state(instance) for instance in instances} == {"completed"}
    api.refused(404, "POST", "/incidents/resolve", json=body)


def test_requests_sent_twice_with_a_key_are_carried_out_once(api):
    diagram = diagrams.one_job("sent-twice", "weld")
    answers = []
    for _ in range(2):
        # As multipart/form-data: its boundary is another one each time.
        answers.append(
            api.ok(
                "POST",
                "/deployments",
                params={"force": "true"},
                files={"resource": ("weld.bpmn", diagram)},
                headers={"Idempotency-Key": "deploy-1"},
            )
        )
    assert answers[0] == answers[1]
    api.start("sent-twice")
    [job] = api.ok("POST", "/jobs/activate", json={"types": ["weld"], "worker": "r"})["items"]
    for _ in range(2):
        api.ok("POST", f"/jobs/{job['id']}/complete", json={"worker": "r"}, headers={"Idempotency-Key": "job-1"})
    api.refused(404, "POST", f"/jobs/{job['id']}/complete", json={"worker": "r"})
    assert "r" in {worker["name"] for worker in api.ok("GET", "/workers")["items"]}


def test_health_details_are_for_operators(api, as_user):
    found = api.ok("GET", "/health/details")

    assert found["databaseBytes"] > 0
    assert found["version"]
    [participant] = [one for one in (as_user(0), as_user(1)) if "operator" not in one.ok("GET", "/me")["roles"]][:1]
    participant.refused(403, "GET", "/health/details")
