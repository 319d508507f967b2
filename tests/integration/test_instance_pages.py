"""The pages of instances without a browser: search, batches, why it waits, repairs, the past; bounded and inert."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy
from flask.testing import FlaskClient

from baton.app.factory import create_app
from baton.bpm.lifecycle import IncidentState
from baton.bpm.runtime import (
    audit_events,
    batches,
    history,
    incidents,
    jobs,
    past_states,
    process_instances,
    user_tasks,
)
from baton.bpm.runtime.job_kinds import Deed
from baton.bpm.testing import VirtualClock
from tests.integration.support import MARY, TWO_TASKS, Desk, diagram, flow
from tests.integration.test_called_instances import CHILD, caller
from tests.integration.test_process_instances import DECIDE, NESTED
from tests.support.rows import rows

AS_A_BROWSER = {"Host": "localhost", "Accept": "text/html"}


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return create_app(desk.engine).test_client()


def seen(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=AS_A_BROWSER)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def sent(client: FlaskClient, path: str, status: int = 303, **fields: Any) -> str:
    answer = client.post(path, data=fields, headers={**AS_A_BROWSER, "Origin": "http://localhost"})
    assert answer.status_code == status, answer.text[:2000]
    return answer.headers["Location"] if status == 303 else answer.text


def told(page: str) -> str:
    """What is read on it: without tags, and without the marks that keep directions apart."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>|[\u2068\u2069]", " ", page))


@contextlib.contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # Not what a new connection of the pool is set up with.
        if statement.startswith(("SELECT", "WITH")):
            heard.append(statement)

    sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sqlalchemy.event.remove(desk.engine.database.engine, "before_cursor_execute", hear)


def asked(desk: Desk, client: FlaskClient, path: str) -> int:
    """How many statements the page takes; the fewest of three times, for who asks is looked up now and then."""
    counted = []
    for _ in range(3):
        with statements(desk) as heard:
            seen(client, path)
        counted.append(len(heard))
    return min(counted)


# --- the list ------------------------------------------------------------------------------------------------


def test_instances_are_found_by_every_filter_of_the_page(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    desk.deploy(DECIDE.replace(b'id="order"', b'id="choice"'))
    north, south = desk.start(region="north"), desk.start(region="south")
    troubled = desk.start("choice")
    keyed = process_instances.start(desk.engine, actor=MARY, key="order", business_key="ORD-7")
    everything = {north.id, south.id, troubled.id, keyed.id}

    for query, found in (
        ("", everything),
        ("key=choice", {troubled.id}),
        ("state=active&key=order", everything - {troubled.id}),
        ("state=completed", set()),
        ("variable=region%3Dnorth", {north.id}),
        ("businessKeyPrefix=ORD", {keyed.id}),
        ("key=order&elementId=check", everything - {troubled.id}),
        ("hasIncident=true", {troubled.id}),
        ("startedAfter=2025-12-31T23:59", everything),
        ("startedBefore=2026-01-01T08:59", set()),
        (f"processDefinitionId={troubled.process_definition_id}", {troubled.id}),
    ):
        page = seen(client, f"/instances?{query}")
        assert {int(id_) for id_ in re.findall(r'href="/instances/(\d+)"', page)} == found, query
        assert ('id="many"' in page) is bool(found), query
    assert "No instance fits the filter." in page or found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("elementId=check", "Expected a key"),
        ("variable=region", "name=value"),
        ("state=asleep", "state"),
        ("startedAfter=yesterday", "startedAfter"),
        ("cursor=nonsense", "cursor"),
    ],
)
def test_a_filter_that_cannot_be_answered_is_told_beside_it(client: FlaskClient, query: str, said: str) -> None:
    page = seen(client, f"/instances?{query}", 422)

    assert said in told(page)
    assert 'role="search"' in page
    assert "No instance fits the filter." not in page


