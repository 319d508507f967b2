"""The page of a process: its diagram with what is live on it, by mouse and by keyboard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api, eventually
from tests.browser.conftest import NARROW, is_wider_than_its_window

LEAVE_REQUEST = "Process_LeaveRequest"
START_FORM = {
    "id": "start-form",
    "type": "default",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "a", "key": "customer", "label": "Customer"},
        {"type": "number", "id": "b", "key": "amount", "label": "Amount"},
    ],
}
WITH_FORM = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="with-start-form" name="With a form" isExecutable="true">
    <startEvent id="start" name="Asked" camunda:formRef="start-form" camunda:formRefBinding="deployment"/>
    <userTask id="check" name="Check"/>
    <sequenceFlow id="f" sourceRef="start" targetRef="check"/>
  </process>
</definitions>"""
READY = ".island[data-mounted=''] svg .djs-element"


@pytest.fixture
def leave_request(desk: Api) -> Any:
    """The definition of an example; its instances wait at a user task."""
    [deployed] = desk.deploy((EXAMPLES / "leave-request.bpmn").read_bytes(), name="leave-request.bpmn")[
        "processDefinitions"
    ]
    return deployed


def test_a_process_shows_its_diagram_with_the_tokens_of_now(page: Any, desk: Api, leave_request: Any) -> None:
    started = desk.ok("POST", "/process-instances", json={"processDefinitionId": leave_request["id"], "variables": {}})
    [task] = desk.tasks(started)
    page.goto(f"/processes/{leave_request['id']}")

    badge = page.locator(f"[data-container-id='{task['elementId']}'] .baton-badge.tokens")
    badge.wait_for()
    before = int(badge.inner_text())
    assert before >= 1
    assert task["name"] in badge.get_attribute("aria-label")
    assert page.locator(".bjs-powered-by").is_visible()

    desk.ok("POST", "/process-instances", json={"processDefinitionId": leave_request["id"], "variables": {}})

    badge.filter(has_text=str(before + 1)).wait_for()
    row = page.locator("#counts-title + .scroll tr", has_text=task["name"])
    assert str(before + 1) in row.inner_text()


def test_a_count_leads_to_the_instances(page: Any, desk: Api, leave_request: Any) -> None:
    started = desk.ok("POST", "/process-instances", json={"processDefinitionId": leave_request["id"], "variables": {}})
    page.goto(f"/processes/{leave_request['id']}")

    page.locator(".baton-badge.tokens").first.click()

    page.get_by_role("link", name=started["id"]).wait_for()


def test_the_diagram_zooms_and_moves_by_buttons_and_keyboard(page: Any, leave_request: Any) -> None:
    page.goto(f"/processes/{leave_request['id']}")
    page.locator(READY).first.wait_for()
    place = "document.querySelector('.viewport').getAttribute('transform')"
    fitted = page.evaluate(place)

    page.get_by_role("button", name="Zoom in").press("Enter")
    eventually(lambda: page.evaluate(place) != fitted)
    page.get_by_role("button", name="Show the whole diagram").click()
    eventually(lambda: page.evaluate(place) == fitted)

    page.locator(".djs-container svg[role=img]").focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: page.evaluate(place) != fitted)
    page.keyboard.press("0")
    eventually(lambda: page.evaluate(place) == fitted)


def test_an_instance_is_started_by_keyboard_alone(page: Any, desk: Api, leave_request: Any) -> None:
    page.goto(f"/processes/{leave_request['id']}")
    page.get_by_label("Business key").focus()
    page.keyboard.type("by-keyboard")

    # Waited for to its end: Chromium may never close a context in the midst of a navigation.
    with page.expect_navigation():
        page.keyboard.press("Enter")

    [instance] = desk.ok("GET", "/process-instances", params={"businessKey": "by-keyboard"})["items"]
    assert instance["processDefinitionId"] == leave_request["id"]


def test_what_is_typed_stays_while_the_page_is_live(page: Any, desk: Api) -> None:
    page.goto("/")
    details = page.locator("#definitions-title ~ .scroll details").first
    details.locator("summary").click()
    field = details.locator("textarea")
    field.fill("amount=1")
    started = desk.start(LEAVE_REQUEST)
    link = page.locator(f"#instances-title ~ .scroll a[href='/instances/{started['id']}']")

    # Three rhythms of the fragment, in the browser's own time.
    page.evaluate("() => new Promise((done) => setTimeout(done, 6500))")
    assert field.input_value() == "amount=1"
    assert link.count() == 0

    field.fill("")
    page.get_by_role("heading", name="Home").click()
    link.wait_for()


