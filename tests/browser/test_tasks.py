"""The task list worked through in a browser: by keyboard alone, with a form, a draft, a decision, and the diagram."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest

from tests.acceptance import diagrams
from tests.acceptance.serving import EXAMPLES, Api
from tests.browser.conftest import NARROW, is_wider_than_its_window
from tests.support.browsing import HOSTILE, LONG

FOCUSED = "document.activeElement"
MOUNTED = "[data-island='form'][data-mounted='']"
RECEIPT = {"date": "2026-01-31", "what": "Train", "amount": 120.5}


def tab_to(page: Any, condition: str, most: int = 60) -> None:
    """Press Tab until the focused element, `it`, fulfils the condition."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const it = {FOCUSED}; return {condition}; }})()"):
            return
    raise AssertionError(f"Tab never reached what fulfils {condition}")


@pytest.fixture
def expense_report(desk: Api) -> Any:
    """The open task of an instance of the example with a form."""
    names = ("expense-report.bpmn", "expense-report.form", "expense-report.approval.form")
    desk.ok("POST", "/deployments", files=[("resource", (name, (EXAMPLES / name).read_bytes())) for name in names])
    return desk.tasks(desk.start("expense-report"))[0]


def test_a_task_is_found_claimed_filled_in_and_completed_by_keyboard_alone(page: Any, desk: Api) -> None:
    desk.deploy(diagrams.one_task("by-keyboard"))
    instance = desk.start("by-keyboard", amount=1)
    [task] = desk.tasks(instance)
    page.goto("/tasks?key=by-keyboard")

    tab_to(page, f"it.href?.includes('/tasks/{task['id']}')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/{task['id']}*")
    tab_to(page, "it.textContent === 'Claim'")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Give back").wait_for()
    tab_to(page, "it.name === 'field:amount'")
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    tab_to(page, "it.textContent === 'Complete'")
    page.keyboard.press("Space")

    page.wait_for_url("**/tasks?key=by-keyboard*")
    page.get_by_role("status").filter(has_text="Done.").wait_for()
    assert desk.state(instance) == "completed"
    [variable] = desk.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]
    assert variable["value"] == 12


def test_a_form_says_what_is_wrong_keeps_a_draft_and_leads_to_the_next_task(
    page: Any, desk: Api, expense_report: Any
) -> None:
    path = f"/tasks/{expense_report['id']}"
    page.goto(path)
    form = page.locator(MOUNTED)
    form.get_by_label("Purpose").fill("Fair")
    page.get_by_role("button", name="Complete", exact=True).click()
    form.get_by_text("Field is required.").first.wait_for()

    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Your draft is saved.").wait_for()
    page.goto(path)
    page.locator(MOUNTED).wait_for()
    assert form.get_by_label("Purpose").input_value() == "Fair"

    draft = {"purpose": "Fair", "employee": {"email": "a@b.org"}, "paidBy": "company-card", "receipts": [RECEIPT]}
    desk.ok("PUT", f"/user-tasks/{expense_report['id']}/draft", json={"variables": draft})
    page.goto(path)
    page.locator(MOUNTED).wait_for()
    assert form.get_by_label("Amount").input_value() == "120.5"
    page.get_by_label("then show me the next task").check()
    page.get_by_role("button", name="Complete", exact=True).click()

    page.get_by_text("Done.").wait_for()
    assert desk.ok("GET", f"/user-tasks/{expense_report['id']}")["state"] == "completed"


def test_what_the_server_refuses_is_shown_at_the_fields_of_the_form(page: Any) -> None:
    components = [
        {"type": "number", "id": "a", "key": "amount", "label": "Amount"},
        {"type": "group", "id": "g", "path": "who", "label": "Who", "components": [
            {"type": "textfield", "id": "m", "key": "mail", "label": "Mail"}]},
        {"type": "dynamiclist", "id": "l", "path": "rows", "label": "Rows", "defaultRepetitions": 2, "components": [
            {"type": "textfield", "id": "w", "key": "what", "label": "What"}]},
    ]  # fmt: skip
    schema = {"type": "default", "schemaVersion": 18, "components": components}
    errors = {"amount": ["too much"], "who.mail": ["no address"], "rows[1].what": ["second row"]}
    page.goto("/people")
    page.evaluate(
        """(properties) => {
          const element = document.createElement("div");
          element.dataset.island = "form";
          const data = document.createElement("script");
          data.type = "application/json";
          data.textContent = JSON.stringify(properties);
          element.append(data);
          document.querySelector("main").append(element);
          document.dispatchEvent(new CustomEvent("htmx:after:swap"));
        }""",
        {"schema": schema, "errors": errors},
    )

    for [message] in errors.values():
        page.locator(".fjs-form-field-error", has_text=message).wait_for()
    assert page.locator(".fjs-form-field-error").count() == 3


