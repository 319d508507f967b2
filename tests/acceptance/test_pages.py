"""The pages work without JavaScript, update by themselves with it, and need nothing from elsewhere."""

import re

import httpx
import pytest

from tests.acceptance import diagrams
from tests.support.rows import rows


@pytest.fixture
def browser(server):
    with httpx.Client(base_url=server.url, headers={"Origin": server.url}) as client:
        yield client


def test_the_overview_shows_definitions_instances_tasks_and_events(api, browser):
    api.deploy(diagrams.one_task("shown-on-page"))
    instance = api.start("shown-on-page")

    page = browser.get("/")

    assert page.status_code == 200
    for text in ("shown-on-page", instance["id"], "approve", "Complete", "process instance started", "Who am I"):
        assert text in page.text, text


def test_the_complete_button_completes_with_variables_and_goes_back(api, browser):
    api.deploy(diagrams.one_task("button"))
    instance = api.start("button")
    [task] = api.tasks(instance)

    answer = browser.post(f"/tasks/{task['id']}/complete", data=rows(("amount", "integer", "12"), ("name", "", "Ada")))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert api.state(instance) == "completed"
    found = {v["name"]: v["value"] for v in api.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]}
    assert found == {"amount": 12, "name": "Ada"}


def test_a_refused_button_says_why_on_the_page(api, browser):
    api.deploy(diagrams.one_task("button-twice"))
    [task] = api.tasks(api.start("button-twice"))
    browser.post(f"/tasks/{task['id']}/complete")

    answer = browser.post(f"/tasks/{task['id']}/complete")

    assert answer.status_code == 409
    assert "completed" in answer.text


def test_an_upload_lists_its_problems_with_line_and_fix(browser):
    files = {"resource": ("bad.bpmn", diagrams.process("bad", diagrams.chain("startEvent:s", "callActivity:c")))}

    answer = browser.post("/upload", files=files)

    assert answer.status_code == 422
    assert re.search(r'<p class="fix">[A-Z][^<]+\.</p>', answer.text)
    assert re.search(r"line [1-9]", answer.text)
    assert "callActivity" in answer.text or "call activity" in answer.text.lower()


def test_a_good_upload_is_deployed(api, browser):
    browser.post("/upload", files={"resource": ("page.bpmn", diagrams.one_task("by-page"))})

    assert api.ok("GET", "/process-definitions", params={"key": "by-page"})["items"]


def test_a_start_button_starts(api, browser):
    [definition] = api.deploy(diagrams.one_task("start-button"))["processDefinitions"]

    browser.post(f"/processes/{definition['id']}/start", data=rows(("a", "", "1")) | {"businessKey": "B-1"})

    [instance] = api.ok("GET", "/process-instances", params={"key": "start-button"})["items"]
    assert instance["businessKey"] == "B-1"


def test_an_instances_page_says_what_it_waits_for(api, browser):
    api.deploy(diagrams.timer("page-of-instance", "P1D"))
    instance = api.start("page-of-instance", colour="red")

    page = browser.get(f"/instances/{instance['id']}")

    assert page.status_code == 200
    for text in ("wait", "colour", "red", "process instance started"):
        assert text in page.text, text


