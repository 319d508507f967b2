"""The pages of the audit: searched by everything, exported, verified; and home in numbers."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import update

from baton.app.auth.access import SecuredAccess
from baton.bpm.runtime import identity
from baton.bpm.runtime.actors import Role
from baton.models import audit_event
from tests.integration.pages import Pages
from tests.integration.support import MARY, TWO_TASKS, Desk


@pytest.fixture
def pages(desk: Desk) -> Pages:
    return Pages(desk.engine)


def test_the_audit_is_searched_by_all_its_filters(desk: Desk, pages: Pages) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    desk.complete(instance.id)
    everything = {
        "actor": "mary", "type": "UserTaskCompleted", "key": "order", "processInstanceId": str(instance.id),
        "elementId": "check", "after": "2025-12-31T23:00", "before": "2026-01-01T10:00",
    }  # fmt: skip

    page = pages.client.get("/audit", query_string=everything, headers={"Host": "localhost"}).text

    assert page.count("<tr>") == 2
    assert "user task completed" in page
    assert "type=UserTaskCompleted" in page
    said = everything | {"type": "User task completed"}
    assert pages.client.get("/audit", query_string=said, headers={"Host": "localhost"}).text.count("<tr>") == 2
    for name, other in (("actor", "nobody"), ("elementId", "ship"), ("before", "2025-12-31T23:30"), ("key", "x")):
        none = pages.client.get("/audit", query_string=everything | {name: other}, headers={"Host": "localhost"}).text
        assert "No event fits the filter." in none, name


def test_what_is_found_is_exported(desk: Desk, pages: Pages) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    page = pages.get(f"/audit?processInstanceId={instance.id}&type=ProcessInstanceStarted")
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/audit/export[^"]+)"', page)]

    table, lines = (pages.client.get(link, headers={"Host": "localhost"}) for link in links)

    assert table.mimetype == "text/csv"
    assert table.text.splitlines()[0].startswith('"id","processInstanceId"')
    assert len(table.text.splitlines()) == 2
    assert json.loads(lines.text)["type"] == "ProcessInstanceStarted"
    assert "attachment" in lines.headers["Content-Disposition"]
    assert pages.client.get("/audit/export?format=doc", headers={"Host": "localhost"}).status_code == 422
    assert pages.client.get("/audit/export", headers={"Host": "localhost", "Baton-User": "ben"}).status_code == 403


def test_a_chain_that_was_tampered_with_shows(desk: Desk, pages: Pages) -> None:
    desk.deploy(TWO_TASKS)
    first, second = desk.start(), desk.start()
    assert "2 checked on this page: every event is as it was written." in pages.get("/audit/verification")
    with desk.engine.database.write() as connection:
        event = audit_event.c
        changed = update(audit_event).where(event.process_instance_id == second.id, event.sequence == 3)
        connection.execute(changed.values(actor_id="somebody else"))

    page = pages.get("/audit/verification")

    assert "1 of them are not as they were written" in page
    assert "from event 3 on" in page
    assert "every event is as it was written" in pages.get(f"/audit/verification?processInstanceId={first.id}")
    assert "there is none" in pages.get("/audit/verification?processInstanceId=7", status=404)


@pytest.mark.parametrize("query", ["after=soon", "processInstanceId=x", "processDefinitionId=-1", "before=99999"])
def test_a_filter_that_cannot_be_is_refused_on_the_page(pages: Pages, query: str) -> None:
    page = pages.get(f"/audit?{query}", status=422)

    assert 'role="alert"' in page
    assert "Find events" in page


def test_who_is_no_operator_sees_their_own_events_and_no_export(desk: Desk, pages: Pages) -> None:
    desk.deploy(TWO_TASKS)
    desk.start()

    page = pages.get("/audit", user="ben")

    assert "mary" not in page
    assert "You have done nothing yet." in page
    assert "/audit/export" not in page
    pages.get("/audit/verification", status=403, user="ben")


def test_home_tells_operators_numbers_and_others_what_is_theirs(desk: Desk, pages: Pages) -> None:
    desk.deploy(TWO_TASKS)
    for _ in range(3):
        desk.start()
    desk.complete(desk.start().id)

    page = pages.get("/")

    assert re.search(r"<strong>0</strong> Instances running", page)
    assert re.search(r"<strong>4</strong> Instances waiting", page)
    assert re.search(r"<strong>4</strong> Open tasks", page)
    assert re.search(r"<strong>4 / 0</strong> Started / ended in the last minute", page)
    theirs = pages.get("/", user="ben")
    assert 'class="tiles"' not in theirs
    assert "Nothing to do for you." in theirs or "Check order" in theirs


def test_a_session_that_ended_says_so_and_leads_back(desk: Desk) -> None:
    identity.create_user(desk.engine, "eve", actor=MARY, password="open sesame", roles=(Role.PARTICIPANT,))
    access = SecuredAccess(desk.engine)
    pages = Pages(desk.engine, access=access)
    asked = pages.client.get("/instances?state=active", headers={"Host": "localhost", "Accept": "text/html"})
    assert asked.headers["Location"] == "/login?back=%2Finstances%3Fstate%3Dactive"
    form = pages.get(asked.headers["Location"])
    assert "Your session has ended" not in form
    assert 'name="back" value="/instances?state=active"' in form

    wrong = pages.post("/login", user="eve", back="/tasks")
    assert wrong.status_code == 401
    answer = pages.client.post("/login", data={"user": "eve", "password": "open sesame", "back": "//evil.example"})
    assert answer.headers["Location"] == "/"
    cookie = pages.client.get_cookie("baton_session")
    assert cookie is not None
    assert 'href="/people/users/eve"' in pages.get("/")
    assert pages.client.get("/login").headers["Location"] == "/"

    identity.close_session(desk.engine, cookie.value)
    access.forget(cookie.value)

    asked = pages.client.get("/tasks", headers={"Host": "localhost", "Accept": "text/html"})
    assert asked.headers["Location"] == "/login?back=%2Ftasks"
    assert "Your session has ended" in pages.get("/login?back=/tasks")
    refused = pages.post("/people/users/eve", name="x")
    assert refused.status_code == 401
    assert "You are not logged in" in refused.text
    assert 'href="/login"' in refused.text


def test_where_nobody_has_to_log_in_the_log_in_says_so(pages: Pages) -> None:
    page = pages.get("/login")

    assert "Nobody has to log in here" in page
    assert 'type="password"' not in page
