"""Forms over HTTP, on the command line and as a page: the expense report of the examples."""

from __future__ import annotations

import subprocess

import httpx

from tests.acceptance.serving import BATON, EXAMPLES

RECEIPT = {"date": "2026-01-31", "what": "Train", "amount": 120.5}
GOOD = {"purpose": "Fair", "employee": {"email": "a@b.org"}, "paidBy": "company-card", "receipts": [RECEIPT]}


def start(api):
    names = ("expense-report.bpmn", "expense-report.form", "expense-report.approval.form")
    files = [("resource", (name, (EXAMPLES / name).read_bytes())) for name in names]
    api.ok("POST", "/deployments", files=files)
    instance = api.start("expense-report")
    return instance, api.tasks(instance)[0]


def test_a_wrong_submission_names_every_field_and_a_right_one_goes_on(api):
    instance, task = start(api)
    path = f"/user-tasks/{task['id']}"

    wrong = {**GOOD, "paidBy": "own-money", "receipts": [{**RECEIPT, "amount": 9999}]}
    problem = api.refused(422, "POST", f"{path}/complete", json={"variables": wrong})

    assert problem["type"] == "urn:baton:problem:form-refused"
    assert {field["field"]: field["rule"] for field in problem["fields"]} == {
        "iban": "required",
        "receipts[0].amount": "max",
    }
    assert api.ok("GET", f"{path}/form")["schema"]["id"] == "expense-report"
    api.complete(task, **GOOD)
    assert api.state(instance) == "completed"


def test_forms_are_listed_and_read(api):
    start(api)

    found = api.ok("GET", "/form-definitions", params={"key": "expense-report"})["items"]

    assert found[0]["kind"] == "form-js"
    assert api.ok("GET", f"/form-definitions/{found[0]['id']}")["schema"]["type"] == "default"


def test_the_command_line_shows_a_form_and_its_errors(api, server):
    _, task = start(api)
    environment = {**server.environment, "BATON_URL": server.url}

    def baton(*words):
        return subprocess.run([*BATON, *words], env=environment, capture_output=True, text=True, check=False)

    shown = baton("form", task["id"])
    refused = baton("complete", task["id"], "--var", "purpose=x")

    assert "purpose" in shown.stdout, shown.stderr
    assert "purpose (Purpose): Expected at least 3 characters, found 1" in refused.stderr
    assert refused.returncode == 1


def test_the_page_of_a_form_says_what_is_wrong_beside_the_field(api, server):
    _, task = start(api)

    with httpx.Client(base_url=server.url, headers={"Origin": server.url}) as browser:
        page = browser.get(f"/tasks/{task['id']}")
        answer = browser.post(f"/tasks/{task['id']}", data={"field:purpose": "<b>"[:2]})

    assert "E-mail for questions" in page.text
    assert answer.status_code == 422
    assert "Expected at least 3 characters, found 2" in answer.text
    assert "&lt;b" in answer.text