def test_an_unchanged_page_costs_a_304(browser):
    first = browser.get("/live")

    again = browser.get("/live", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_what_people_type_is_never_markup(api, browser):
    api.deploy(diagrams.one_task("escaped"))
    body = {"key": "escaped", "businessKey": "<script>alert(1)</script>", "variables": {"x": "<img src=x>"}}
    instance = api.ok("POST", "/process-instances", json=body)

    for path in ("/", f"/instances/{instance['id']}"):
        text = browser.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_the_who_am_i_switch_makes_you_another_demo_user(api, browser):
    users = [user["id"] for user in api.ok("GET", "/users")["items"] if "administrator" not in user["roles"]]

    browser.post("/who-am-i", data={"user": users[0]})

    assert browser.get("/api/v1/me").json()["id"] == users[0]


def test_a_form_of_another_site_is_refused(server, api):
    api.deploy(diagrams.one_task("forged"))
    [task] = api.tasks(api.start("forged"))

    answer = httpx.post(f"{server.url}/tasks/{task['id']}/complete", headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert len(api.tasks({"id": task["processInstanceId"]})) == 1


def test_pages_load_nothing_from_elsewhere_and_have_no_inline_script(browser):
    page = browser.get("/")

    assert "http://" not in page.text.replace("http://127.0.0.1", "")
    assert "https://" not in page.text
    assert "<script>" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_an_incident_is_shown_with_the_name_of_its_element(api, browser):
    body = '<bpmn:startEvent id="s"/><bpmn:scriptTask id="count_it" name="Count the apples" scriptFormat="python">'
    body += "<bpmn:script>total = apples + 1</bpmn:script></bpmn:scriptTask>" + diagrams.flow("s", "count_it")
    api.deploy(diagrams.process("apples", body))
    instance = api.start("apples")

    page = browser.get(f"/instances/{instance['id']}").text

    assert re.search("<strong>(<bdi>)?Count the apples(</bdi>)?</strong>", page)
    assert re.search("<strong>(<bdi>)?Count the apples(</bdi>)?</strong>", browser.get("/").text)


def test_only_what_is_overdue_is_in_the_colour_of_alarm(api, browser):
    body = '<bpmn:startEvent id="s"/>' + "".join(
        f'<bpmn:userTask id="{name}" camunda:dueDate="{year}-01-01T10:00:00Z"/>{diagrams.flow("s", name)}'
        for name, year in (("late", 2020), ("early", 2999))
    )
    api.deploy(diagrams.process("due-dates", body))
    instance = api.start("due-dates")

    page = browser.get(f"/instances/{instance['id']}").text

    assert '<span class="due over">overdue since 2020-01-01 10:00:00</span>' in page
    assert '<span class="due">due 2999-01-01 10:00:00</span>' in page


def test_variables_are_shown_as_json(api, browser):
    api.deploy(diagrams.one_task("shown-values"))
    instance = api.start("shown-values", paid=True, customer={"name": "Ada"})

    page = browser.get(f"/instances/{instance['id']}").text

    assert "<bdi>true</bdi>" in page
    assert "{&#34;name&#34;:&#34;Ada&#34;}" in page


def test_every_group_of_the_examples_has_a_demo_user(api):
    in_examples = {"employee", "hr", "manager", "loan-officers", "managers", "risk", "warehouse", "sales"}
    in_examples |= {"finance", "team-leads"}  # of the decisions

    people = api.ok("GET", "/users")["items"]

    assert in_examples <= {group for person in people for group in person["groups"]}
    assert all(group in in_examples for person in people if person["demo"] for group in person["groups"])


PAGES = ("/", "/tasks", "/processes", "/instances", "/decisions", "/modeler", "/audit", "/operations", "/people",
         "/upload", "/docs")  # fmt: skip
AS_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", PAGES)
def test_every_area_answers_with_the_frame_and_a_strict_policy(browser, path):
    page = browser.get(path)

    assert page.status_code == 200
    assert 'href="#main"' in page.text
    assert "style=" not in page.text
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_process_shows_its_versions_and_what_is_live(api, browser):
    [first] = api.deploy(diagrams.one_task("shown-process"))["processDefinitions"]
    api.start("shown-process")
    api.deploy(diagrams.one_task("shown-process").replace("approve", "approve2"))

    page = browser.get(f"/processes/{first['id']}").text
    live = browser.get(f"/processes/{first['id']}/live")

    assert "version 1" in page
    assert '"counts": {"approve": "1"}' in live.text
    again = browser.get(f"/processes/{first['id']}/live", headers={"If-None-Match": live.headers["etag"]})
    assert again.status_code == 304


def test_an_error_is_a_page_for_a_browser_and_a_problem_for_a_program(browser):
    page = browser.get("/processes/1", headers=AS_A_BROWSER)
    problem = browser.get("/processes/1")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing here" in page.text
    assert "process definition with id" in page.text
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_list_goes_on_by_cursor_and_keeps_its_filter(api, browser):
    api.deploy(diagrams.one_task("many-instances"))
    ids = {api.start("many-instances")["id"] for _ in range(27)}

    first = browser.get("/instances", params={"key": "many-instances"}).text
    path = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = browser.get(path).text

    assert "key=many-instances" in path
    assert {each for each in ids if f"/instances/{each}" in first + second} == ids
    assert {each for each in ids if f"/instances/{each}" in first and f"/instances/{each}" in second} == set()


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_site(browser, back):
    answer = browser.post("/theme", data={"theme": "dark", "back": back})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_colours_are_chosen_without_scripts(browser):
    browser.post("/theme", data={"theme": "dark", "back": "/tasks"})

    assert 'data-theme="dark"' in browser.get("/tasks").text
