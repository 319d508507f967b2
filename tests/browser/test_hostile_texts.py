"""Texts that are markup, scripts, links, right-to-left marks or ten thousand letters stay inert on every page.

Every text that a user can bring in is hostile here; then every page that a link leads to is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

import pytest

from tests.acceptance.serving import EXAMPLES, Api, Server
from tests.browser import serving
from tests.browser.conftest import NARROW, WIDE, is_wider_than_its_window

MARKUP = "<script>window.ran=1</script><img src=x onerror=window.ran=1>'\"><svg onload=window.ran=1>{{7*7}}{% x %}"
LINK = "javascript:window.ran=1"
FOREIGN = "https://evil.example/"
TURNED = "\u202egnp.exe\u2066 \u05d0\u05d1"
HOSTILE = f"{MARKUP} {LINK} [a]({LINK}) {FOREIGN} {TURNED} "
LONG = HOSTILE + "W" * 10_000
SHORT = (MARKUP + TURNED + LINK)[:250]
NAME = SHORT.replace("/", "-")

PROCESS = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
<process id="hostile" name={quoteattr(LONG)} isExecutable="true"><startEvent id="start" name={quoteattr(LONG)}/>
<userTask id="ask" name={quoteattr(LONG)} camunda:candidateGroups="sales" camunda:formKey={quoteattr(LINK)}>
<documentation>{"".join(f"&#{ord(letter)};" for letter in LONG)}</documentation></userTask>
<userTask id="fill" name={quoteattr(HOSTILE)} camunda:formRef="hostile-form" camunda:formRefBinding="latest"/>
<serviceTask id="work" name={quoteattr(LONG)}><extensionElements><zeebe:taskDefinition type="hostile-job"/>
</extensionElements></serviceTask>
<sequenceFlow id="f" sourceRef="start" targetRef="ask" name={quoteattr(LONG)}/>
<sequenceFlow id="g" sourceRef="start" targetRef="fill"/><sequenceFlow id="h" sourceRef="start" targetRef="work"/>
</process></definitions>"""
FORM = {
    "type": "default",
    "id": "hostile-form",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "id": "a", "key": "given", "label": HOSTILE, "description": HOSTILE},
        {"type": "text", "id": "b", "text": f"# {HOSTILE}\n[link]({LINK}) ![x](x)"},
        {"type": "html", "id": "c", "content": f"{MARKUP}<a href='{LINK}'>x</a>"},
        {"type": "image", "id": "d", "source": LINK, "alt": HOSTILE},
        {"type": "select", "id": "e", "key": "which", "label": HOSTILE, "values": [{"label": HOSTILE, "value": LINK}]},
    ],
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": HOSTILE,
    "type": "object",
    "properties": {
        "given": {"type": "string", "title": HOSTILE, "description": LONG},
        MARKUP: {"type": "object", "title": HOSTILE, "properties": {MARKUP: {"type": "string", "title": LONG}}},
        "rows": {
            "type": "array",
            "title": HOSTILE,
            "items": {"type": "object", "properties": {MARKUP: {"type": "string", "title": HOSTILE}}},
        },
        "list": {"type": "array", "title": LONG, "items": {"type": "string"}},
        "free": {"type": "object", "title": MARKUP},
        "file": {"type": "string", "title": HOSTILE, "format": "data-url"},
        "choice": {"title": HOSTILE, "enum": [LONG, LINK]},
    },
}
SCHEMA_PROCESS = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<process id="schema" name={quoteattr(HOSTILE)} isExecutable="true"><documentation>{"W" * 10_000}</documentation>
<startEvent id="start" camunda:formKey="camunda-forms:deployment:hostile.schema.json"/>
<userTask id="fill" name={quoteattr(HOSTILE)} camunda:formKey="camunda-forms:deployment:hostile.schema.json"/>
<sequenceFlow id="f" sourceRef="start" targetRef="fill"/></process></definitions>"""
GUIDED = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com">
<process id="guided" name={quoteattr(HOSTILE)}><startEvent id="start"/>
<exclusiveGateway id="which" name={quoteattr(LONG)}/><endEvent id="yes"/><endEvent id="no"/>
<sequenceFlow id="f" sourceRef="start" targetRef="which"/>
<sequenceFlow id="g" sourceRef="which" targetRef="yes" name={quoteattr(LONG)}/>
<sequenceFlow id="h" sourceRef="which" targetRef="no" name={quoteattr(LINK)}/></process></definitions>"""
KEYS = ("schema", "guided", "hostile")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the examples, and hostile texts wherever a text can be."""
    with serving.open_server(tmp_path_factory.mktemp("hostile")) as server, Api(server.url) as desk:
        fill(desk)
        yield server


def fill(desk: Api) -> None:
    desk.deploy(json.dumps(FORM), name="hostile.form")
    desk.deploy(PROCESS, name=f"{NAME[:200]}.bpmn")
    decision = (EXAMPLES / "expense-rules.dmn").read_text(encoding="utf-8")
    named = re.sub(r"(<decision [^>]*\bname=)\"[^\"]*\"", lambda found: found[1] + quoteattr(HOSTILE), decision)
    named = re.sub(r"(<(?:input|output) [^>]*\blabel=)\"[^\"]*\"", lambda found: found[1] + quoteattr(LONG), named)
    named = re.sub(r"(<rule [^>]*>)", lambda found: f"{found[1]}<description>{escape(LONG)}</description>", named)
    desk.deploy(named, name="hostile.dmn")
    variables = {"given": LONG, "which": [HOSTILE] * 50, "html": {"<b>": MARKUP}}
    for _ in range(2):
        body = {"key": "hostile", "businessKey": SHORT, "variables": variables}
        desk.ok("POST", "/process-instances", json=body)
    worker = {"worker": SHORT, "types": ["hostile-job", SHORT]}
    [job] = desk.ok("POST", "/jobs/activate", json=worker)["items"]
    failure = {"worker": SHORT, "message": LONG[:9_000], "retries": 0}
    desk.ok("POST", f"/jobs/{job['id']}/fail", json=failure)
    desk.ok("POST", "/groups", json={"id": NAME, "name": SHORT})
    desk.ok("POST", "/users", json={"id": "mallory", "name": SHORT, "groups": [NAME]})
    desk.ok("POST", "/api-keys", json={"userId": "mallory", "name": SHORT})
    files = [("schema.bpmn", SCHEMA_PROCESS), ("hostile.schema.json", json.dumps(SCHEMA))]
    desk.ok("POST", "/deployments", files=[("resource", (name, text.encode())) for name, text in files])
    desk.deploy(GUIDED, name="guided.bpmn")
    older = PROCESS.replace('id="work"', 'id="work2"').replace('targetRef="work"', 'targetRef="work2"')
    desk.deploy(older, name=f"{NAME[:200]}.bpmn")
    filled = {"given": LONG, MARKUP: {MARKUP: LONG}, "rows": [{MARKUP: LONG}], "list": [LONG], "free": {MARKUP: LINK}}
    body = {"key": "schema", "businessKey": SHORT, "variables": filled | {"file": f"data:text/html;name={LINK},x"}}
    desk.ok("POST", "/process-instances", json=body)
    desk.ok("POST", "/process-instances", json={"key": "guided", "variables": {MARKUP: LONG, TURNED: HOSTILE}})
    desk.ok("POST", "/batches", json={"deed": "resume", "filter": {"key": "hostile"}, "reason": LONG[:1000]})
    spent = {"category": HOSTILE, "receipt": True, "amount": 80}
    desk.ok("POST", "/decision-definitions/evaluate", json={"key": "expense-route", "variables": spent})


def places_of(desk: Api) -> list[str]:
    """Pages that no link of another page leads to, or that are one of a kind with others."""
    tasks = desk.ok("GET", "/user-tasks", params={"open": True, "limit": 100})["items"]
    one_of_each = {(task["key"], task["elementId"]): task for task in tasks if task["key"] in KEYS}.values()
    instances = desk.ok("GET", "/process-instances", params={"limit": 100})["items"]
    newer, older = desk.ok("GET", "/process-definitions", params={"key": "hostile"})["items"]
    [schema] = desk.ok("GET", "/process-definitions", params={"key": "schema"})["items"]
    evaluation = desk.ok("GET", "/decision-evaluations")["items"][0]
    [batch] = desk.ok("GET", "/audit-events", params={"type": "BatchRequested"})["items"]
    of_each = [next(each for each in instances if each["key"] == key) for key in KEYS]
    return [
        *(f"/tasks/{task['id']}" for task in one_of_each),
        *(f"/instances/{each['id']}" for each in of_each[:2]),
        *(f"/instances/{each['id']}?at=8" for each in of_each),
        f"/instances/batches/{batch['data']['batchId']}",
        f"/processes/{newer['id']}/compare?with={older['id']}",
        f"/processes/{older['id']}?view=p95",
        f"/processes/{schema['id']}/start",
        f"/processes/{newer['id']}/start",
        f"/decisions/{evaluation['decisionDefinitionId']}",
        f"/decisions/evaluations/{evaluation['id']}",
        f"/people/groups/{quote(NAME, safe='')}",
        f"/instances?businessKeyPrefix={quote(SHORT[:40])}&variable={quote(MARKUP)}%3D{quote(LINK)}&elementId={quote(LINK)}",
        f"/tasks?inbox=all&name={quote(MARKUP)}&assignee={quote(SHORT)}",
        f"/audit?type={quote(MARKUP)}&key={quote(TURNED)}",
        f"/operations/jobs?type={quote(SHORT)}",
        f"/decisions/evaluations?key={quote(MARKUP)}",
        f"/nothing/{quote(NAME)}",
    ]


def kind_of(path: str) -> str:
    """Pages that differ by an id, a name or their query only are one."""
    return re.sub(r"\d{6,}|[0-9a-f]{32}|(?<=/people/users/).+|(?<=/people/groups/).+", "*", path)


def pages_that_links_lead_to(page: Any, places: list[str]) -> Iterator[str]:
    """Those, then each kind of page once, while the caller has it open; those with hostile texts come first."""
    waiting = [*places, "/", "/processes", "/instances", "/people", "/operations/incidents", "/operations/jobs"]
    waiting += ["/upload", "/people/users/mallory", "/login"]
    seen: set[str] = set()
    asked_for = set(places)
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in seen and path not in asked_for:
            continue
        asked_for.discard(path)
        seen.add(kind_of(path))
        page.goto(path)
        page.locator("main h1").first.wait_for()
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-island]')].every((island) => 'mounted' in island.dataset)"
        )
        yield path
        links = page.evaluate(
            "() => [...document.querySelectorAll('a[href]:not([download])')]"
            ".filter((a) => a.origin === location.origin).map((a) => a.pathname)"
        )
        waiting += [link for link in links if not link.startswith(("/api/", "/static/", "/openapi"))]


def test_hostile_texts_are_inert_and_readable_on_every_page(open_page: Any, hostile: Server) -> None:
    page = open_page(base_url=hostile.url)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("dialog", lambda dialog: asked.add(f"dialog {dialog.message}"))
    wrong: list[str] = []
    looked_at = []

    with Api(hostile.url) as desk:
        places = places_of(desk)
    for path in pages_that_links_lead_to(page, places):
        looked_at.append(kind_of(path))
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            if is_wider_than_its_window(page):
                wrong.append(f"{path}: scrolls sideways at {size['width']} pixels")
        if page.evaluate("window.ran"):
            wrong.append(f"{path}: a script ran")
        led = page.evaluate(
            "() => [...document.querySelectorAll('a[href], form[action], iframe, object, embed, base, area[href]')]"
            ".map((e) => e.href?.baseVal ?? e.href ?? e.getAttribute('action') ?? e.outerHTML)"
        )
        wrong += [f"{path}: leads to {link}" for link in led if "evil.example" in link or link.startswith("java")]
        if "49{%" in page.locator("body").inner_text():
            wrong.append(f"{path}: a text was taken for a template")

    assert wrong == []
    assert {each for each in asked if each} == {urlsplit(hostile.url).netloc}
    assert {"/processes/*", "/instances/*", "/operations/incidents/*", "/people/users/*", "/audit"} <= set(looked_at)
    assert {kind_of(path) for path in places} <= set(looked_at)
    assert len(looked_at) >= 20 + len(places)


def test_a_hostile_name_can_be_read_as_it_is(open_page: Any, hostile: Server) -> None:
    page = open_page(base_url=hostile.url)

    page.goto("/people/users/mallory")

    assert page.get_by_role("heading", level=1).inner_text().startswith("<script>window.ran=1</script>")
    assert page.locator("h1 bdi").count() == 1


def test_what_a_refusal_shows_again_and_what_is_asked_twice_is_inert(open_page: Any, hostile: Server) -> None:
    page = open_page(base_url=hostile.url)
    with Api(hostile.url) as desk:
        [schema] = desk.ok("GET", "/process-definitions", params={"key": "schema"})["items"]
        [task] = [
            each for each in desk.ok("GET", "/user-tasks", params={"open": True})["items"] if each["key"] == "guided"
        ]
    for path, form in ((f"/processes/{schema['id']}/start", "form.form"), (f"/tasks/{task['id']}", "#task-form")):
        page.goto(path)
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        row = page.locator(f"{form} .variable-rows [data-row]").first
        row.get_by_label("Name").fill(SHORT)
        row.get_by_label("Type").select_option("date")
        row.get_by_label("Value").fill(LONG)
        page.locator(f"{form} button.primary").first.click()
        page.locator("[data-row].wrong").wait_for()
        assert page.locator("[data-row].wrong").get_by_label("Value").input_value() == LONG
        assert not page.evaluate("window.ran")
        assert not is_wider_than_its_window(page)

    page.goto(f"/instances?businessKeyPrefix={quote(SHORT[:40])}")
    page.get_by_label("Reason").fill(SHORT)
    page.get_by_label("all that the filter finds").check()
    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("heading", name="To all that is found?").wait_for()
    assert SHORT[:40] in page.locator("dl.facts").inner_text()
    assert not page.evaluate("window.ran")
