"""Files are dropped or chosen, checked, looked at, and deployed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api

LOAN = (EXAMPLES / "loan-approval.bpmn").read_bytes().replace(b'"loan-approval"', b'"uploaded-loan"')
BROKEN = (
    LOAN.replace(b'"uploaded-loan"', b'"broken-loan"')
    .replace(b'name="low"', b'name="&lt;b&gt;low"')
    .replace(b"bpmn:userTask", b"bpmn:callActivity")
)
DROP = """([form, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) data.items.add(new File([content], name));
  const options = { bubbles: true, cancelable: true, dataTransfer: data };
  const send = (type) => form.dispatchEvent(new DragEvent(type, options));
  send("dragover");
  const over = form.classList.contains("is-over");
  send("drop");
  return over;
}"""


def chosen(*files: tuple[str, bytes]) -> list[dict[str, Any]]:
    return [{"name": name, "mimeType": "application/xml", "buffer": content} for name, content in files]


def test_files_are_dropped_checked_and_deployed(page: Any, desk: Api) -> None:
    page.goto("/upload")
    form = page.locator("form[data-drop]")
    dropped = [
        ["loan.bpmn", LOAN.decode()],
        ["rules.dmn", (EXAMPLES / "expense-rules.dmn").read_text(encoding="utf-8").replace("expense-", "dropped-")],
        ["report.form", (EXAMPLES / "expense-report.form").read_text(encoding="utf-8")],
    ]

    assert page.evaluate(f"(args) => ({DROP})([document.querySelector('form[data-drop]'), args])", dropped)

    page.locator(".checked-file .island[data-mounted='']").nth(2).wait_for()
    assert page.locator(".checked-file h2").all_inner_texts() == [
        f"{name} can be deployed" for name in ("loan.bpmn", "rules.dmn", "report.form")
    ]
    assert desk.ok("GET", "/process-definitions", params={"key": "uploaded-loan"})["items"] == []

    form.get_by_role("button", name="Deploy").click()

    page.get_by_role("heading", name="Loan approval", exact=True).wait_for()
    assert desk.ok("GET", "/process-definitions", params={"key": "uploaded-loan"})["items"]
    assert desk.ok("GET", "/decision-definitions", params={"key": "dropped-route"})["items"]


def test_every_problem_is_painted_on_its_element_and_listed_beside(page: Any) -> None:
    page.goto("/upload")
    page.locator("#resource").set_input_files(chosen(("broken.bpmn", BROKEN)))
    file = page.locator(".checked-file")
    badge = file.locator(".baton-badge.error").first
    badge.wait_for()
    assert file.locator(".tag", has_text="cannot be deployed").is_visible()
    assert "line" in badge.get_attribute("aria-label")

    finding = file.locator("li.error").first
    element = finding.locator("[data-element]").get_attribute("data-element")
    finding.locator("[data-element]").press("Enter")

    page.locator(f".djs-element.selected[data-element-id='{element}']").wait_for()
    page.locator(f"li.is-meant[data-finding='{element}']").first.wait_for()


def test_the_mode_is_switched_and_explained(page: Any) -> None:
    page.goto("/upload")
    page.locator("#resource").set_input_files(chosen(("broken.bpmn", BROKEN)))
    page.get_by_text("Runs in automatic mode.").wait_for()

    page.get_by_role("radio", name="Guided").check()

    page.get_by_text("Runs in guided mode. Every task is a to-do for people").wait_for()
    assert page.locator(".checked-file .tag", has_text="can be deployed").is_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_keeps_people_out(open_page: Any, axe_on: Any, colours: str) -> None:
    page = open_page(bypass_csp=True, color_scheme=colours)
    page.goto("/upload")
    page.locator("#resource").set_input_files(chosen(("loan.bpmn", LOAN), ("broken.bpmn", BROKEN)))
    page.locator(".checked-file .island[data-mounted='']").nth(1).wait_for()

    axe_on(page)
