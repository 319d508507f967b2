"""The pages of tasks without a browser: inboxes, one task with its form, drafts, decisions, refusals, their cost."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from html import escape, unescape
from typing import Any

import pytest

from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import deployments, process_instances, user_task_drafts, user_tasks
from baton.bpm.runtime.actors import ALL_ROLES, Actor, ActorKind
from baton.bpm.runtime.deployments import Resource
from baton.bpm.runtime.engine import Engine
from tests.integration.support import MARY, TWO_TASKS, Desk, diagram, flow
from tests.support.browsing import HOSTILE, LONG, MARKS, Browsing, assert_inert, words
from tests.support.rows import rows

DEMO = Actor(ActorKind.USER, "demo", roles=ALL_ROLES)


@pytest.fixture
def browser(engine: Engine) -> Browsing:
    return Browsing(engine)


def one(attributes: str = "", inside: str = "", *, key: str = "order") -> bytes:
    """A process with one user task, `look`."""
    content = (
        f'<startEvent id="start"/><userTask id="look" name="Look" {attributes}>{inside}</userTask><endEvent id="end"/>'
    )
    return diagram(content + flow("start", "look") + flow("look", "end"), key=key)


def form_js(*components: dict[str, Any], id: str = "shop") -> Resource:
    return Resource(f"{id}.form", json.dumps({"id": id, "type": "default", "components": components}).encode())


def deploy(desk: Desk, process: bytes, *others: Resource) -> None:
    deployments.deploy(desk.engine, actor=MARY, resources=[Resource("order.bpmn", process), *others])


# --- inboxes ------------------------------------------------------------------------------------------------------


def test_an_inbox_has_what_its_name_says(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:candidateGroups="sales"'))
    deploy(desk, one('camunda:dueDate="2025-12-31T10:00:00Z"', key="late"))
    free, taken, late = desk.start(), desk.start(), desk.start("late")
    ids = {"free": desk.task(free.id).id, "taken": desk.task(taken.id).id, "late": desk.task(late.id).id}
    browser.post(f"/tasks/{ids['taken']}/claim", user="anna")

    def inbox(name: str, user: str = "anna") -> set[str]:
        page = browser.get(f"/tasks?inbox={name}", user=user)
        return {name for name, id_ in ids.items() if f"/tasks/{id_}?" in page}

    assert inbox("all") == {"free", "taken", "late"}
    assert inbox("mine") == {"taken"}
    assert inbox("groups") == {"free", "late"}
    assert inbox("unassigned") == {"free", "late"}
    assert inbox("overdue") == {"late"}
    assert inbox("groups", "ben") == {"late"}
    assert "Nothing is overdue" not in browser.get("/tasks?inbox=overdue")
    assert "You have no task" in browser.get("/tasks?inbox=mine", user="ben")


def test_filters_and_order_stay_in_the_address(desk: Desk, browser: Browsing) -> None:
    desk.deploy(TWO_TASKS)
    for _ in range(27):
        desk.start()

    page = browser.get("/tasks?inbox=unassigned&name=check&key=order&order=priority")

    following = unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])  # type: ignore[index]
    assert following.startswith("/tasks?")
    assert {"inbox=unassigned", "name=check", "key=order", "order=priority"} <= set(following[7:].split("&"))
    assert page.count("Check order") >= 25
    assert browser.get(following).count(">Check order<") == 2
    assert 'value="check"' in page
    assert "No task fits the filter." in browser.get("/tasks?name=nothing-like-it")
    assert "/tasks?name=check&amp;key=order&amp;order=priority&amp;inbox=mine" in page


def test_a_date_filter_has_the_whole_day_and_a_wrong_one_says_how(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:dueDate="2026-01-05T23:00:00Z"'))
    desk.start()

    assert ">Look<" in browser.get("/tasks?dueUntil=2026-01-05")
    assert ">Look<" not in browser.get("/tasks?dueUntil=2026-01-04")
    assert "such as 2026-01-31" in browser.get("/tasks?dueUntil=soon", status=422)


def test_the_next_task_is_taken_and_the_list_says_when_there_is_none(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:candidateGroups="sales"'))
    task = desk.task(desk.start().id)

    where = browser.post("/tasks/claim-next", user="anna", back="/tasks?inbox=groups")

    assert where == f"/tasks/{task.id}?back=%2Ftasks%3Finbox%3Dgroups&next=1"
    assert user_tasks.get(desk.engine, task.id, actor=MARY).assignee == "anna"
    none = browser.post("/tasks/claim-next", user="anna")
    assert "No task waits for you that nobody has." in browser.get(none, user="anna")


# --- hands, dates -------------------------------------------------------------------------------------------------


def test_a_task_that_somebody_else_took_first_says_so_on_its_page(desk: Desk, browser: Browsing) -> None:
    desk.deploy(TWO_TASKS)
    task = desk.task(desk.start().id)
    browser.post(f"/tasks/{task.id}/claim", user="anna", back="/tasks?inbox=groups")

    page = browser.post(f"/tasks/{task.id}/claim", status=409)

    assert "belongs to &#39;anna&#39;" in page
    assert "take another task" in page
    assert "\u2068anna\u2069 has this task" in page


def test_a_task_of_a_suspended_instance_says_who_can_help(desk: Desk, browser: Browsing) -> None:
    desk.deploy(TWO_TASKS)
    task = desk.task(desk.start().id)
    process_instances.suspend(desk.engine, task.process_instance_id, actor=MARY)

    page = browser.post(f"/tasks/{task.id}", status=409)

    assert "is suspended" in page
    assert "An operator has to resume the instance first." in page
    assert "take another task" not in page


def test_a_task_is_given_to_somebody_and_back(desk: Desk, browser: Browsing) -> None:
    desk.deploy(TWO_TASKS)
    task = desk.task(desk.start().id)

    browser.post(f"/tasks/{task.id}/assign", assignee="ben")
    assert user_tasks.get(desk.engine, task.id, actor=MARY).assignee == "ben"
    browser.post(f"/tasks/{task.id}/unclaim", user="ben")

    assert user_tasks.get(desk.engine, task.id, actor=MARY).assignee is None
    refused = browser.post(f"/tasks/{task.id}/assign", user="ben", assignee="carla", status=403)
    assert "Ask whoever has the task" in refused


def test_dates_and_priority_are_changed_and_what_was_not_stays(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:dueDate="2026-02-01T10:00:30.250Z"'))
    task = desk.task(desk.start().id)
    assert 'value="2026-02-01T10:00:30"' in browser.get(f"/tasks/{task.id}")

    browser.post(f"/tasks/{task.id}/change", due="2026-02-01T10:00:30", followUp="2026-01-20T08:00", priority="70")

    changed = user_tasks.get(desk.engine, task.id, actor=MARY)
    assert (changed.due_at, changed.priority) == (task.due_at, 70)
    assert changed.follow_up_at == datetime(2026, 1, 20, 8, tzinfo=UTC)
    refused = browser.post(f"/tasks/{task.id}/change", due="", followUp="2026-01-20T08:00", priority="high", status=422)
    assert "Expected a whole number, found &#39;high&#39;" in refused
    assert 'value="high"' in refused
    browser.post(f"/tasks/{task.id}/change", due="", followUp="2026-01-20T08:00", priority="70")
    assert user_tasks.get(desk.engine, task.id, actor=MARY).due_at is None


# --- forms --------------------------------------------------------------------------------------------------------


def test_every_wrong_field_is_told_of_at_the_field_and_what_was_typed_stays(desk: Desk, browser: Browsing) -> None:
    form = form_js(
        {"type": "number", "key": "amount", "label": "Amount", "validate": {"required": True, "max": 10}},
        {"type": "textfield", "key": "why", "label": "Why", "validate": {"minLength": 3}},
        {"type": "select", "key": "how", "label": "How", "values": [{"label": "Card", "value": "c"}]},
    )
    deploy(desk, one('camunda:formRef="shop"'), form)
    task = desk.task(desk.start().id)
    typed = {"field:amount": "11", "field:why": "a<", "field:how": "0"}

    page = browser.post(f"/tasks/{task.id}", data=typed, status=422)

    assert "2 of the form's fields are wrong" in unescape(page)
    assert re.search(r'name="field:amount"[^>]*aria-describedby="field-1-wrong" aria-invalid="true"', page)
    assert re.search(r'id="field-2-wrong" class="message">Expected at least 3', page)
    assert 'value="11"' in page
    assert 'value="a&lt;"' in page
    assert '<option value="0" selected>Card' in page
    assert '"amount": ["Expected' in page, "the island is told as well"
    browser.post(f"/tasks/{task.id}", data=typed | {"field:amount": "9", "field:why": "for it"})
    assert desk.state(task.process_instance_id) == "completed"


def test_what_the_island_sends_is_checked_and_shown_again(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:formRef="shop"'), form_js({"type": "number", "key": "amount", "validate": {"max": 10}}))
    instance = desk.start(amount=3)
    task = desk.task(instance.id)
    assert '"data": {"amount": 3}' in browser.get(f"/tasks/{task.id}")

    page = browser.post(f"/tasks/{task.id}", data={"data": '{"amount": 12}'}, status=422)

    assert '"data": {"amount": 12}' in page
    assert "JSON object" in browser.post(f"/tasks/{task.id}", data={"data": "[" * 5000}, status=422)
    browser.post(f"/tasks/{task.id}", data={"data": '{"amount": 7}'})
    assert desk.variables(instance.id) == {"amount": 7}


@pytest.mark.parametrize("kind", ["form-js", "fields", "json-schema", "variables"])
def test_a_draft_is_there_when_one_comes_back_and_gone_when_it_was_sent(
    desk: Desk, browser: Browsing, kind: str
) -> None:
    others: list[Resource] = []
    attributes, inside = "", ""
    if kind == "form-js":
        attributes = 'camunda:formRef="shop"'
        others = [form_js({"type": "textfield", "key": "why"}, {"type": "number", "key": "amount"})]
    elif kind == "json-schema":
        attributes = 'camunda:formKey="camunda-forms:deployment:shop.schema.json"'
        schema = {"type": "object", "properties": {"why": {"type": "string"}, "amount": {"type": "integer"}}}
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        others = [Resource("shop.schema.json", json.dumps(schema).encode())]
    elif kind == "fields":
        inside = (
            '<extensionElements><camunda:formData><camunda:formField id="why" type="string"/>'
            '<camunda:formField id="amount" type="long"/></camunda:formData></extensionElements>'
        )
    deploy(desk, one(attributes, inside), *others)
    instance = desk.start(why="because", amount=1)
    task = desk.task(instance.id)

    where = browser.post(
        f"/tasks/{task.id}",
        data={
            "do": "draft",
            "field:why": "not yet",
            "field:amount": "2",
            "back": "/tasks?a=1",
        }
        | rows(("more", "", "true"), ("code", "string", "007")),
    )

    page = browser.get(where)
    assert "Your draft is saved." in page
    assert 'value="not yet"' in page or '"why": "not yet"' in page
    for row in (("more", "boolean", "true"), ("code", "string", "007")):
        assert_row(page, *row)
    assert desk.variables(instance.id) == {"why": "because", "amount": 1}
    assert "not yet" not in browser.get(f"/tasks/{task.id}", user="anna")
    kept = user_task_drafts.get(desk.engine, task.id, actor=DEMO).variables
    assert kept == {"why": "not yet", "amount": 2, "more": True, "code": "007"}
    browser.post(f"/tasks/{task.id}/discard")
    assert "not yet" not in browser.get(f"/tasks/{task.id}")

    browser.post(f"/tasks/{task.id}", data={"field:why": "now", "field:amount": "2"} | rows(("more", "", "true")))
    assert desk.variables(instance.id) == {"why": "now", "amount": 2, "more": True}


ORDER_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "customer": {
            "type": "object",
            "title": "Customer",
            "properties": {"name": {"type": "string", "title": "Name", "minLength": 2}},
        },
        "items": {
            "type": "array",
            "title": "Items",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "what": {"type": "string", "title": "What"},
                    "count": {"type": "integer", "title": "Count", "maximum": 9},
                    "gift": {"type": "boolean", "title": "Gift"},
                },
                "required": ["what", "count"],
            },
        },
        "tags": {"type": "array", "title": "Tags", "items": {"type": "string", "maxLength": 5}},
        "free": {"type": "object", "title": "Free"},
        "receipt": {"type": "string", "title": "Receipt", "format": "data-url"},
    },
}
ORDER_FORM = Resource("order.schema.json", json.dumps(ORDER_SCHEMA).encode())
BY_SCHEMA = 'camunda:formKey="camunda-forms:deployment:order.schema.json"'


def test_a_json_schema_has_groups_rows_json_and_files_and_errors_at_each_field(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one(BY_SCHEMA), ORDER_FORM)
    instance = desk.start(items=[{"what": "Apples", "count": 1, "id": 5}])
    task = desk.task(instance.id)
    path = f"/tasks/{task.id}"
    page = browser.get(path)
    assert "<legend><bdi>Customer</bdi></legend>" in page
    assert re.search(r'name="field:items\[0\].what"[^>]* value="Apples"', page)
    assert re.search(r'name="field:items\[1\].what"[^>]* value=""', page), "an empty row for the next one"
    typed: dict[str, Any] = {
        "field:customer.name": "A",
        "field:items[0].what": "Apples",
        "field:items[0].count": "1",
        "field:items[0].gift": "true",
        "field:items[1].what": "",
        "field:items[1].count": "",
        "field:items[1].gift": "",
        "field:items[2].what": "Pears",
        "field:items[2].count": "12",
        "field:items[2].gift": "",
        "field:tags": ["new", "much too long", ""],
        "field:free": "{not JSON",
        "field:receipt": (io.BytesIO(b"paid"), "re<b>ceipt.txt", "text/plain"),
    }

    wrong = browser.post(path, data=typed, status=422)

    assert "4 of the form's fields are wrong" in unescape(wrong)
    for name, value in (("customer.name", "A"), ("items[1].count", "12"), ("tags", "much too long")):
        input_ = rf'name="field:{re.escape(name)}"[^>]*aria-invalid="true"[^>]*value="{value}"'
        assert re.search(input_, wrong), name
    assert re.search(r'aria-invalid="true"[^>]*>{not JSON</textarea>', wrong)
    assert len(re.findall(r'class="message">Expected', wrong)) == 4
    assert "There is a file: re&lt;b&gt;ceipt.txt" in wrong.replace("\u2068", "").replace("\u2069", "")
    kept = re.search(r'type="hidden" name="field:receipt" value="([^"]*)"', wrong)
    assert kept is not None

    right = typed | {
        "field:customer.name": "Ada",
        "field:items[2].count": "2",
        "field:tags": ["new"],
        "field:free": '{"a": [1]}',
        "field:receipt": kept[1],
    }
    browser.post(path, data=right)

    assert desk.variables(instance.id) == {
        "customer": {"name": "Ada"},
        "items": [{"what": "Apples", "count": 1, "gift": True, "id": 5}, {"what": "Pears", "count": 2}],
        "tags": ["new"],
        "free": {"a": [1]},
        "receipt": "data:text/plain;name=re%3Cb%3Eceipt.txt;base64,cGFpZA==",
    }


def test_a_list_without_rows_is_refused_at_the_list(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one(BY_SCHEMA), ORDER_FORM)
    task = desk.task(desk.start(items=[{"what": "Apples", "count": 1}]).id)

    page = browser.post(f"/tasks/{task.id}", data={"field:items[0].what": "", "field:items[0].count": ""}, status=422)

    assert re.search(r'<fieldset class="list wrong"[^>]*aria-describedby="(field-2-wrong)".*?id="\1"', page, re.DOTALL)
    assert "Expected at least 1 items" in page


def test_a_task_without_a_form_shows_its_variables_and_writes_those_that_were_changed(
    desk: Desk, browser: Browsing
) -> None:
    desk.deploy(TWO_TASKS)
    moment = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
    before = {"count": 3, "share": 0.1, "text": "a\nb", "paid": False, "when": moment, "list": [1], "empty": ""}
    instance = desk.start(**before)
    task = desk.task(instance.id)
    page = browser.get(f"/tasks/{task.id}")
    assert 'value="2026-03-01T12:00:05"' in page
    assert "[1]" in page
    same = {"field:count": "3", "field:share": "0.1", "field:text": "a\r\nb", "field:paid": "1", "field:empty": ""}

    refused = browser.post(f"/tasks/{task.id}", data=same | {"field:count": "three"}, status=422)
    assert re.search(r'id="field-1-wrong" class="message">Expected a number', refused)
    assert 'value="three"' in refused
    browser.post(f"/tasks/{task.id}", data=same | {"field:paid": "0", "field:when": "2026-03-01T12:00:05"})

    assert desk.variables(instance.id) == before | {"paid": True}


def test_completing_leads_to_the_next_task_or_back_to_the_list(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:candidateGroups="sales"'))
    first, second = (desk.task(desk.start().id) for _ in range(2))
    browser.post(f"/tasks/{first.id}/claim", user="anna")

    where = browser.post(f"/tasks/{first.id}", user="anna", next="1", back="/tasks?inbox=groups")

    assert where.startswith(f"/tasks/{second.id}?")
    page = browser.get(where, user="anna")
    assert "Done. This is your next task." in page
    assert re.search(r'name="next" value="1" checked', page)
    assert user_tasks.get(desk.engine, second.id, actor=MARY).assignee == "anna"
    last = browser.post(f"/tasks/{second.id}", user="anna", next="1")
    assert "No further task waits for you" in browser.get(last, user="anna")
    again = browser.post(f"/tasks/{second.id}", user="anna", status=409)
    assert "was ended" in again


def test_a_guided_decision_is_a_question_with_named_ways(desk: Desk, browser: Browsing) -> None:
    drawing = diagram(
        '<startEvent id="start"/><exclusiveGateway id="ask" name="Good enough?"/><endEvent id="yes"/>'
        '<task id="mend" name="Mend it"/>'
        + flow("start", "ask")
        + '<sequenceFlow id="f1" name="Yes" sourceRef="ask" targetRef="yes"/>'
        + flow("ask", "mend"),
        executable=False,
    )
    desk.deploy(drawing, mode=Mode.GUIDED)
    instance = desk.start()
    task = desk.task(instance.id)

    page = browser.get(f"/tasks/{task.id}")

    assert "Which way does it go?" in page
    assert re.search(r'name="decision" value="f1">\s*<bdi>Yes</bdi>', page)
    assert "<bdi>Mend it</bdi>" in page
    browser.post(f"/tasks/{task.id}", decision="ask_mend")
    assert "Is it done?" in browser.get(f"/tasks/{desk.task(instance.id).id}")


def test_who_may_not_see_a_task_gets_a_page_that_says_so(desk: Desk, browser: Browsing) -> None:
    deploy(desk, one('camunda:candidateGroups="sales"'))
    task = desk.task(desk.start().id)

    page = browser.get(f"/tasks/{task.id}", user="ben", status=403)

    assert "You may not do that" in page
    browser.post(f"/tasks/{task.id}/claim", user="ben", status=403)


# --- cost, hostile texts ------------------------------------------------------------------------------------------


def test_a_page_costs_the_same_statements_with_a_thousand_tasks_as_with_a_hundred(
    desk: Desk, browser: Browsing
) -> None:
    many = "<loopCardinality>${many}</loopCardinality>"
    deploy(desk, one(inside=f"<multiInstanceLoopCharacteristics>{many}</multiInstanceLoopCharacteristics>"))

    def cost() -> tuple[int, ...]:
        counts = []
        for path in ("/tasks", "/tasks?inbox=groups&order=due", "/tasks?name=look", f"/tasks/{task.id}"):
            browser.get(path)
            with browser.statements() as told:
                browser.get(path)
            counts.append(len(told))
        return tuple(counts)

    task = desk.tasks(desk.start(many=100).id)[0]
    few = cost()
    desk.start(many=900)
    many = cost()
    desk.start(many=300)

    # Which of two ways to read a list costs up to two statements for each of its filters, and never more.
    assert all(mine <= some + more for mine, some, more in zip(many, few, (0, 4, 2, 0), strict=True)), (few, many)
    assert all(mine <= some for mine, some in zip(cost(), many, strict=True)), many
    assert max(many) <= 20, many


def test_hostile_texts_are_inert_and_readable(desk: Desk, browser: Browsing) -> None:
    name = escape(HOSTILE, quote=True)
    form = form_js(
        {"type": "textfield", "key": "why", "label": HOSTILE, "description": HOSTILE},
        {"type": "text", "text": f"# {HOSTILE}\n[x](javascript:alert(1))"},
        {"type": "select", "key": "how", "label": LONG, "values": [{"label": HOSTILE, "value": HOSTILE}]},
    )
    process = one(
        f'camunda:formRef="shop" camunda:candidateGroups="{name.replace(",", "")}"',
        f"<documentation>{name}{LONG}</documentation>",
    )
    deploy(desk, process.replace(b'name="Look"', f'name="{name} {LONG}"'.encode()), form)
    deploy(desk, one(key="bare"))
    filled = desk.task(desk.start(why=HOSTILE).id)
    bare = desk.task(desk.start("bare", **{HOSTILE: HOSTILE, "long": LONG, "object": {HOSTILE: LONG}}).id)
    wrong = browser.post(f"/tasks/{filled.id}", data={"field:how": f"{HOSTILE}!"}, status=422)
    browser.post(f"/tasks/{bare.id}", data={"do": "draft"} | rows(("note", "", HOSTILE)))

    pages = [browser.get(path) for path in ("/tasks", f"/tasks/{filled.id}", f"/tasks/{bare.id}", "/", "/tasks/live")]

    for page in (*pages, wrong):
        assert_inert(page)
    for page in pages[:2]:
        assert "<script>window.ran=1</script>" in words(page)
        assert "{{7*7}}" in words(page)
        assert re.search(rf"<bdi[^>]*>[^<]*{MARKS}", page)
    assert LONG not in re.sub(
        r"<p class=\"said\">.*?</p>|title=\"[^\"]*\"|<script.*?</script>", "", pages[0], flags=re.S
    )
    assert len(re.search(r"<title>(.*?)</title>", pages[1], re.S)[1]) < 400  # type: ignore[index]


def assert_row(page: str, name: str, type_: str, value: str) -> None:
    """There is a row of typed variables that holds them."""
    row = rf'value="{name}".*?value="{type_}" selected.*?<textarea[^>]*>{value}</textarea>'
    assert re.search(row, page, re.DOTALL), (name, type_, value)
