"""A decision tried out in a browser: typed inputs, the rules that matched, the history."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, Api
from tests.browser.conftest import NARROW, is_wider_than_its_window
from tests.support.browsing import HOSTILE, LONG

GIVEN = {"amount": 50, "category": "meal", "receipt": True}


@pytest.fixture
def route(desk: Api) -> Any:
    """The definition of an example; it requires another decision."""
    deployed = desk.deploy((EXAMPLES / "expense-rules.dmn").read_bytes(), name="expense-rules.dmn")
    return next(each for each in deployed["decisionDefinitions"] if each["key"] == "expense-route")


def test_a_decision_is_tried_out_by_keyboard_and_its_matched_rules_are_marked(page: Any, route: Any) -> None:
    page.goto(f"/decisions/{route['id']}")
    page.get_by_label("amount").focus()
    page.keyboard.type("50")
    page.get_by_label("category").focus()
    page.keyboard.type("meal")
    page.get_by_label("receipt").focus()
    page.keyboard.type("true")
    page.get_by_label("amount").focus()

    page.keyboard.press("Enter")

    page.wait_for_url("**/decisions/evaluations/*")
    assert page.locator("tr.is-matched th[scope=row]").all_inner_texts() == ["1 matched", "2 matched"]
    assert "nobody" in page.get_by_role("heading", name="Output").first.locator("..").inner_text()
    page.get_by_text("As it is drawn").click()
    page.locator("[data-island='dmn'][data-mounted=''] tr.is-matched").wait_for()
    page.get_by_role("link", name="What was decided").click()
    page.locator("td", has_text="nobody").first.wait_for()


@pytest.mark.parametrize("options", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": NARROW}])
def test_nothing_keeps_people_out(axe: Any, desk: Api, route: Any, options: dict[str, Any]) -> None:
    body = {"id": route["id"], "variables": GIVEN}
    made = desk.ok("POST", "/decision-definitions/evaluate", json=body)

    for path in (f"/decisions/{route['id']}", "/decisions/evaluations", f"/decisions/evaluations/{made['id']}"):
        axe(path, ready="table", **options)


def test_hostile_texts_stay_texts(open_page: Any, desk: Api) -> None:
    content = (EXAMPLES / "expense-rules.dmn").read_text(encoding="utf-8")
    for id_ in ("expense-rules", "expense-risk", "expense-route"):
        content = content.replace(f'"{id_}"', f'"hostile-{id_}"').replace(f'"#{id_}"', f'"#hostile-{id_}"')
    content = content.replace('name="Expense route"', f'name="{escape(HOSTILE)} {LONG}"')
    content = content.replace("Pays for itself", f"{escape(HOSTILE)}{LONG}").replace(
        'label="Amount"', f'label="{LONG}"'
    )
    deployed = desk.deploy(content, name="hostile.dmn")["decisionDefinitions"]
    id_ = next(each["id"] for each in deployed if each["key"] == "hostile-expense-route")
    page = open_page(viewport=NARROW)

    for path in ("/decisions", f"/decisions/{id_}"):
        page.goto(path)
        page.locator("table").first.wait_for()
        assert not is_wider_than_its_window(page)
    page.get_by_text("As it is drawn").click()
    page.locator("[data-island='dmn'][data-mounted='']").wait_for()

    assert page.evaluate("window.ran") is None
    assert "<script>window.ran=1</script>" in page.locator("h1").inner_text()
