"""The command line, as people and scripts call it."""

import http.client
import json
import os
import resource
import signal
import subprocess
import time

import httpx
import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import BATON, EXAMPLES, Api, Server, clean_environment, eventually

RULES = EXAMPLES / "expense-rules.dmn"
EXPENSES = EXAMPLES / "expense-approval.bpmn"


@pytest.fixture
def baton(tmp_path, server):
    def call(*arguments, given="", status=0):
        environment = clean_environment(tmp_path, BATON_URL=server.url)
        done = subprocess.run(
            [*BATON, *map(str, arguments)],
            env=environment,
            cwd=tmp_path,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return call


@pytest.fixture
def write(tmp_path):
    def file(name, content):
        path = tmp_path / name
        path.write_text(content)
        return path

    return file


def test_deploy_start_tasks_complete_and_audit_play_together(baton, write):
    file = write("cli.bpmn", diagrams.one_task("from-cli"))

    assert "from-cli version 1" in baton("deploy", file).stdout
    instance = json.loads(baton("start", "from-cli", "--var", "amount=12", "--json").stdout)
    [task] = json.loads(baton("tasks", "--instance", instance["id"], "--json").stdout)["items"]
    assert "approve" in baton("tasks", "--instance", instance["id"]).stdout
    assert "completed" in baton("complete", task["id"], "--var", "approved=true").stdout
    audit = baton("audit", instance["id"]).stdout

    assert "UserTaskCompleted" in audit
    assert "ProcessInstanceCompleted" in audit


def test_a_refused_deployment_shows_problems_and_has_exit_status_1(baton, write):
    file = write("bad.bpmn", diagrams.process("bad-cli", diagrams.chain("startEvent:s", "callActivity:c")))

    done = baton("deploy", file, status=1)

    assert f"{file}:" in done.stderr
    assert "error" in done.stderr
    assert "fix:" in done.stderr


def test_tasks_says_that_there_are_more_than_it_shows(baton, write):
    baton("deploy", write("more.bpmn", diagrams.one_task("many-tasks")))
    for _ in range(2):
        baton("start", "many-tasks")

    done = baton("tasks", "--limit", "1", "--json")

    assert len(json.loads(done.stdout)["items"]) == 1
    assert "there are more" in done.stderr


def test_an_unreachable_server_is_one_sentence(baton):
    done = baton("tasks", "--url", "http://127.0.0.1:9", status=1)

    assert done.stderr.startswith("Error: Expected a Baton server at http://127.0.0.1:9")


def test_lint_says_line_and_fix_and_fails_on_errors(baton, write):
    file = write("bad.bpmn", diagrams.process("bad-lint", "\n" + diagrams.chain("startEvent:s", "callActivity:c")))

    done = baton("lint", file, status=1)

    assert f"{file}:2: error" in done.stdout
    assert "fix:" in done.stdout
    assert "cannot run" in done.stdout


def test_lint_of_good_files_succeeds_and_speaks_json(baton):
    done = baton("lint", *sorted(EXAMPLES.glob("*.bpmn")), "--format", "json")

    results = json.loads(done.stdout)
    assert len(results) >= 3
    assert all(result["ok"] for result in results)


def test_run_prints_exactly_state_variables_and_path(baton, write):
    body = (
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="gate" default="gate-small"/>'
        '<bpmn:task id="big"/><bpmn:task id="small"/>'
        + diagrams.flow("start", "gate")
        + diagrams.flow("gate", "big", "${amount &gt; 100}")
        + diagrams.flow("gate", "small")
    )
    file = write("run.bpmn", diagrams.process("run", body))

    done = baton("run", file, "--var", "amount=120", "--json")

    expected = {"state": "completed", "variables": {"amount": 120}, "path": ["start", "gate", "big"]}
    assert json.loads(done.stdout) == expected


def test_run_asks_for_user_tasks_and_takes_their_variables(baton, write):
    file = write("ask.bpmn", diagrams.one_task("ask"))

    done = baton("run", file, "--json", given="approved=true\n\n")

    result = json.loads(done.stdout)
    assert (result["state"], result["variables"]) == ("completed", {"approved": True})


def test_run_stops_where_it_is_when_nobody_answers(baton, write):
    file = write("alone.bpmn", diagrams.one_task("alone"))

    result = json.loads(baton("run", file, "--json").stdout)

    assert (result["state"], result["path"]) == ("active", ["start", "approve"])


def test_run_asks_for_guided_decisions_by_name(baton, write):
    body = (
        '<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="ask" name="Good?"/>'
        '<bpmn:endEvent id="praise"/><bpmn:endEvent id="mend"/>'
        + diagrams.flow("start", "ask")
        + diagrams.flow("ask", "praise")
        + diagrams.flow("ask", "mend")
    )
    file = write("guided.bpmn", diagrams.process("guided-run", body, executable=False))

    result = json.loads(baton("run", file, "--json", given="mend\n").stdout)

    assert result["path"][-1] == "mend"
    assert result["state"] == "completed"


def test_run_lets_timers_fire_at_once_by_its_own_clock(baton, write):
    file = write("timer.bpmn", diagrams.timer("timer-run", "P30D"))

    done = baton("run", file, given="\n")

    assert "completed" in done.stdout
    assert "after" in done.stdout


def test_run_with_yes_completes_everything(baton):
    done = baton("run", EXAMPLES / "leave-request.bpmn", "--yes", "--json")

    assert json.loads(done.stdout)["state"] == "completed"


def test_run_of_a_bad_file_shows_its_problems(baton, write):
    done = baton("run", write("bad.bpmn", "<a/>"), status=1)

    assert "fix:" in done.stderr


def test_db_upgrade_and_demo_fill_an_empty_database_once(baton, tmp_path):
    assert "revision" in baton("db", "upgrade").stdout
    assert "instances started" in baton("demo").stdout
    assert "instances started" not in baton("demo").stdout
    assert (tmp_path / "baton.db").exists()


def test_db_admin_key_makes_the_way_back_in(baton, tmp_path):
    key = baton("db", "admin-key").stdout.strip()

    running = Server(tmp_path, "--auth")
    try:
        running.wait_until_ready()
        with Api(running.url, Authorization=f"Bearer {key}") as client:
            assert "administrator" in client.ok("GET", "/me")["roles"]
        assert "administrator key" not in running.output
        assert "has it open" in baton("db", "admin-key", status=1).stderr
    finally:
        running.stop()


def test_a_killed_parent_leaves_no_worker_behind(tmp_path):
    running = Server(tmp_path).wait_until_ready()

    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait(timeout=5)

    def is_gone():
        try:
            httpx.get(f"{running.url}/api/v1/health", timeout=1)
        except httpx.TransportError:
            return True
        return False

    eventually(is_gone, seconds=5)
    again = Server(tmp_path).wait_until_ready()
    assert again.stop() == 0


def test_a_stopped_server_ends_in_order_and_its_next_start_costs_less_than_three_seconds(tmp_path):
    first = Server(tmp_path).wait_until_ready()
    assert first.stop() == 0

    # Seconds of processor time, the cheapest of three: what a start costs however busy the machine is.
    costs = []
    for _ in range(3):
        before = cpu_seconds_of_children()
        assert Server(tmp_path).wait_until_ready().stop() == 0
        costs.append(cpu_seconds_of_children() - before)
        if costs[-1] < 3:
            break

    assert min(costs) < 3, costs


def cpu_seconds_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_stopping_server_sends_waiting_workers_away_instead_of_waiting_for_them(tmp_path):
    running = Server(tmp_path).wait_until_ready()
    worker = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    body = json.dumps({"types": ["never"], "worker": "w", "timeoutSeconds": 60})
    worker.request("POST", "/api/v1/jobs/activate", body, {"Content-Type": "application/json"})
    for _ in range(5):  # answered after the worker's request was taken up
        httpx.get(f"{running.url}/api/v1/health")

    began = time.monotonic()
    assert running.stop() == 0

    assert time.monotonic() - began < 8
    assert json.loads(worker.getresponse().read()) == {"items": []}
    worker.close()


def test_a_handlers_module_that_cannot_be_imported_is_one_sentence(tmp_path):
    running = Server(tmp_path, "--handlers", "no_such_module")

    assert running.process.wait(timeout=30) == 1
    assert "no_such_module" in running.output
    assert "Traceback" not in running.output


def test_the_command_line_deploys_both_files_and_decides_on_the_server(baton):
    deployed = baton("deploy", EXPENSES, RULES).stdout
    assert "expense-approval version" in deployed
    assert "expense-route version" in deployed

    shown = baton("evaluate", "expense-route", "--var", "amount=50", "--var", "category=meal", "--var", "receipt=true")
    assert json.loads(shown.stdout) == {"approver": "nobody", "days": 0}
    assert "by rule 1 (route-table-rule-1)" in shown.stderr
    whole = json.loads(baton("evaluate", "expense-risk", "--var", "receipt=false", "--json").stdout)
    assert whole["output"] == "high"
    assert "there is none" in baton("evaluate", "nothing", status=1).stderr


def test_the_command_line_decides_without_a_server(baton, write):
    variables = ("--var", "amount=5000", "--var", "category=other", "--var", "receipt=true")

    shown = baton("decide", RULES, "--decision", "expense-route", *variables)
    whole = json.loads(baton("decide", RULES, "--decision", "Expense route", *variables, "--json").stdout)

    assert json.loads(shown.stdout) == whole["output"] == {"approver": "finance", "days": 2}
    assert whole["decisions"][-1]["matchedRules"][0]["ruleId"] == "route-table-rule-5"
    assert "'expense-risk', 'expense-route'" in baton("decide", RULES, status=1).stderr
    broken = write("broken.dmn", RULES.read_text().replace("<text>-</text>", "<text>> ></text>", 1))
    assert "rule 1 (risk-table-rule-1)" in baton("decide", broken, "--decision", "expense-risk", status=1).stderr


def test_lint_checks_forms_with_the_place_of_each_problem(baton, write):
    good = EXAMPLES / "loan-approval.form"
    assert "can be filled in" in baton("lint", good).stdout
    field = {"type": "number", "id": "f", "key": "amount", "conditional": {"hide": "=1 +"}}
    broken = write("broken.form", json.dumps({"id": "broken", "type": "default", "components": [field]}))

    done = baton("lint", broken, status=1)

    assert "components[0]" in done.stdout
    assert f"{broken}: cannot be filled in; 1 error" in done.stdout


def test_lint_checks_decisions_and_run_uses_them(baton, write):
    assert "can decide; no problems" in baton("lint", RULES).stdout
    broken = write("broken.dmn", RULES.read_text().replace('hitPolicy="UNIQUE"', 'hitPolicy="BEST"'))
    assert "[hit-policy]" in baton("lint", broken, status=1).stdout

    options = ("--var", "amount=50", "--var", "category=meal", "--var", "receipt=true", "--yes", "--json")
    done = json.loads(baton("run", EXPENSES, "--decisions", RULES, *options).stdout)
    assert done["state"] == "completed"
    assert done["variables"]["route"] == {"approver": "nobody", "days": 0}
