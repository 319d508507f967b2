"""The page of a process: its diagram with what is live on it, by mouse and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api, eventually

LEAVE_REQUEST = "Process_LeaveRequest"
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
    link = page.get_by_role("link", name=f"instance {started['id']}")

    # Three rhythms of the fragment, in the browser's own time.
    page.evaluate("() => new Promise((done) => setTimeout(done, 6500))")
    assert field.input_value() == "amount=1"
    assert link.count() == 0

    field.fill("")
    page.get_by_role("heading", name="Home").click()
    link.wait_for()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_keeps_people_out(axe: Any, leave_request: Any, colours: str) -> None:
    axe(f"/processes/{leave_request['id']}", ready=READY, color_scheme=colours)