def test_an_instance_is_started_with_typed_variables_and_what_is_wrong_is_marked(
    page: Any, desk: Api, leave_request: Any
) -> None:
    page.goto(f"/processes/{leave_request['id']}")
    page.get_by_label("Business key").fill("typed")
    rows = page.locator("[data-row]")
    rows.first.get_by_label("Name").fill("from")
    rows.first.get_by_label("Type").select_option("date")
    rows.first.get_by_label("Value").fill("2026-02-30")
    page.get_by_role("button", name="One more variable").click()
    rows.nth(1).get_by_label("Name").fill("days")
    rows.nth(1).get_by_label("Value").fill("3")
    # The refusal is a page with status 422, which Chromium itself tells the console of.
    page.route("**/start", lambda route: route.fulfill(response=route.fetch(max_redirects=0), status=200))
    page.get_by_role("button", name="Start", exact=True).click()
    wrong = page.locator("[data-row].wrong")
    wrong.wait_for()
    assert "Expected a date" in wrong.inner_text()
    assert rows.nth(1).get_by_label("Value").input_value() == "3"
    page.unroute("**/start")

    wrong.get_by_label("Value").fill("2026-02-28")
    page.get_by_role("button", name="Start", exact=True).click()

    page.wait_for_url("**/instances/*")
    [instance] = desk.ok("GET", "/process-instances", params={"businessKey": "typed"})["items"]
    found = desk.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]
    assert {each["name"]: each["value"] for each in found}["days"] == 3
    assert {each["name"]: each["type"] for each in found}["from"] == "date"


def test_a_process_is_started_with_its_form(page: Any, desk: Api) -> None:
    files = {"a": ("with-form.bpmn", WITH_FORM), "b": ("start.form", json.dumps(START_FORM).encode())}
    [definition] = desk.ok("POST", "/deployments", files=files)["processDefinitions"]
    page.goto(f"/processes/{definition['id']}")
    page.get_by_role("link", name="Start at").click()
    island = page.locator(".island[data-mounted='']")
    island.locator("input, select, textarea").first.wait_for()
    island.get_by_label("Customer").fill("Ada")
    island.get_by_label("Amount").fill("12")
    page.get_by_label("Business key").fill("by-form")
    page.get_by_role("button", name="Start", exact=True).click()

    page.wait_for_url("**/instances/*")
    [instance] = desk.ok("GET", "/process-instances", params={"businessKey": "by-form"})["items"]
    found = desk.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]
    assert {each["name"]: each["value"] for each in found} == {"customer": "Ada", "amount": 12}


def test_problems_and_heat_are_painted(page: Any, desk: Api) -> None:
    drawn = (EXAMPLES / "loan-approval.bpmn").read_bytes().replace(b'"loan-approval"', b'"heated-loan"')
    drawn = drawn.replace(b'name="Confirm loan"', b'name=""')
    [definition] = desk.deploy(drawn, name="heated.bpmn")["processDefinitions"]
    url = f"/processes/{definition['id']}"

    page.goto(f"{url}?view=problems")
    page.locator(READY).first.wait_for()
    finding = page.locator("li[data-finding]").first
    element = finding.get_attribute("data-finding")
    page.locator(f"[data-container-id='{element}'] .baton-badge").wait_for()
    finding.locator("[data-element]").click()
    page.locator(f".djs-element.selected[data-element-id='{element}']").wait_for()

    page.get_by_role("link", name="How often").click()
    page.locator(READY).first.wait_for()
    assert page.get_by_role("link", name="How often").get_attribute("aria-current") == "page"


def test_two_versions_are_compared_with_a_list_of_what_changed(page: Any, desk: Api) -> None:
    drawn = (EXAMPLES / "loan-approval.bpmn").read_bytes().replace(b'"loan-approval"', b'"two-versions"')
    desk.deploy(drawn, name="two.bpmn")
    changed = drawn.replace(b'name="Confirm loan"', b'name="Confirm the loan"')
    [newer] = desk.deploy(changed, name="two.bpmn")["processDefinitions"]
    page.goto(f"/processes/{newer['id']}")

    page.get_by_role("link", name="Compare with version 1").click()

    change = page.locator(".changes li.is-changed")
    change.wait_for()
    assert "name: “Confirm loan” → “Confirm the loan”" in change.inner_text()
    change.get_by_role("button", name="Confirm the loan").press("Enter")
    page.locator(".half .djs-element.selected").nth(1).wait_for()
    assert page.locator(".half .djs-element.selected").count() == 2


@pytest.mark.parametrize("view", ["", "?view=problems", "?view=p95", "/start", "/compare"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_keeps_people_out(axe: Any, leave_request: Any, colours: str, view: str) -> None:
    ready = "main" if view.startswith("/") else READY
    axe(f"/processes/{leave_request['id']}{view}", ready=ready, color_scheme=colours)


def test_nothing_scrolls_sideways_at_360_pixels(open_page: Any, leave_request: Any) -> None:
    page = open_page(viewport=NARROW)
    for view in ("", "?view=p95", "/start", "/compare"):
        page.goto(f"/processes/{leave_request['id']}{view}")
        page.locator("main h1").first.wait_for()
        assert not is_wider_than_its_window(page), view
