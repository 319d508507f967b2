"""The main job over HTTP: upload, start, complete, timers, workers, audit."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import EXAMPLES, Api, eventually


@pytest.fixture(scope="module", params=["server_on_sqlite", "server_on_postgresql"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def api(server):
    with Api(server.url) as client:
        yield client


def test_an_uploaded_diagram_becomes_a_definition(api):
    deployment = api.deploy(diagrams.one_task("upload-one"), name="one.bpmn")

    [definition] = deployment["processDefinitions"]
    assert (definition["key"], definition["version"], definition["created"]) == ("upload-one", 1, True)
    stored = api.get(f"/process-definitions/{definition['id']}/xml")
    assert stored.content == diagrams.one_task("upload-one").encode()


def test_identical_content_makes_no_new_version_unless_forced(api):
    first = api.deploy(diagrams.one_task("same-content"))
    again = api.deploy(diagrams.one_task("same-content"))
    forced = api.deploy(diagrams.one_task("same-content"), force="true")

    versions = [deployment["processDefinitions"][0]["version"] for deployment in (first, again, forced)]
    assert versions == [1, 1, 2]
    assert not again["processDefinitions"][0]["created"]


def test_several_files_are_deployed_together(api):
    files = [
        ("resource", ("a.bpmn", diagrams.one_task("together-a").encode(), "application/xml")),
        ("resource", ("b.bpmn", diagrams.one_task("together-b").encode(), "application/xml")),
    ]

    deployment = api.ok("POST", "/deployments", files=files)

    assert sorted(definition["key"] for definition in deployment["processDefinitions"]) == ["together-a", "together-b"]
    assert sorted(resource["name"] for resource in deployment["resources"]) == ["a.bpmn", "b.bpmn"]


def test_one_bad_file_keeps_the_others_out_and_all_problems_are_listed(api):
    files = [
        ("resource", ("good.bpmn", diagrams.one_task("kept-out").encode(), "application/xml")),
        ("resource", ("bad.bpmn", b"<not-bpmn/>", "application/xml")),
    ]

    problem = api.refused(422, "POST", "/deployments", files=files)

    assert {found["resource"] for found in problem["problems"] if found["severity"] == "error"} == {"bad.bpmn"}
    assert api.ok("GET", "/process-definitions", params={"key": "kept-out"})["items"] == []


@pytest.mark.proves("user task")
def test_a_task_is_completed_and_the_audit_says_who_and_when(api):
    api.deploy(diagrams.one_task("who-and-when"))
    instance = api.start("who-and-when", amount=12)
    [task] = api.tasks(instance)

    completed = api.complete(task, approved=True, amount=13)

    assert completed["state"] == "completed"
    assert api.state(instance) == "completed"
    events = api.audit(instance)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    [done] = [event for event in events if event["type"] == "UserTaskCompleted"]
    assert (done["elementId"], done["elementName"], done["actorKind"]) == ("approve", "approve", "user")
    assert done["actorId"] == api.ok("GET", "/me")["id"]
    [changed] = [event for event in events if event["type"] == "VariableUpdated"]
    assert (changed["data"]["name"], changed["data"]["oldValue"], changed["data"]["value"]) == ("amount", 12, 13)


def test_typed_variables_keep_their_type(api):
    api.deploy(diagrams.one_task("typed-values"))
    due = {"type": "date", "value": "2026-01-31"}
    price = {"type": "decimal", "value": "12.50"}

    instance = api.start("typed-values", due=due, price=price, tags=["a", 1, None], big=2**60)

    found = {item["name"]: item for item in api.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]}
    assert (found["due"]["type"], found["due"]["value"]) == ("date", due)
    assert (found["price"]["type"], found["price"]["value"]) == ("decimal", price)
    assert found["tags"]["value"] == ["a", 1, None]
    assert found["big"]["value"] == {"type": "integer", "value": str(2**60)}


def test_claiming_is_exclusive_and_the_refusal_names_the_owner(api, as_user):
    api.deploy(diagrams.one_task("claims"))
    [task] = api.tasks(api.start("claims"))
    one, other = as_user(0), as_user(1)

    one.ok("POST", f"/user-tasks/{task['id']}/claim")
    problem = other.refused(409, "POST", f"/user-tasks/{task['id']}/claim")

    assert one.ok("GET", "/me")["id"] in problem["detail"]
    assert "assigned" in problem["detail"]
    one.ok("POST", f"/user-tasks/{task['id']}/unclaim")
    other.ok("POST", f"/user-tasks/{task['id']}/claim")


def test_of_two_completions_at_once_exactly_one_wins(api):
    api.deploy(diagrams.one_task("at-once"))
    instances = [api.start("at-once") for _ in range(5)]

    for instance in instances:
        [task] = api.tasks(instance)
        path = f"/user-tasks/{task['id']}/complete"
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _, path=path: api.post(path, json={}), range(4)))

        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        assert sum(event["type"] == "UserTaskCompleted" for event in api.audit(instance)) == 1


def test_a_timer_fires_by_itself(api):
    api.deploy(diagrams.timer("short-timer", "PT1S"))
    instance = api.start("short-timer")

    [waiting] = api.ok("GET", f"/process-instances/{instance['id']}/waiting")["items"]
    assert (waiting["waitsFor"], waiting["elementId"]) == ("timer", "wait")
    [job] = api.ok("GET", "/jobs", params={"processInstanceId": instance["id"], "kind": "timer"})["items"]
    assert job["dueAt"] == waiting["dueAt"]

    [task] = eventually(lambda: api.tasks(instance))
    assert task["elementId"] == "after"
    [fired] = [event for event in api.audit(instance) if event["type"] == "TimerFired"]
    assert fired["actorKind"] == "timer"


def test_a_timer_can_be_run_now(api):
    api.deploy(diagrams.timer("long-timer", "P10Y"))
    instance = api.start("long-timer")
    [job] = api.ok("GET", "/jobs", params={"processInstanceId": instance["id"]})["items"]

    api.ok("POST", f"/jobs/{job['id']}/run")

    eventually(lambda: api.tasks(instance))


def test_a_registered_python_function_does_a_service_task(api):
    api.deploy(diagrams.one_job("python-job", "double"))

    instance = api.start("python-job", amount=21)

    eventually(lambda: api.state(instance) == "completed")
    found = {
        item["name"]: item["value"] for item in api.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]
    }
    assert found["doubled"] == 42


def test_two_service_tasks_in_parallel_branches_run_at_the_same_time(api):
    api.deploy(diagrams.two_jobs("parallel-jobs", "slow"))

    began = time.monotonic()
    instance = api.start("parallel-jobs")
    eventually(lambda: api.state(instance) == "completed")

    assert time.monotonic() - began < 1.9


def test_a_worker_takes_completes_and_extends_a_job_over_http(api):
    api.deploy(diagrams.one_job("http-job", "pack"))
    instance = api.start("http-job", item="lamp")

    body = {"types": ["pack"], "worker": "w1", "timeoutSeconds": 5}
    [job] = api.ok("POST", "/jobs/activate", json=body)["items"]

    assert job["variables"] == {"item": "lamp"}
    assert api.ok("POST", "/jobs/activate", json={"types": ["pack"], "worker": "w2"})["items"] == []
    longer = api.ok("POST", f"/jobs/{job['id']}/extend", json={"worker": "w1", "lockSeconds": 600})
    assert longer["lockedUntil"] > job["lockedUntil"]
    api.refused(409, "POST", f"/jobs/{job['id']}/complete", json={"worker": "w2"})
    api.ok("POST", f"/jobs/{job['id']}/complete", json={"worker": "w1", "variables": {"packed": True}})
    assert api.state(instance) == "completed"


def test_a_job_without_retries_left_is_an_incident_that_can_be_resolved(api):
    api.deploy(diagrams.one_job("failing-job", "fails"))
    instance = api.start("failing-job")
    [job] = api.ok("POST", "/jobs/activate", json={"types": ["fails"], "worker": "w"})["items"]

    api.ok("POST", f"/jobs/{job['id']}/fail", json={"worker": "w", "message": "out of paper", "retries": 0})

    [incident] = api.ok("GET", "/incidents", params={"processInstanceId": instance["id"], "state": "open"})["items"]
    assert (incident["type"], "out of paper" in incident["message"]) == ("job", True)
    api.ok("POST", f"/incidents/{incident['id']}/resolve", json={"retries": 1})
    [again] = api.ok("POST", "/jobs/activate", json={"types": ["fails"], "worker": "w"})["items"]
    api.ok("POST", f"/jobs/{again['id']}/complete", json={"worker": "w"})
    assert api.state(instance) == "completed"


def test_a_long_poll_is_answered_as_soon_as_a_job_is_there(api):
    api.deploy(diagrams.one_job("long-poll", "poll-type"))
    body = {"types": ["poll-type"], "worker": "w", "timeoutSeconds": 20}

    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        waiting = pool.submit(lambda: api.ok("POST", "/jobs/activate", json=body))
        api.start("long-poll")
        [job] = waiting.result()["items"]

    assert job["type"] == "poll-type"
    assert time.monotonic() - began < 10


def test_many_long_polls_do_not_starve_other_requests(api):
    body = {"types": ["never-comes"], "worker": "w", "timeoutSeconds": 2}

    with ThreadPoolExecutor(30) as pool:
        waiting = [pool.submit(lambda: api.ok("POST", "/jobs/activate", json=body)) for _ in range(30)]
        began = time.monotonic()
        api.ok("GET", "/health")
        answered_after = time.monotonic() - began
        assert all(poll.result()["items"] == [] for poll in waiting)

    assert answered_after < 1.5


def test_a_condition_that_cannot_be_evaluated_is_an_incident_and_goes_on_when_repaired(api):
    api.deploy(diagrams.choice("broken-condition", "${amount &gt; 100}"))
    instance = api.start("broken-condition")

    [incident] = api.ok("GET", "/incidents", params={"processInstanceId": instance["id"]})["items"]
    assert incident["type"] == "condition"
    assert "amount" in incident["message"]
    api.ok("POST", f"/incidents/{incident['id']}/resolve", json={"variables": {"amount": 500}})

    assert [task["elementId"] for task in api.tasks(instance)] == ["yes"]
    assert api.ok("GET", f"/incidents/{incident['id']}")["state"] == "resolved"


def test_a_guided_decision_offers_the_names_of_the_flows(api):
    body = (
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="ask" name="Good?"/>'
        '<bpmn:task id="praise" name="Praise"/><bpmn:task id="mend" name="Mend"/>'
        + diagrams.flow("start", "ask")
        + diagrams.flow("ask", "praise")
        + diagrams.flow("ask", "mend")
    )
    api.deploy(diagrams.process("guided", body, executable=False))
    instance = api.start("guided")

    [decision] = api.tasks(instance)
    assert decision["kind"] == "decision"
    assert [option["name"] for option in decision["options"]] == ["praise", "mend"]
    api.complete(decision, "ask-mend")

    assert [(task["kind"], task["elementId"]) for task in api.tasks(instance)] == [("todo", "mend")]


def test_a_suspended_instance_refuses_completion_and_says_so(api):
    api.deploy(diagrams.one_task("suspended"))
    instance = api.start("suspended")
    [task] = api.tasks(instance)

    api.ok("POST", f"/process-instances/{instance['id']}/suspend")
    problem = api.refused(409, "POST", f"/user-tasks/{task['id']}/complete", json={})
    assert "suspended" in problem["detail"]
    assert problem["state"] == "suspended"

    api.ok("POST", f"/process-instances/{instance['id']}/resume")
    api.complete(task)
    assert api.state(instance) == "completed"


def test_a_terminated_instance_has_nothing_live_and_keeps_the_reason(api):
    api.deploy(diagrams.one_task("terminated"))
    instance = api.start("terminated")

    answer = api.ok("POST", f"/process-instances/{instance['id']}/terminate", json={"reason": "ordered twice"})

    assert answer["state"] == "terminated"
    assert api.tasks(instance) == []
    assert api.ok("GET", f"/process-instances/{instance['id']}/waiting")["items"] == []
    assert any(event["data"].get("reason") == "ordered twice" for event in api.audit(instance))


def test_a_deployment_with_live_instances_is_deleted_only_with_cascade(api):
    deployment = api.deploy(diagrams.one_task("deleted"))
    instance = api.start("deleted")
    path = f"/deployments/{deployment['id']}"

    api.refused(409, "DELETE", path)
    api.ok("DELETE", path, params={"cascade": True})

    api.refused(404, "GET", path)
    api.refused(404, "GET", f"/process-instances/{instance['id']}")


def test_variables_can_be_set_from_outside_and_found_by_value(api):
    api.deploy(diagrams.one_task("set-variables"))
    instance = api.start("set-variables", colour="red")

    api.ok("PATCH", f"/process-instances/{instance['id']}/variables", json={"variables": {"colour": "teal-7"}})

    found = api.ok("GET", "/process-instances", params={"variable": "colour=teal-7"})["items"]
    assert [item["id"] for item in found] == [instance["id"]]
    assert api.ok("GET", "/process-instances", params={"variable": "colour=teal-8"})["items"] == []


def test_a_repeated_request_with_the_same_key_is_carried_out_once(api):
    api.deploy(diagrams.one_task("idempotent"))
    body, headers = {"key": "idempotent"}, {"Idempotency-Key": "start-42"}

    first = api.ok("POST", "/process-instances", json=body, headers=headers)
    again = api.ok("POST", "/process-instances", json=body, headers=headers)

    assert again["id"] == first["id"]
    other = {"key": "idempotent", "businessKey": "x"}
    api.refused(409, "POST", "/process-instances", json=other, headers=headers)


def test_lists_are_paged_without_gaps_or_repetitions(api):
    api.deploy(diagrams.one_task("paged"))
    started = [api.start("paged")["id"] for _ in range(7)]

    seen, cursor = [], None
    while True:
        query = {"key": "paged", "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = api.ok("GET", "/process-instances", params=query)
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break

    assert sorted(seen) == sorted(started)


EXAMPLE_STARTS = {
    "leave-request.bpmn": {},
    "loan-approval.bpmn": {"amount": 20_000, "income": 48_000},
    "order-fulfilment.bpmn": {"amount": 250},
}


@pytest.mark.parametrize("name", sorted(EXAMPLE_STARTS))
def test_each_example_deploys_starts_and_ends(api, name):
    deployment = api.deploy((EXAMPLES / name).read_bytes(), name=name)
    key = deployment["processDefinitions"][0]["key"]
    instance = api.start(key, **EXAMPLE_STARTS[name])

    for _ in range(40):
        if api.state(instance) == "completed":
            break
        for task in api.tasks(instance):
            api.complete(task, *[option["id"] for option in task["options"][:1]], approved=True)
        work_off_jobs(api, instance)

    assert api.state(instance) == "completed"
    assert api.audit(instance)[-1]["type"] == "ProcessInstanceCompleted"


def work_off_jobs(api, instance):
    query = {"processInstanceId": instance["id"], "kind": "service"}
    types = sorted({job["type"] for job in api.ok("GET", "/jobs", params=query)["items"]})
    if types:
        for job in api.ok("POST", "/jobs/activate", json={"types": types, "worker": "w", "maxJobs": 10})["items"]:
            api.ok("POST", f"/jobs/{job['id']}/complete", json={"worker": "w"})