def test_a_guided_decision_is_answered_and_the_diagram_shows_where_it_stands(page: Any, desk: Api) -> None:
    drawing = diagrams.process(
        "ask-the-way",
        '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g" name="Good enough?"/>'
        '<bpmn:task id="mend" name="Mend it"/><bpmn:endEvent id="e"/>'
        + diagrams.flow("s", "g") + '<bpmn:sequenceFlow id="yes" name="Yes" sourceRef="g" targetRef="e"/>'
        + diagrams.flow("g", "mend").replace('name="mend"', ""),
    )  # fmt: skip
    desk.deploy(drawing, mode="guided")
    instance = desk.start("ask-the-way")
    [task] = desk.tasks(instance)
    page.goto(f"/tasks/{task['id']}")
    page.get_by_role("group", name="Which way does it go?").wait_for()
    assert page.locator("[data-island='viewer'] svg").count() == 0

    page.get_by_text("Where it stands in the process").click()
    page.locator("[data-element-id='g'].has-token").wait_for()
    page.get_by_role("button", name="Mend it").click()

    page.wait_for_url("**/tasks?done=1")
    [following] = desk.tasks(instance)
    assert following["name"] == "Mend it"


@pytest.mark.parametrize("options", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": NARROW}])
def test_nothing_keeps_people_out(axe: Any, expense_report: Any, options: dict[str, Any]) -> None:
    axe("/tasks?inbox=unassigned&name=e", ready="table", **options)
    axe(f"/tasks/{expense_report['id']}", ready=MOUNTED, **options)
    axe(f"/tasks/{expense_report['id']}?form=plain", ready="form .field", **options)


def test_hostile_texts_stay_texts(open_page: Any, desk: Api) -> None:
    components = [
        {"type": "textfield", "id": "a", "key": "why", "label": HOSTILE, "description": HOSTILE},
        {"type": "text", "id": "b", "text": "<script>window.ran=1</script>[link](javascript:window.ran=1)"},
        {
            "type": "html",
            "id": "c",
            "content": "<a href='javascript:window.ran=1'>x</a><b>y</b>",
        },
    ]
    form = {"id": "hostile", "type": "default", "schemaVersion": 18, "components": components}
    drawing = diagrams.one_task("hostile-task").replace(
        '<bpmn:userTask id="approve" name="approve"',
        f'<bpmn:userTask id="approve" name="{escape(HOSTILE)} {LONG}" camunda:formRef="hostile"',
    )
    files = [
        ("resource", ("hostile.bpmn", drawing.encode())),
        ("resource", ("hostile.form", json.dumps(form).encode())),
    ]
    desk.ok("POST", "/deployments", files=files)
    [task] = desk.tasks(desk.start("hostile-task", why=HOSTILE))
    page = open_page(viewport=NARROW)

    page.goto(f"/tasks/{task['id']}")
    page.locator(MOUNTED).wait_for()
    page.get_by_text("Where it stands in the process").click()
    page.locator("[data-element-id='approve']").first.wait_for()

    assert page.evaluate("window.ran") is None
    assert page.locator("main a[href^='javascript:']").count() == 0
    assert "<script>window.ran=1</script>" in page.locator("h1").inner_text()
    assert not is_wider_than_its_window(page)
    page.goto("/tasks?key=hostile-task")
    page.locator("table").wait_for()
    assert not is_wider_than_its_window(page)
    assert page.evaluate("window.ran") is None


ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "title": "Items",
            "items": {
                "type": "object",
                "properties": {
                    "what": {"type": "string", "title": "What"},
                    "sizes": {"type": "array", "title": "Sizes", "items": {"type": "integer"}},
                },
                "required": ["what"],
            },
        },
        "tags": {"type": "array", "title": "Tags", "items": {"type": "string"}},
    },
}


def test_rows_of_a_list_are_added_and_filled_in_by_keyboard_alone(page: Any, desk: Api, axe: Any) -> None:
    form = 'camunda:formKey="camunda-forms:deployment:order.schema.json"'
    process = diagrams.one_task("rows").replace("<bpmn:userTask ", f"<bpmn:userTask {form} ", 1)
    files = [("rows.bpmn", process.encode()), ("order.schema.json", json.dumps(ORDER).encode())]
    desk.ok("POST", "/deployments", files=[("resource", file) for file in files])
    instance = desk.start("rows")
    [task] = desk.tasks(instance)
    axe(f"/tasks/{task['id']}", ready="#task-form .list-row")
    page.goto(f"/tasks/{task['id']}")

    tab_to(page, "it.name === 'field:items[0].what'")
    page.keyboard.type("Shirt")
    page.keyboard.press("Tab")
    page.keyboard.type("38")
    tab_to(page, "it.textContent === 'One more'")
    page.keyboard.press("Enter")
    page.keyboard.type("40")
    tab_to(page, "it.textContent === 'One more' && it.parentElement.querySelector('.list-row')")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.name") == "field:items[1].what"
    page.keyboard.type("Hat")
    assert page.get_by_role("group", name="Items\u2069, 2").get_by_label("What").input_value() == "Hat"
    assert page.get_by_label("Sizes\u2069, 1").nth(1).input_value() == ""
    tab_to(page, "it.textContent === 'Complete'")
    page.keyboard.press("Enter")

    page.wait_for_url("**/tasks*done=1")
    assert desk.state(instance) == "completed"
    [items] = desk.ok("GET", f"/process-instances/{instance['id']}/variables")["items"]
    assert (items["name"], items["value"]) == ("items", [{"what": "Shirt", "sizes": [38, 40]}, {"what": "Hat"}])
