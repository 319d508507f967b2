"""Who may do what: open on loopback, secured anywhere else."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import BATON, EXAMPLES, Api, Server, clean_environment, free_port


def test_a_foreign_host_header_is_refused(server):
    answer = httpx.get(f"{server.url}/api/v1/user-tasks", headers={"Host": "evil.example"})

    assert answer.status_code == 403
    assert "evil.example" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_cannot_command_the_open_server(server, headers):
    answer = httpx.post(f"{server.url}/api/v1/deployments", content=b"<a/>", headers=headers)

    assert answer.status_code == 403


def test_a_request_of_our_own_page_passes(server):
    headers = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}

    answer = httpx.post(f"{server.url}/api/v1/process-instances", json={}, headers=headers)

    assert answer.status_code == 422


def test_an_open_server_takes_you_for_the_demo_user_you_name(api, as_user):
    me = as_user(0).ok("GET", "/me")

    assert me["id"] != api.ok("GET", "/me")["id"]


def test_an_unknown_demo_user_is_not_authenticated(server):
    with Api(server.url, **{"Baton-User": "nobody-knows-me"}) as stranger:
        stranger.refused(401, "GET", "/me")


def test_every_answer_forbids_to_be_framed_or_sniffed(server):
    for path in ("/", "/api/v1/health", "/static/baton.css", "/nothing"):
        headers = httpx.get(f"{server.url}{path}").headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("secured"), "--auth")
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def key(secured):
    [line] = [line for line in secured.output.splitlines() if "administrator key" in line]
    return line.rpartition(" ")[2]


@pytest.fixture(scope="module")
def administrator(secured, key):
    with Api(secured.url, Authorization=f"Bearer {key}") as client:
        yield client


def make_user(administrator, secured, user_id, role, *groups):
    body = {"id": user_id, "roles": [role], "groups": list(groups), "password": "correct horse"}
    administrator.ok("POST", "/users", json=body)
    made = administrator.ok("POST", "/api-keys", json={"userId": user_id, "name": "test"})
    return Api(secured.url, Authorization=f"Bearer {made['secret']}")


def test_without_a_key_nothing_but_health_is_answered(secured):
    with Api(secured.url) as stranger:
        problem = stranger.refused(401, "GET", "/user-tasks")
        stranger.ok("GET", "/health")

    assert "API key" in problem["detail"]


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic YTpi", "wrong"])
def test_a_wrong_key_is_not_authenticated(secured, header):
    with Api(secured.url, Authorization=header) as stranger:
        stranger.refused(401, "GET", "/user-tasks")


def test_a_demo_user_means_nothing_where_people_log_in(secured):
    with Api(secured.url, **{"Baton-User": "admin"}, Cookie="baton_user=admin") as stranger:
        stranger.refused(401, "GET", "/me")


def test_the_first_key_is_an_administrators(administrator):
    assert "administrator" in administrator.ok("GET", "/me")["roles"]


def test_a_participant_sees_and_completes_only_own_and_candidate_tasks(administrator, secured):
    task = (
        '<bpmn:startEvent id="start"/><bpmn:userTask id="pack" name="pack" camunda:candidateGroups="warehouse"/>'
        + diagrams.flow("start", "pack")
    )
    administrator.deploy(diagrams.process("for-warehouse", task))
    instance = administrator.start("for-warehouse")
    [pack] = administrator.tasks(instance)

    with (
        make_user(administrator, secured, "packer", "participant", "warehouse") as packer,
        make_user(administrator, secured, "seller", "participant", "sales") as seller,
    ):
        assert [task["id"] for task in packer.ok("GET", "/user-tasks")["items"]] == [pack["id"]]
        assert seller.ok("GET", "/user-tasks")["items"] == []
        seller.refused(403, "GET", f"/user-tasks/{pack['id']}")
        seller.refused(403, "POST", f"/user-tasks/{pack['id']}/complete", json={})
        packer.refused(403, "GET", "/audit-events")
        packer.refused(403, "POST", f"/process-instances/{instance['id']}/terminate", json={})
        packer.refused(403, "POST", "/deployments", content=b"<a/>", headers={"Content-Type": "text/xml"})
        packer.complete(pack)

    [done] = [event for event in administrator.audit(instance) if event["type"] == "UserTaskCompleted"]
    assert done["actorId"] == "packer"


def test_a_participant_sees_the_instances_they_started_or_have_a_task_in_and_no_other(administrator, secured):
    task = (
        '<bpmn:startEvent id="start"/><bpmn:userTask id="look" name="look" camunda:assignee="${whose}"/>'
        + diagrams.flow("start", "look")
    )
    administrator.deploy(diagrams.process("to-look-at", task))
    administrator.deploy(diagrams.one_task("for-anybody"))
    parts = ("", "/variables", "/waiting", "/audit-events", "/flow-node-instances")

    with (
        make_user(administrator, secured, "looker", "participant") as looker,
        make_user(administrator, secured, "starter", "participant") as starter,
    ):
        assigned = administrator.start("to-look-at", whose="looker")
        started = starter.start("to-look-at", whose="nobody-else")
        open_to_all = administrator.start("for-anybody")
        for client, seen, hidden in ((looker, assigned, started), (starter, started, assigned)):
            for part in parts:
                client.ok("GET", f"/process-instances/{seen['id']}{part}")
                client.ok("GET", f"/process-instances/{open_to_all['id']}{part}")
                client.refused(404, "GET", f"/process-instances/{hidden['id']}{part}")
            listed = client.ok("GET", "/process-instances", params={"key": "to-look-at"})["items"]
            assert [instance["id"] for instance in listed] == [seen["id"]]
            client.refused(403, "PATCH", f"/process-instances/{seen['id']}/variables", json={"variables": {}})


def test_the_page_of_an_instance_is_for_those_it_concerns(administrator, secured):
    make_user(administrator, secured, "visitor", "participant").close()
    administrator.deploy(diagrams.one_job("not-for-visitors", "unseen"))
    other = administrator.start("not-for-visitors")
    administrator.deploy(diagrams.one_task("for-visitors"))
    own = administrator.start("for-visitors")

    with httpx.Client(base_url=secured.url) as browser:
        browser.post("/login", data={"user": "visitor", "password": "correct horse"})
        overview = browser.get("/").text
        assert browser.get(f"/instances/{own['id']}").status_code == 200
        assert browser.get(f"/instances/{other['id']}").status_code == 404

    assert f"/instances/{own['id']}" in overview
    assert f"/instances/{other['id']}" not in overview


def test_a_worker_works_on_jobs_and_nothing_else(administrator, secured):
    administrator.deploy(diagrams.one_job("worker-only", "weld"))
    administrator.start("worker-only")

    with make_user(administrator, secured, "robot", "worker") as robot:
        [job] = robot.ok("POST", "/jobs/activate", json={"types": ["weld"], "worker": "r"})["items"]
        robot.ok("POST", f"/jobs/{job['id']}/complete", json={"worker": "r"})
        robot.refused(403, "GET", "/user-tasks")
        robot.refused(403, "POST", "/process-instances", json={"key": "worker-only"})


def test_operators_and_workers_may_decide_participants_may_not(administrator, secured):
    administrator.deploy((EXAMPLES / "expense-rules.dmn").read_bytes(), name="expense-rules.dmn")
    body = {"key": "expense-risk", "variables": {"category": "meal", "receipt": True}}

    with (
        make_user(administrator, secured, "rule-worker", "worker") as worker,
        make_user(administrator, secured, "rule-operator", "operator") as operator,
        make_user(administrator, secured, "rule-reader", "participant") as participant,
    ):
        made = worker.ok("POST", "/decision-definitions/evaluate", json=body)
        operator.ok("POST", "/decision-definitions/evaluate", json=body)
        participant.refused(403, "POST", "/decision-definitions/evaluate", json=body)
        participant.refused(403, "GET", f"/decision-evaluations/{made['id']}")
        worker.refused(403, "GET", "/decision-evaluations")
        participant.ok("GET", "/decision-definitions")

    events = administrator.ok("GET", "/audit-events", params={"type": "DecisionEvaluated"})["items"]
    assert {"rule-worker", "rule-operator"} <= {event["actorId"] for event in events}


def test_an_operator_deploys_and_repairs_but_makes_no_users(administrator, secured):
    with make_user(administrator, secured, "operator-1", "operator") as operator:
        operator.deploy(diagrams.one_task("by-operator"))
        operator.ok("GET", "/incidents")
        operator.refused(403, "POST", "/users", json={"id": "friend"})
        operator.refused(403, "POST", "/api-keys", json={"userId": "operator-1", "name": "x"})


def test_a_person_logs_in_with_a_cookie_that_scripts_cannot_read(administrator, secured):
    make_user(administrator, secured, "person", "participant").close()

    with httpx.Client(base_url=secured.url) as browser:
        assert browser.get("/").headers["location"] == "/login"
        wrong = browser.post("/login", data={"user": "person", "password": "wrong"})
        assert wrong.status_code == 401
        answer = browser.post("/login", data={"user": "person", "password": "correct horse"})
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert browser.get("/api/v1/me").json()["id"] == "person"
        foreign = browser.post("/logout", headers={"Origin": "http://evil.example"})
        assert foreign.status_code == 403
        secret = browser.cookies["baton_session"]
        browser.post("/logout")
        browser.cookies.clear()
        assert browser.get("/api/v1/me", headers={"Cookie": f"baton_session={secret}"}).status_code == 401


def test_guessing_passwords_cannot_keep_every_thread_busy(secured):
    def guess(number):
        return httpx.post(f"{secured.url}/login", data={"user": "x", "password": str(number)}, timeout=30).status_code

    with ThreadPoolExecutor(12) as pool:
        statuses = set(pool.map(guess, range(24)))

    assert statuses <= {401, 429}
    assert 429 in statuses


def test_any_other_address_refuses_to_start_without_authentication(tmp_path):
    done = subprocess.run(
        [*BATON, "serve", "--host", "0.0.0.0", "--port", str(free_port())],
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode != 0
    assert "authentication" in done.stderr
    assert "--auth" in done.stderr


def test_a_second_server_on_the_same_database_is_refused_with_the_reason(server):
    done = subprocess.run(
        [*BATON, "serve", "--port", str(free_port())],
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert "has it open" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_server_on_the_same_port_is_refused_with_the_reason(server, tmp_path):
    done = subprocess.run(
        [*BATON, "serve", "--port", str(server.port)],
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert "choose another --port" in done.stderr


@pytest.fixture(scope="module")
def for_hr(administrator):
    """A process that only `hr` may start."""
    content = diagrams.one_task("for-hr").replace(
        'isExecutable="true"', 'isExecutable="true" camunda:candidateStarterGroups="hr"'
    )
    administrator.deploy(content)
    return "for-hr"


def test_who_may_not_start_a_process_hears_who_may(administrator, secured, for_hr):
    with (
        make_user(administrator, secured, "hanna", "participant", "hr") as hanna,
        make_user(administrator, secured, "otto", "participant", "sales") as otto,
    ):
        refusal = otto.refused(403, "POST", "/process-instances", json={"key": for_hr})
        (offered,) = otto.ok("GET", "/process-definitions", params={"key": for_hr})["items"]

        assert "the group 'hr'" in refusal["detail"]
        assert offered["startable"] is False
        assert otto.ok("GET", "/process-instances", params={"key": for_hr})["items"] == []
        assert hanna.start(for_hr)["state"] == "active"


def test_the_command_line_says_who_may_start(administrator, secured, for_hr, tmp_path):
    with make_user(administrator, secured, "olga", "participant", "sales") as olga:
        key = olga.headers["Authorization"].removeprefix("Bearer ")

    done = subprocess.run(
        [*BATON, "start", for_hr],
        env=clean_environment(tmp_path, BATON_URL=secured.url, BATON_API_KEY=key),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "the group 'hr'" in done.stderr
    assert "Traceback" not in done.stderr
