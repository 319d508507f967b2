"""What operators and administrators do in a browser: find, repair, hand out keys, log in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.serving import Api
from tests.browser import serving
from tests.browser.conftest import NARROW, is_wider_than_its_window

PAGES = ("/audit/verification", "/operations/incidents", "/operations/jobs", "/operations/workers", "/people/new",
         "/people/groups", "/people/keys", "/people/users/anna", "/people/groups/sales")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_nothing_keeps_people_out_nor_scrolls_sideways(axe: Any, open_page: Any, path: str) -> None:
    axe(path, color_scheme="light")
    axe(path, color_scheme="dark", viewport=NARROW)
    page = open_page(viewport=NARROW)
    page.goto(path)
    assert not is_wider_than_its_window(page)


def test_home_counts_what_happens_without_being_loaded_again(page: Any, desk: Api) -> None:
    page.goto("/")
    running = page.locator(".tile", has_text="Instances waiting").locator("strong")
    before = int(running.inner_text())

    desk.start("Process_LeaveRequest")

    running.filter(has_text=str(before + 1)).wait_for()
    page.locator("#events-title ~ .scroll tr", has_text="process instance started").first.wait_for()


def test_incidents_of_one_cause_are_repaired_by_keyboard(page: Any, desk: Api) -> None:
    started = [desk.start("loan-approval", amount=7_000) for _ in range(2)]
    page.goto("/operations")
    page.get_by_role("link", name="Repair").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Repair incidents of one cause").wait_for()

    page.locator("summary", has_text="Change variables first").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("income")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("90000")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # one more row
    page.keyboard.type("ratio")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.get_by_role("button", name="Try them again").focus()
    page.keyboard.press("Enter")

    page.get_by_role("status").filter(has_text="tried again").wait_for()
    assert desk.ok("GET", "/incidents", params={"processInstanceId": started[0]["id"], "state": "open"})["items"] == []


def test_an_event_is_found_exported_and_verified(page: Any, desk: Api) -> None:
    instance = desk.start("Process_LeaveRequest")
    page.goto("/audit")
    page.get_by_label("Instance", exact=True).fill(instance["id"])
    page.get_by_label("What", exact=True).fill("ProcessInstanceStarted")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/audit?*{instance['id']}*")
    assert page.locator("tbody tr").count() == 1

    with page.expect_download() as download:
        page.get_by_role("link", name="NDJSON").click()
    assert download.value.suggested_filename == "audit-events.ndjson"
    page.get_by_role("link", name="Verification").click()

    page.get_by_role("status").filter(has_text="every event is as it was written").wait_for()


def test_a_user_gets_a_key_that_is_shown_once(page: Any, desk: Api) -> None:
    page.goto("/people")
    page.get_by_role("link", name="New user").click()
    page.get_by_label("User id").fill("gina")
    page.get_by_label("Name", exact=True).fill("Gina")
    page.get_by_label("operator").check()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Gina").click()

    page.get_by_label("Name of a new key").fill("night")
    page.get_by_role("button", name="Make a key").click()

    secret = page.locator(".secret").inner_text()
    with Api(str(desk.base_url).removesuffix("/api/v1/"), Authorization=f"Bearer {secret}") as gina:
        assert gina.ok("GET", "/me")["id"] == "gina"
    page.goto("/people/users/gina")
    assert page.locator(".secret").count() == 0
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("revoked", exact=True).wait_for()


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    with serving.secured_server(tmp_path_factory.mktemp("secured")) as found:
        yield found


@pytest.fixture
def unwatched(browser: Any, secured: tuple[Any, str]) -> Iterator[Any]:
    """A page of it whose console may have errors: an answer of 401 is one."""
    context = browser.new_context(base_url=secured[0].url)
    try:
        yield context.new_page()
    finally:
        context.close()


def test_who_logs_in_comes_where_they_wanted_and_a_session_that_ends_says_so(
    unwatched: Any, axe: Any, secured: tuple[Any, str]
) -> None:
    server, key = secured
    axe("/login", base_url=server.url)
    axe("/login", base_url=server.url, color_scheme="dark", viewport=NARROW)
    page = unwatched
    page.goto("/operations")
    page.wait_for_url("**/login?back=*")
    page.get_by_label("API key").fill(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations")
    page.get_by_role("link", name="administrator").wait_for()

    cookie = next(each for each in page.context.cookies() if each["name"] == "baton_session")
    page.context.add_cookies([{**cookie, "value": "over"}])
    page.wait_for_url("**/login?back=%2Foperations")
    page.get_by_text("Your session has ended.").wait_for()
    page.get_by_label("API key").fill(key)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").click()

    page.wait_for_url("**/login")
    page.goto("/people")
    page.wait_for_url("**/login?back=*")
