"""Instances in a real browser: find why one waits, repair it, edit a variable, see the past, do to many."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api
from tests.browser.conftest import NARROW, is_wider_than_its_window

LOAN = "loan-approval"
PAINTED = ".island[data-mounted=''] svg .djs-element"


@pytest.fixture(scope="module")
def troubled(desk: Api) -> Any:
    """A loan without an income: its rating has an incident."""
    desk.deploy((EXAMPLES / "loan-approval.bpmn").read_bytes(), name="loan-approval.bpmn")
    body = {"key": LOAN, "businessKey": "LOAN-INSTANCES", "variables": {"amount": 12_000}}
    return desk.ok("POST", "/process-instances", json=body)


def loan(desk: Api, **variables: Any) -> Any:
    return desk.start(LOAN, **variables)


def test_why_it_waits_is_found_by_a_search_and_repaired(page: Any, desk: Api, troubled: Any) -> None:
    page.goto("/instances")
    page.get_by_label("Business key begins with").fill("LOAN-INST")
    page.get_by_label("Incidents").select_option("true")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**businessKeyPrefix=LOAN-INST**hasIncident=true**")

    page.get_by_role("link", name="LOAN-INSTANCES").click()
    page.locator(f"{PAINTED}.has-incident, .has-incident").first.wait_for()
    why = page.locator("#waiting-section tr.troubled")
    assert "could not be decided" in why.inner_text()

    card = page.locator("#incidents-section .incident")
    card.get_by_text("Details").click()
    assert "ratio" in card.locator("dl.details").inner_text()
    card.get_by_text("Change variables first").click()
    card.get_by_label("Name").fill("ratio")
    card.get_by_label("Value").fill("0.25")
    card.get_by_role("button", name="Try again").click()

    page.locator("#incidents-section").wait_for(state="detached")
    found = desk.ok("GET", "/incidents", params={"processInstanceId": troubled["id"], "state": "open"})
    assert found["items"] == []


def test_a_variable_is_edited_by_keyboard_and_a_wrong_one_refused_in_place(page: Any, desk: Api) -> None:
    instance = loan(desk, amount=12_000)
    page.goto(f"/instances/{instance['id']}")
    summary = page.get_by_label("Change \u2068amount\u2069")
    summary.focus()
    page.keyboard.press("Enter")
    form = page.locator("#variables-section form.typed", has=page.locator("input[value=amount]"))
    form.get_by_label("Value").fill("soon")
    form.get_by_role("button", name="Save").press("Enter")

    page.get_by_role("alert").get_by_text("It is declared as integer.").wait_for()
    assert form.get_by_label("Value").input_value() == "soon"
    form.get_by_label("Type").select_option("decimal")
    form.get_by_label("Value").fill("12.50")
    form.get_by_role("button", name="Save").click()

    page.wait_for_url(f"**/instances/{instance['id']}")
    page.locator("#variables-section td", has_text="12.50").first.wait_for()
    [amount] = [
        each
        for each in desk.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]
        if each["name"] == "amount"
    ]
    assert (amount["type"], amount["value"]) == ("decimal", {"type": "decimal", "value": "12.50"})


def test_the_slider_shows_diagram_variables_and_actor_of_any_past_event(page: Any, desk: Api) -> None:
    instance = loan(desk, amount=20_000, income=48_000)
    [task] = desk.tasks(instance)
    desk.ok("PATCH", f"/process-instances/{instance['id']}/variables", json={"variables": {"amount": 21_000}})
    events = desk.audit(instance)
    changed = next(event for event in events if event["type"] == "VariableUpdated" and event["data"]["value"] == 21_000)
    number = changed["sequence"]
    page.goto(f"/instances/{instance['id']}")
    page.locator(PAINTED).first.wait_for()
    token = page.locator(f"[data-element-id='{task['elementId']}'].has-token")
    token.wait_for()
    canvas = page.locator(".island .djs-container").element_handle()

    slider = page.get_by_label("Moment").and_(page.locator("input"))
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_url("**?at=1")
    token.wait_for(state="detached")
    assert page.get_by_text("Event 1 of").first.is_visible()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**?at=2")
    page.get_by_role("link", name="Last", exact=True).press("Enter")
    page.wait_for_url(f"**?at={len(events)}")
    for at in range(len(events) - 1, number - 2, -1):
        page.get_by_role("link", name="Earlier").click()
        page.wait_for_url(f"**?at={at}")

    # The same diagram all the time: only what is painted on it changed.
    assert canvas.is_visible()
    assert "20000" in page.locator("#variables-section").inner_text()
    page.get_by_role("link", name="Later").click()
    page.locator("#variables-section", has_text="21000").wait_for()
    assert changed["actorId"] in page.locator("#moment-said").inner_text()
    address = page.url

    page.reload()
    page.locator("#variables-section", has_text="21000").wait_for()
    assert page.url == address
    page.get_by_role("link", name="Back to now").click()
    token.wait_for()


def test_without_scripts_the_slider_is_a_form_and_its_steps_are_links(open_page: Any, desk: Api) -> None:
    instance = loan(desk, amount=20_000, income=48_000)
    page = open_page(java_script_enabled=False)
    page.goto(f"/instances/{instance['id']}?at=3")
    assert page.get_by_text("Event 3 of").first.is_visible()

    page.get_by_role("link", name="Earlier").click()
    assert page.url.endswith("?at=2")
    page.get_by_label("Moment").and_(page.locator("input")).press("Home")
    page.get_by_role("button", name="Show").click()

    assert page.url.endswith("?at=1")
    assert page.get_by_text("Event 1 of").first.is_visible()


def test_many_are_suspended_and_the_batch_shows_its_progress(page: Any, desk: Api) -> None:
    ids = [loan(desk, amount=20_000, income=48_000, batch="browser")["id"] for _ in range(3)]
    page.goto("/instances?variable=batch%3Dbrowser")
    all_ = page.get_by_label("Tick all on this page")
    all_.focus()
    page.keyboard.press("Space")
    assert page.locator("input[name=id]:checked").count() == 3
    page.locator(f"input[value='{ids[2]}']").uncheck()
    assert not all_.is_checked()
    assert all_.evaluate("box => box.indeterminate")
    page.get_by_label("Reason").fill("stock-taking")

    page.get_by_role("button", name="Suspend").click()

    page.get_by_text("2 of 2 instances are done").wait_for()
    assert [desk.state({"id": id_}) for id_ in ids] == ["suspended", "suspended", "active"]
    page.goto("/instances?variable=batch%3Dbrowser")
    page.get_by_label("all that the filter finds").check()
    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("heading", name="3 instances are found and will be terminated").wait_for()
    assert [desk.state({"id": id_}) for id_ in ids] == ["suspended", "suspended", "active"], "nothing happened yet"
    page.get_by_role("link", name="Leave it and go back").click()
    page.get_by_label("all that the filter finds").check()
    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("button", name="Terminate 3 instances").press("Enter")
    page.get_by_text("3 of 3 instances are done").wait_for()
    assert {desk.state({"id": id_}) for id_ in ids} == {"terminated"}


TIMER = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com">
<process id="cooling" name="Cooling" isExecutable="true"><startEvent id="s"/>
<intermediateCatchEvent id="cool" name="Cool down"><timerEventDefinition><timeDuration>P3D</timeDuration>
</timerEventDefinition></intermediateCatchEvent><userTask id="look" name="Look at it"/>
<sequenceFlow id="s_cool" sourceRef="s" targetRef="cool"/>
<sequenceFlow id="cool_look" sourceRef="cool" targetRef="look"/>
</process></definitions>"""