def test_what_is_ticked_is_suspended_and_the_batch_tells_how_far_it_is(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    ids = [desk.start().id for _ in range(3)]

    address = sent(client, "/instances/batches", deed="suspend", which="ticked", id=ids[:2], reason="stock-taking")

    assert "0 of 2 instances are done" in told(seen(client, address))
    desk.settle()
    page = seen(client, f"{address}/live")
    assert "2 of 2 instances are done" in told(page)
    assert "data-rests" in page
    assert [desk.state(id_) for id_ in ids] == ["suspended", "suspended", "active"]


def test_all_that_the_filter_finds_is_terminated_after_a_question_that_counts_it(
    desk: Desk, client: FlaskClient, clock: VirtualClock
) -> None:
    desk.deploy(TWO_TASKS)
    north, south = desk.start(region="north"), desk.start(region="south")

    path = "/instances/batches?variable=region%3Dnorth"
    question = sent(client, path, 200, deed="terminate", which="all", reason="moved <b>")
    desk.settle()
    asked_at = re.search(r'name="askedAt" value="([^"]*)"', question)
    assert asked_at is not None
    assert "1 instance is found and will be terminated" in question
    assert "moved &lt;b&gt;" in question
    assert [desk.state(id_) for id_ in (north.id, south.id)] == ["active", "active"], "nothing happened yet"
    clock.advance(timedelta(seconds=1))
    later = desk.start(region="north")

    sent(client, path, deed="terminate", which="all", askedAt=asked_at[1])
    desk.settle()

    assert [desk.state(id_) for id_ in (north.id, south.id, later.id)] == ["terminated", "active", "active"]
    nothing = sent(client, "/instances/batches?variable=region%3Dwest", 200, deed="terminate", which="all")
    assert "Nothing is found" in nothing
    ended = sent(client, path, 200, deed="terminate", which="all")
    assert "1 instance is found" in ended, "one of the two has ended"
    assert "askedAt" not in nothing
    sent(client, path, 422, deed="terminate", which="all", askedAt="soon")


def test_a_batch_without_instances_is_refused_beside_its_buttons(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    desk.start()

    page = sent(client, "/instances/batches?key=order", 422, deed="suspend", which="ticked", reason="because")

    assert "Expected at least one instance to be ticked" in told(page)
    assert 'value="because"' in page
    assert "/instances/batches?key=order" in page
    for fields in ({"deed": "paint"}, {"deed": "suspend", "id": "x"}):
        sent(client, "/instances/batches", 422, which="ticked", **fields)
    assert seen(client, "/instances/batches?key=order", 303) is not None
    seen(client, "/instances/batches/7", 404)


# --- one instance: now ---------------------------------------------------------------------------------------


def test_the_page_says_why_it_waits_and_what_is_due(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(NESTED)
    instance = desk.start(a=1)

    page = told(seen(client, f"/instances/{instance.id}"))

    for text in ("Look inside", "Waits for anybody to complete the user task", "Too late", "timer", "2026-01-01 11:00"):
        assert text in page, text


def test_a_variable_is_changed_by_type_in_its_scope(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(NESTED)
    instance = desk.start(a=1)
    inside = next(task.scope_id for task in desk.tasks(instance.id) if task.element_id == "inside")
    path = f"/instances/{instance.id}/variables"

    sent(client, path, scopeId=instance.id, **rows(("a", "decimal", "1.50")))
    sent(client, path, new=1, scopeId=inside, **rows(("from", "date", "2026-02-03"), ("list", "", "[1, 2]")))

    found = {
        (each.scope_id, each.name): (each.type, str(each.value))
        for each in process_instances.variables(desk.engine, instance.id, actor=MARY)
    }
    assert found == {
        (instance.id, "a"): ("decimal", "1.50"),
        (inside, "from"): ("date", "2026-02-03"),
        (inside, "list"): ("list", "[1, 2]"),
    }
    page = seen(client, f"/instances/{instance.id}")
    assert ">1.50</textarea>" in page
    assert ">2026-02-03</textarea>" in page


def test_a_variable_that_does_not_fit_its_type_is_refused_where_it_was_typed(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start(a=1)

    page = sent(client, f"/instances/{instance.id}/variables", 422, scopeId=instance.id, **rows(("a", "date", "soon")))

    row = page[page.index('<details id="edit-') : page.index("</details>", page.index('<details id="edit-'))]
    assert " open>" in row
    assert "It is declared as date." in row
    assert ">soon</textarea>" in row
    assert "data-rests" in page
    assert desk.variables(instance.id) == {"a": 1}
    assert seen(client, f"/instances/{instance.id}/variables", 303) is not None
    sent(client, f"/instances/{instance.id}/variables", 422, new=1, scopeId="x", **rows(("b", "", "1")))
    sent(client, f"/instances/{instance.id}/variables", 404, new=1, scopeId="5", **rows(("b", "", "1")))
    sent(client, f"/instances/{instance.id}/variables", 422, new=1, scopeId=instance.id, **rows())


def test_an_incident_is_shown_in_full_and_repaired_with_variables(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(DECIDE)
    instance = desk.start()
    (incident,) = incidents.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items
    page = told(seen(client, f"/instances/{instance.id}"))
    assert "expression" in page
    assert "${amount &gt; 100}" in page
    path = f"/instances/{instance.id}/incidents/{incident.id}/resolve"

    refused = sent(client, path, 422, **rows(("amount", "date", "soon")))
    sent(client, path, **rows(("amount", "", "500")))

    assert re.search(r'aria-describedby="variable-wrong-[^>]*>soon</textarea>', refused)
    assert incidents.get(desk.engine, incident.id, actor=MARY).state is IncidentState.RESOLVED
    assert desk.task(instance.id).element_id == "yes"
    assert "It has changed meanwhile." in told(sent(client, path, 409, **rows(("amount", "", "500"))))


def test_timers_are_rescheduled_and_run_at_once(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(NESTED)
    instance = desk.start()
    (timer,) = jobs.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items
    path = f"/instances/{instance.id}/jobs/{timer.id}"

    refused = sent(client, f"{path}/reschedule", 422, dueAt="soon")
    sent(client, f"{path}/reschedule", dueAt="2026-03-04T05:06")

    assert "Expected a date and a time" in refused
    assert jobs.get(desk.engine, timer.id, actor=MARY).due_at == datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    assert "2026-03-04 05:06:00 UTC" in told(seen(client, f"/instances/{instance.id}"))
    sent(client, f"{path}/retries", 409, retries="3")
    sent(client, f"{path}/retries", 422, retries="many")
    sent(client, f"{path}/run")
    assert [task.element_id for task in desk.tasks(instance.id)] == ["outside"]
    assert "Expected" in sent(client, f"{path}/run", 404)


def test_suspending_resuming_and_terminating_have_a_reason(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    path = f"/instances/{instance.id}"

    for deed, state in (("suspend", "suspended"), ("resume", "active"), ("terminate", "terminated")):
        sent(client, f"{path}/{deed}", reason=f"{deed} for now")
        assert desk.state(instance.id) == state
        event = next(
            event
            for event in audit_events.until(desk.engine, instance.id, actor=MARY).items
            if event.type == f"ProcessInstance{state.capitalize() if deed != 'resume' else 'Resumed'}"
        )
        assert event.data["reason"] == f"{deed} for now"
        page = told(seen(client, path))
        assert f"{deed} for now" in page
        assert ("nothing goes on before it is resumed" in page) is (state == "suspended")
    assert "terminated" in sent(client, f"{path}/terminate", 409)


def test_callers_and_called_are_told_on_both_pages(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    desk.settle()
    (called,) = process_instances.list_(desk.engine, actor=MARY, caller_id=instance.id).items

    above, below = seen(client, f"/instances/{instance.id}"), seen(client, f"/instances/{called.id}")

    assert f'href="/instances/{called.id}"' in above
    assert "Called:" in above
    assert f'href="/instances/{instance.id}"' in below
    assert "Caller:" in below


def test_who_is_no_operator_reads_and_changes_nothing(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start(a=1)
    with client:
        client.post("/who-am-i", data={"user": "ben"}, headers={**AS_A_BROWSER, "Origin": "http://localhost"})
        page = seen(client, f"/instances/{instance.id}")
        listed = seen(client, "/instances")
        refused = sent(client, f"/instances/{instance.id}/suspend", 403, reason="no")

    assert "Check order" in page
    for form in ("/variables", "/terminate", "/jobs/"):
        assert f'action="/instances/{instance.id}{form}' not in page
    assert 'id="many"' not in listed
    assert "Ask somebody who is an operator." in told(refused)
    assert desk.state(instance.id) == "active"


# --- one instance: then --------------------------------------------------------------------------------------


def test_any_moment_shows_tokens_variables_and_actor_of_then(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start(amount=1)
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"amount": 2})
    changed = history.at(desk.engine, instance.id, actor=MARY).sequence
    desk.complete(instance.id, amount=3)
    last = history.at(desk.engine, instance.id, actor=MARY).sequence
    path = f"/instances/{instance.id}"

    before, after = (seen(client, f"{path}?at={number}") for number in (changed - 1, changed))
    fragment = seen(client, f"{path}/live?at={changed}")

    for page, value in ((before, 1), (after, 2)):
        variables = told(page[page.index('id="variables-section"') : page.index('id="events-section"')])
        assert f"amount {value} " in variables
        assert 'http-equiv="refresh"' not in page
        assert "data-rests" in page
    assert f"Event {changed} of {last} · 2026-01-01 09:00:00 · mary · variable updated" in told(after)
    assert "Check order" in told(after[after.index('id="tokens-section"') :])
    assert '"counts": {"check": 1}' in after
    assert f'data-address="{path}?at={changed}"' in fragment
    assert f'max="{last}" value="{changed}"' in fragment
    assert f'href="{path}?at={changed - 1}"' in fragment
    now = seen(client, path)
    assert '"counts": {"ship": 1}' in now
    assert "data-rests" not in now


@pytest.mark.parametrize(("at", "status"), [("0", 422), ("x", 422), ("9" * 30, 422), ("9999", 404)])
def test_a_moment_that_never_was_is_refused(desk: Desk, client: FlaskClient, at: str, status: int) -> None:
    desk.deploy(TWO_TASKS)

    seen(client, f"/instances/{desk.start().id}?at={at}", status)


# --- bounded and inert ---------------------------------------------------------------------------------------

LOOP = diagram(
    '<startEvent id="start"/><userTask id="each" name="Each"><multiInstanceLoopCharacteristics>'
    "<loopCardinality>${count}</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
    '<endEvent id="end"/>' + flow("start", "each") + flow("each", "end"),
    key="many",
)


def test_the_number_of_statements_does_not_grow_with_events_or_tokens(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(LOOP)
    few, many = desk.start("many", count=3), desk.start("many", count=202)
    for task in desk.tasks(many.id)[:2]:
        user_tasks.complete(desk.engine, task.id, actor=MARY)
    while (last := history.at(desk.engine, many.id, actor=MARY).sequence) < 1_000:
        process_instances.set_variables(
            desk.engine, many.id, actor=MARY, variables={f"v{number}": last for number in range(50)}
        )
    assert len(process_instances.waiting(desk.engine, many.id, actor=MARY, limit=200).items) == 200

    counted = {}
    for name, instance in (("few", few), ("many", many)):
        for path in ("", "/live", "?at=10", "/live?at=10"):
            counted[name, path] = asked(desk, client, f"/instances/{instance.id}{path}")

    for path in ("", "/live", "?at=10", "/live?at=10"):
        assert counted["many", path] <= counted["few", path], counted
        assert 0 < counted["many", path] <= 30, counted


def test_the_list_asks_as_often_for_a_hundred_as_for_ten(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(TWO_TASKS)
    counted = []
    for more in (10, 90):
        for _ in range(more):
            desk.start()
        counted.append(asked(desk, client, "/instances?key=order"))

    assert counted[1] <= counted[0]


# Isolated, or where a direction ends by itself: a field, an attribute, data of a script.
APART = re.compile("<bdi|\u2068|<textarea|value=|<title>|title=|aria-label|application/json")
NASTY = "<script>alert(1)</script>\u202e\"'&lt;" + "x" * 10_000


def test_hostile_texts_are_inert_and_readable(desk: Desk, client: FlaskClient) -> None:
    named = "&lt;script&gt;alert(1)&lt;/script&gt;&#x202e;&quot;'" + "n" * 10_000
    desk.deploy(
        diagram(
            f'<startEvent id="start"/><userTask id="check" name="{named}"><documentation>javascript:alert(1) {named}'
            "</documentation></userTask>" + flow("start", "check")
        ).replace(b'name="Order"', f'name="{named}"'.encode())
    )
    instance = process_instances.start(
        desk.engine,
        actor=MARY,
        key="order",
        variables={"text": NASTY, "tree": {"</script><img src=x onerror=alert(1)>": NASTY}, "</textarea><b>": 1},
        business_key="<img src=x onerror=alert(1)>\u202e",
    )
    view = batches.request(desk.engine, Deed.SUSPEND, actor=MARY, ids=[5], reason=NASTY[:1000])

    for path in (
        "/instances",
        "/instances?businessKeyPrefix=%3Cimg%20src%3Dx%3E&processDefinitionId=%22%3E%3Cb%3E",
        f"/instances/{instance.id}",
        f"/instances/{instance.id}?at=5",
        f"/instances/batches/{view.id}",
    ):
        page = client.get(path, headers=AS_A_BROWSER).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "</textarea><b>" not in page
        assert 'href="javascript:' not in page
        page = re.sub(r'<section [^>]*id="tasks-section".*?</section>', "", page, flags=re.DOTALL)
        for line in re.findall(r"[^\n]*\u202e[^\n]*", page):
            assert APART.search(line), line


def test_five_thousand_variables_come_in_pages_by_scope_and_are_found_by_name(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(NESTED)
    few = desk.start(a=1)
    many = desk.start(a=1)
    inside = next(task.scope_id for task in desk.tasks(many.id) if task.element_id == "inside")
    for scope, count in ((many.id, 4_900), (inside, 100)):
        given = {f"v{number:04}": number for number in range(count)}
        process_instances.set_variables(desk.engine, many.id, actor=MARY, scope_id=scope, variables=given)
    path = f"/instances/{many.id}"

    first = seen(client, path)
    asked_for_few = asked(desk, client, f"/instances/{few.id}")
    asked_for_many = asked(desk, client, path)
    found = seen(client, f"{path}?variable=v009&scope={inside}")

    assert first.count('<details id="edit-') == 50
    assert asked_for_many == asked_for_few
    assert re.findall(r"<code><bdi>(v\d+)</bdi></code>", found) == [f"v{number:04}" for number in range(90, 100)]
    assert "No variable fits." in seen(client, f"{path}?variable=x")
    seen(client, f"{path}?variables=nonsense", 422)

    following = re.search(r'rel="next" href="[^"]*variables=([^"]*)"', first)
    assert following is not None
    second = f"?variables={following[1]}"
    assert "<bdi>v0049</bdi>" in seen(client, path + second)
    where = sent(client, f"{path}/variables{second}", scopeId=many.id, **rows(("v0049", "string", "changed")))
    assert where == path + second
    assert ">changed</textarea>" in seen(client, where)
    refused = sent(client, f"{path}/variables{second}", 422, scopeId=many.id, **rows(("v0049", "date", "never")))
    assert ">never</textarea>" in refused


def test_the_api_has_variables_in_pages_too(desk: Desk, client: FlaskClient) -> None:
    desk.deploy(NESTED)
    instance = desk.start(a=1, b=2, B=3, ab=4)
    path = f"/api/v1/process-instances/{instance.id}/variables"
    names: list[str] = []
    cursor = ""

    assert client.get(path).json["nextCursor"] is None  # type: ignore[index]
    while True:
        page = client.get(f"{path}?limit=2{cursor}").json
        assert page is not None
        names += [each["name"] for each in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"

    assert sorted(names) == ["B", "a", "ab", "b"]
    found = client.get(f"{path}?namePrefix=a&scopeId={instance.id}").json
    assert found is not None
    assert sorted(each["name"] for each in found["items"]) == ["a", "ab"]
    assert client.get(f"{path}?namePrefix=%25").json["items"] == []  # type: ignore[index]
    assert client.get(f"{path}?cursor=x").status_code == 422


OWN = diagram(
    '<startEvent id="start"/><userTask id="pack" name="Pack"><extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="own">${amount + 1}</camunda:inputParameter></camunda:inputOutput>'
    '</extensionElements></userTask><endEvent id="end"/>' + flow("start", "pack") + flow("pack", "end"),
    key="own",
)


def test_the_past_has_what_activities_had_for_themselves_and_its_variables_in_pages(
    desk: Desk, client: FlaskClient
) -> None:
    desk.deploy(OWN)
    instance = desk.start("own", amount=4, **{f"v{number:03}": number for number in range(60)})
    last = history.at(desk.engine, instance.id, actor=MARY).sequence
    path = f"/instances/{instance.id}?at={last}"

    first = seen(client, path)
    second = seen(client, f"{path}&shown=50")

    assert 'rel="next" href="/instances/' in first
    assert "<code><bdi>v048</bdi></code>" in first
    assert "<code><bdi>v049</bdi></code>" not in first
    assert "<code><bdi>v049</bdi></code>" in second
    assert re.search(r"Pack</bdi> <span[^>]*>for itself</span></td><td><code><bdi>own</bdi></code></td>", second)
    seen(client, f"{path}&shown=x", 422)


def test_a_moment_far_from_what_was_read_is_read_on_to(
    desk: Desk, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_states, "WINDOW", 2)
    monkeypatch.setattr(history, "READ_AT_ONCE", 4)
    desk.deploy(TWO_TASKS)
    instance = desk.start(a=1)
    path = f"/instances/{instance.id}?at=7"

    page = seen(client, path)

    assert "Event 4 of" in page
    assert f'href="{path}" hx-get' in page[page.index("on the way to event 7") :]
    assert "Event 7 of" in seen(client, path)
    assert "on the way" not in seen(client, path)
