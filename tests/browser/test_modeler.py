"""Diagrams, decisions and forms are drawn, linted while drawing, kept, and deployed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api
from tests.browser.conftest import NARROW, is_wider_than_its_window

LOAN = (EXAMPLES / "loan-approval.bpmn").read_bytes().replace(b'"loan-approval"', b'"drawn-loan"')
READY = ".island[data-mounted='']"
SHAPE = ".djs-element[data-element-id='{}']"


@pytest.fixture
def loan(desk: Api) -> Any:
    [deployed] = desk.deploy(LOAN, name="drawn-loan.bpmn")["processDefinitions"]
    return deployed


def rename(page: Any, element: str, name: str) -> None:
    """Double click, type, and leave the field, as people do."""
    page.locator(SHAPE.format(element)).first.dblclick()
    field = page.locator(".djs-direct-editing-content")
    field.fill(name)
    field.press("Enter")
    field.wait_for(state="detached")


def test_a_deployed_version_is_changed_linted_while_drawing_and_deployed(page: Any, desk: Api, loan: Any) -> None:
    page.goto("/modeler?key=drawn-loan")
    page.get_by_role("link", name="Loan approval").click()
    page.locator(READY).wait_for()
    page.locator("[data-problems] .empty, [data-problems] li").first.wait_for()
    before = page.locator("[data-problems] li").count()
    task = page.locator(".djs-shape[data-element-id]", has_text="Rate risk").first.get_attribute("data-element-id")

    page.locator(SHAPE.format("loan-requested")).first.click()
    with page.expect_response("**/deployments/check**"):
        page.keyboard.press("Delete")

    page.get_by_text("There are changes that are kept nowhere yet.").wait_for()
    page.locator("[data-problems] li").nth(before).wait_for()
    page.locator(".baton-badge").first.wait_for()

    page.locator(".djs-container svg").first.focus()
    with page.expect_response("**/deployments/check**"):
        page.keyboard.press("Control+z")
    rename(page, task, "Rate the risk")
    page.get_by_role("button", name="Deploy").click()

    page.wait_for_url("**/processes/*")
    newest = desk.ok("GET", "/process-definitions", params={"key": "drawn-loan", "latest": True})["items"][0]
    assert newest["version"] == loan["version"] + 1
    assert 'name="Rate the risk"' in desk.get(f"/process-definitions/{newest['id']}/xml").text


def test_leaving_with_changes_is_warned_about_and_saving_keeps_them(page: Any, loan: Any, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"/modeler/bpmn?definition={loan['id']}")
    page.locator(READY).wait_for()
    task = page.locator(".djs-shape[data-element-id]", has_text="Rate risk").first.get_attribute("data-element-id")
    rename(page, task, "Rate it")

    page.get_by_role("link", name="Processes").click()
    page.get_by_text("There are changes that are kept nowhere yet.").wait_for()
    assert asked == ["beforeunload"]
    assert "/modeler/bpmn" in page.url

    with page.expect_download() as download:
        page.get_by_role("button", name="Save on this machine").click()
    download.value.save_as(tmp_path / "saved.bpmn")
    assert download.value.suggested_filename == "drawn-loan.bpmn"
    assert 'name="Rate it"' in (tmp_path / "saved.bpmn").read_text()

    page.get_by_role("link", name="Processes").click()
    page.wait_for_url("**/processes")
    assert asked == ["beforeunload"]


def test_a_new_diagram_is_drawn_in_other_words_and_its_tokens_play(page: Any) -> None:
    page.goto("/modeler/bpmn")
    page.locator(READY).wait_for()

    page.get_by_label("Camunda 8").check()
    page.locator(".bio-properties-panel-header-label, .bio-properties-panel").first.wait_for()
    page.get_by_label("Play tokens").check()

    page.locator(".simulation .bts-toggle-mode").wait_for()


def test_a_refused_diagram_stays_drawn_with_what_is_wrong(page: Any, desk: Api) -> None:
    page.goto("/modeler/bpmn")
    page.locator(READY).wait_for()
    page.get_by_label("Name of the file").fill("refused.bpmn")
    page.locator(SHAPE.format("start")).first.click()
    with page.expect_response("**/deployments/check**"):
        page.keyboard.press("Delete")
    # The refusal is a page with status 422, which Chromium itself tells the console of.
    page.route("**/modeler/bpmn", lambda route: route.fulfill(response=route.fetch(max_redirects=0), status=200))

    page.get_by_role("button", name="Deploy").click()

    page.get_by_text("What you drew is still here.").wait_for()
    page.locator(READY).wait_for()
    page.locator("[data-problems] li.error").first.wait_for()
    assert page.get_by_label("Name of the file").input_value() == "refused.bpmn"
    assert page.locator(SHAPE.format("start")).count() == 0
    page.get_by_text("There are changes that are kept nowhere yet.").wait_for()


def test_a_new_decision_and_a_new_form_are_deployed(page: Any, desk: Api) -> None:
    page.goto("/modeler/dmn")
    page.locator(READY).wait_for()
    page.get_by_role("button", name="New decision", exact=True).click()
    page.locator(".add-rule").first.click()
    page.get_by_text("There are changes that are kept nowhere yet.").wait_for()
    page.get_by_role("button", name="Deploy").click()
    page.wait_for_url("**/decisions/*")
    assert desk.ok("GET", "/decision-definitions", params={"key": "new-decision"})["items"]

    page.goto("/modeler/form")
    page.locator(READY).wait_for()
    page.get_by_label("Name of the file").fill("drawn.form")
    page.get_by_role("button", name="Deploy").click()
    page.wait_for_url("**/modeler/form?definition=*")
    assert desk.ok("GET", "/form-definitions", params={"key": "new-form"})["items"]


@pytest.mark.parametrize("path", ["/modeler", "/modeler/bpmn", "/modeler/dmn", "/modeler/form"])
def test_nothing_keeps_people_out_and_nothing_scrolls_sideways(axe: Any, open_page: Any, path: str) -> None:
    ready = "main" if path == "/modeler" else READY
    axe(path, ready=ready)
    axe(path, ready=ready, color_scheme="dark")
    page = open_page(viewport=NARROW)

    page.goto(path)

    page.locator(ready).first.wait_for()
    assert not is_wider_than_its_window(page)


# How bright what lies behind an element is, and the element's own ink: 0 to 255.
BRIGHTNESS = """(element) => {
  const bright = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, each) => sum + Number(each), 0) / 3;
  const ink = bright(getComputedStyle(element).color);
  let behind = element;
  while (/, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  return [bright(getComputedStyle(behind).backgroundColor), ink];
}"""


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/modeler/bpmn", [".djs-container svg", ".djs-palette .entry", ".bio-properties-panel-group-header-title"]),
        ("/modeler/dmn", [".djs-container svg", ".djs-palette .entry"]),
        ("/modeler/form", [".fjs-form-editor", ".fjs-palette-field", ".bio-properties-panel-group-header-title"]),
    ],
    ids=["bpmn", "dmn", "form"],
)
def test_editors_are_dark_where_the_pages_are(open_page: Any, path: str, parts: list[str]) -> None:
    light, dark = open_page(color_scheme="light"), open_page(color_scheme="dark")
    for page in (light, dark):
        page.goto(path)
        page.locator("[data-island][data-mounted='']").wait_for()

    for part in parts:
        behind, ink = light.locator(part).first.evaluate(BRIGHTNESS)
        assert behind > 200 > 120 > ink, (part, behind, ink)
        behind, ink = dark.locator(part).first.evaluate(BRIGHTNESS)
        assert behind < 70 < 150 < ink, (part, behind, ink)