def test_a_timer_is_run_at_once_and_an_instance_ended_with_a_reason(page: Any, desk: Api) -> None:
    desk.deploy(TIMER, name="cooling.bpmn")
    instance = desk.start("cooling")
    page.goto(f"/instances/{instance['id']}")

    page.get_by_role("button", name="Run now: \u2068Cool down\u2069").click()

    page.locator("#waiting-section td", has_text="Look at it").first.wait_for()
    page.get_by_text("End or pause it").click()
    page.get_by_label("Reason").fill("withdrawn")
    page.get_by_role("button", name="Terminate").click()
    page.locator("h1 .tag.terminated").wait_for()
    assert "withdrawn" in page.locator("#events-section").inner_text()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_keeps_people_out(axe: Any, troubled: Any, colours: str) -> None:
    axe(f"/instances/{troubled['id']}", ready=PAINTED, color_scheme=colours)
    axe(f"/instances/{troubled['id']}?at=5", ready=PAINTED, color_scheme=colours)
    axe("/instances?elementId=nowhere", color_scheme=colours)


def test_nothing_scrolls_sideways_at_360_pixels(open_page: Any, desk: Api, troubled: Any) -> None:
    page = open_page(viewport=NARROW)
    body = {"key": LOAN, "businessKey": "k" * 255, "variables": {"n" * 200: "w" * 10_000, "amount": 1}}
    long = desk.ok("POST", "/process-instances", json=body)
    for path in (f"/instances/{troubled['id']}", f"/instances/{long['id']}", f"/instances/{long['id']}?at=4"):
        page.goto(path)
        page.locator(PAINTED).first.wait_for()
        assert not is_wider_than_its_window(page), path
