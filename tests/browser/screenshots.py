"""`make screenshots`: every page, light and dark, of a real server with the examples, into docs/screenshots.

python -m tests.browser.screenshots [FOLDER] [--narrow]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.acceptance.serving import EXAMPLES, Api, Server
from tests.browser import chromium, serving, small_png

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
COLOURS = ("light", "dark")
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 360, "height": 740}
# What no example has: a timer that waits for days, and work for workers who are elsewhere.
DUNNING = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://example.com"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
<process id="dunning" name="Dunning" isExecutable="true"><startEvent id="start"/>
<intermediateCatchEvent id="grace" name="Ten days of grace"><timerEventDefinition><timeDuration>P10D</timeDuration>
</timerEventDefinition></intermediateCatchEvent><serviceTask id="charge" name="Charge the card"><extensionElements>
<zeebe:taskDefinition type="charge-card"/></extensionElements></serviceTask>
<sequenceFlow id="f" sourceRef="start" targetRef="grace"/><sequenceFlow id="g" sourceRef="start" targetRef="charge"/>
</process></definitions>"""


def main(folder: Path, viewport: dict[str, int]) -> None:
    """Make all of them."""
    path = chromium.find(install=True)
    if path is None:
        sys.exit(chromium.HINT)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        opened, closed = Path(temporary) / "open", Path(temporary) / "closed"
        for each in (opened, closed):
            each.mkdir()
        with serving.open_server(opened) as server, Api(server.url) as desk:
            _take(browser, server, dict(pages(desk)), folder, viewport)
        with serving.secured_server(closed) as (server, _key):
            _take(browser, server, {"login": "/login"}, folder, viewport)
        browser.close()


def pages(desk: Api) -> Iterator[tuple[str, str]]:
    """Names of files and paths of pages, after a day's work was done on the server."""
    _work(desk)
    yield from (
        ("home", "/"),
        ("tasks", "/tasks"),
        ("processes", "/processes"),
        ("upload", "/upload"),
        ("instances", "/instances"),
        ("decisions", "/decisions"),
        ("decisions-history", "/decisions/evaluations"),
        ("modeler", "/modeler/bpmn"),
        ("modeler-dmn", "/modeler/dmn"),
        ("modeler-form", "/modeler/form"),
        ("modeler-files", "/modeler"),
        ("audit", "/audit"),
        ("audit-verification", "/audit/verification"),
        ("operations", "/operations"),
        ("operations-incidents", "/operations/incidents"),
        ("operations-jobs", "/operations/jobs"),
        ("operations-workers", "/operations/workers"),
        ("people", "/people"),
        ("people-new", "/people/new"),
        ("people-groups", "/people/groups"),
        ("people-keys", "/people/keys"),
        ("people-user", "/people/users/anna"),
        ("people-group", "/people/groups/sales"),
        ("http-api", "/docs"),
    )
    process, older = desk.ok("GET", "/process-definitions", params={"key": "loan-approval"})["items"]
    yield "process", f"/processes/{process['id']}"
    yield "process-compare", f"/processes/{process['id']}/compare?with={older['id']}"
    with_form = desk.ok("GET", "/process-definitions", params={"key": "expense-report"})["items"][0]
    yield "process-start", f"/processes/{with_form['id']}/start"
    incident = desk.ok("GET", "/incidents", params={"state": "open"})["items"][0]
    instance = f"/instances/{incident['processInstanceId']}"
    yield "instance", instance
    yield "instance-past", f"{instance}?at=9"
    batch = desk.ok("POST", "/batches", json={"deed": "suspend", "filter": {"key": "dunning"}})
    yield "instances-batch", f"/instances/batches/{batch['id']}"
    yield "operations-repair", f"/operations/incidents/{incident['cause']}"
    job = desk.ok("GET", "/jobs")["items"][0]
    yield "operations-job", f"/operations/jobs/{job['id']}"
    task = next(task for task in desk.ok("GET", "/user-tasks", params={"open": True})["items"] if task["hasForm"])
    yield "task", f"/tasks/{task['id']}"
    evaluation = desk.ok("GET", "/decision-evaluations")["items"][0]
    yield "decision", f"/decisions/{evaluation['decisionDefinitionId']}"
    yield "decision-evaluation", f"/decisions/evaluations/{evaluation['id']}"


def _work(desk: Api) -> None:
    older = (EXAMPLES / "loan-approval.bpmn").read_text(encoding="utf-8")
    desk.deploy(older.replace('name="low"', 'name="small"'), name="loan-approval.bpmn")
    for amount in (5_000, 9_000, 30_000):
        desk.start("loan-approval", amount=amount)
    desk.deploy(DUNNING, name="dunning.bpmn")
    for amount in (20, 35, 90):
        desk.start("dunning", amount=amount)
    task = desk.ok("GET", "/user-tasks", params={"open": True})["items"][0]
    desk.ok("PATCH", f"/user-tasks/{task['id']}", json={"dueAt": "2026-01-05T09:00:00Z"})
    desk.ok("POST", "/jobs/activate", json={"worker": "payments-1", "types": ["charge-card", "refund"]})
    desk.ok("POST", "/api-keys", json={"userId": "anna", "name": "nightly import"})
    spent = {"category": "travel", "receipt": True, "amount": 80}
    desk.ok("POST", "/decision-definitions/evaluate", json={"key": "expense-route", "variables": spent})


def _take(browser: Any, server: Server, paths: dict[str, str], folder: Path, viewport: dict[str, int]) -> None:
    for colours in COLOURS:
        context = browser.new_context(
            base_url=server.url, viewport=viewport, color_scheme=colours, reduced_motion="reduce"
        )
        page, helper = context.new_page(), context.new_page()
        for name, path in paths.items():
            answer = page.goto(path)
            if not answer.ok:
                raise SystemExit(f"Expected the page {path} for {name}, found status {answer.status}.")
            page.locator("main h1").first.wait_for()
            page.wait_for_function(_MOUNTED)
            small = small_png.reduce(helper, page.screenshot())
            (folder / f"{name}-{colours}.png").write_bytes(small)
            print(f"{name}-{colours}.png {len(small) / 1000:.0f} kB", flush=True)
        context.close()


# Every island that is to be seen is there.
_MOUNTED = """() => [...document.querySelectorAll("[data-island]")].every(
  (island) => "mounted" in island.dataset || island.closest("details:not([open])"))"""

if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(Path(given[0]) if given else FOLDER, NARROW if "--narrow" in sys.argv else WIDE)
