"""What is around every page: navigation, skip link, colours, width, policy, errors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.serving import EXAMPLES, eventually
from tests.browser.conftest import ISLANDS_ARE_THERE, NARROW, is_wider_than_its_window

LEAVE_REQUEST = "Process_LeaveRequest"
# Every page by its path; {a place} in one is an id of what the server has, see `places`.
AREAS = (
    "/", "/tasks", "/processes", "/instances", "/decisions", "/audit", "/operations", "/people", "/docs", "/login",
    "/upload", "/modeler", "/modeler/bpmn", "/modeler/bpmn?definition={process}", "/modeler/dmn", "/modeler/form",
    "/tasks/{task}", "/processes/{process}", "/processes/{process}?view=problems",
    "/processes/{process}/start", "/processes/{process}/compare?with={older}", "/instances/{instance}",
    "/instances/{instance}?at=3", "/instances/{troubled}", "/instances/batches/{batch}", "/decisions/{decision}",
    "/decisions/evaluations", "/decisions/evaluations/{evaluation}", "/audit/verification", "/operations/incidents",
    "/operations/incidents/{cause}", "/operations/jobs", "/operations/jobs/{job}", "/operations/workers", "/people/new",
    "/people/groups", "/people/groups/{group}", "/people/keys", "/people/users/{user}",
)  # fmt: skip
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def places(desk: Any) -> dict[str, str]:
    """An id for each place in `AREAS`."""
    expense = (EXAMPLES / "expense-approval.bpmn").read_bytes()
    [older], [process] = (
        desk.deploy(content, name="expense-approval.bpmn")["processDefinitions"]
        for content in (expense, expense.replace(b"Expense", b"An expense"))
    )
    instance = desk.ok("POST", "/process-instances", json={"processDefinitionId": process["id"], "variables": {}})
    incident = desk.ok("GET", "/incidents", params={"state": "open"})["items"][0]
    spent = {"category": "travel", "receipt": True, "amount": 80}
    desk.ok("POST", "/decision-definitions/evaluate", json={"key": "expense-route", "variables": spent})
    evaluation = desk.ok("GET", "/decision-evaluations")["items"][0]
    tasks = desk.ok("GET", "/user-tasks", params={"open": True})["items"]
    batch = desk.ok("POST", "/batches", json={"deed": "suspend", "filter": {"key": "nothing-like-it"}})
    return {
        "older": older["id"],
        "process": process["id"],
        "instance": instance["id"],
        "troubled": incident["processInstanceId"],
        "cause": incident["cause"],
        "task": next(task["id"] for task in tasks if task["hasForm"]),
        "evaluation": evaluation["id"],
        "decision": evaluation["decisionDefinitionId"],
        "batch": batch["id"],
        "job": desk.ok("GET", "/jobs")["items"][0]["id"],
        "user": "anna",
        "group": "sales",
    }


def test_home_shows_what_runs_and_goes_on_live(page: Any, desk: Any) -> None:
    page.goto("/")
    assert page.title() == "Home · Baton"

    instance = desk.start(LEAVE_REQUEST)

    page.locator(f"#instances-title ~ .scroll a[href='/instances/{instance['id']}']").wait_for()


def test_an_unchanged_fragment_is_asked_for_and_not_sent_again(page: Any) -> None:
    page.goto("/people")
    page.goto("/instances")
    link = page.locator("td a[href^='/instances/']").first.get_attribute("href")
    page.goto(link)
    with page.expect_response("**/live") as first:
        pass
    tag = first.value.headers["etag"]

    again = page.evaluate(
        "([url, tag]) => fetch(url, {headers: {'If-None-Match': tag}, cache: 'no-store'}).then((it) => it.status)",
        [f"{link}/live", tag],
    )

    assert again == 304


def test_the_keyboard_reaches_the_skip_link_first_then_the_areas(page: Any) -> None:
    page.goto("/processes")
    focused = "document.activeElement.textContent.trim()"

    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Skip to the content"
    order = []
    for _ in range(10):
        page.keyboard.press("Tab")
        order.append(page.evaluate(focused))
    assert order == ["Baton", "Home", "Tasks", "Processes", "Instances", "Decisions", "Modeler", "Audit", "Operations",
                     "People"]  # fmt: skip


def test_the_skip_link_goes_to_the_content(page: Any) -> None:
    page.goto("/processes")
    page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_colours_follow_the_machine_and_the_switch(open_page: Any) -> None:
    light, dark = open_page(color_scheme="light"), open_page(color_scheme="dark")
    light.goto("/")
    dark.goto("/")
    bright = light.evaluate(BACKGROUND)
    assert bright != dark.evaluate(BACKGROUND)

    dark.get_by_role("button", name="Colours: auto").click()

    dark.get_by_role("button", name="Colours: light").wait_for()
    assert dark.evaluate(BACKGROUND) == bright


@pytest.mark.parametrize("path", [*AREAS, "/nothing-here"])
def test_nothing_scrolls_sideways_at_360_pixels(open_page: Any, places: dict[str, str], path: str) -> None:
    page = open_page(viewport=NARROW)
    if path == "/nothing-here":
        page.route("**/nothing-here", lambda route: route.fulfill(response=route.fetch(), status=200))

    page.goto(path.format(**places))

    page.locator("main h1").first.wait_for()
    eventually(lambda: page.evaluate(ISLANDS_ARE_THERE))
    assert not is_wider_than_its_window(page)


@pytest.mark.parametrize("path", AREAS)
@pytest.mark.parametrize(
    "options",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"color_scheme": "dark", "viewport": NARROW}],
    ids=["light", "dark", "narrow"],
)
def test_nothing_keeps_people_out(axe: Any, places: dict[str, str], path: str, options: dict[str, Any]) -> None:
    axe(path.format(**places), **options)


def test_a_page_that_does_not_exist_says_so_in_the_layout(browser: Any, server: Any) -> None:
    context = browser.new_context(base_url=server.url)
    try:
        page = context.new_page()
        answer = page.goto("/processes/1")
        assert answer.status == 404
        assert page.get_by_role("heading", name="There is nothing here").is_visible()
        assert page.get_by_role("link", name="Go home").is_visible()
    finally:
        context.close()


def test_the_policy_lets_no_foreign_script_run(browser: Any, server: Any) -> None:
    context = browser.new_context(base_url=server.url)
    try:
        page = context.new_page()
        page.goto("/")
        page.evaluate(
            "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
            " document.body.append(s); }"
        )
        assert page.evaluate("window.ran") is None
    finally:
        context.close()


def test_the_demo_user_is_switched(page: Any) -> None:
    page.goto("/")

    page.get_by_label("Who am I").select_option("ben")
    page.get_by_role("button", name="Switch", exact=True).click()

    page.get_by_role("link", name="People").wait_for(state="detached")
    assert page.get_by_role("link", name="Tasks").is_visible()
