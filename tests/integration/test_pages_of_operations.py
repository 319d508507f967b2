"""The pages of operations: health, jobs that are moved, incidents repaired by their cause, workers."""

from __future__ import annotations

import re

import pytest

from baton.bpm.runtime import incident_groups, incidents, jobs, workers
from baton.bpm.runtime.jobs import JobCondition
from tests.integration.pages import Pages
from tests.integration.support import MARY, WORKER, Desk, diagram, flow
from tests.support.rows import rows

CHARGE = diagram(
    '<startEvent id="s"/><serviceTask id="charge" name="Charge the card" camunda:type="external" camunda:topic="pay"/>'
    '<intermediateCatchEvent id="grace" name="Days of grace"><timerEventDefinition><timeDuration>P10D</timeDuration>'
    "</timerEventDefinition></intermediateCatchEvent>" + flow("s", "charge") + flow("s", "grace"),
)
COUNT = diagram(
    '<startEvent id="s"/><scriptTask id="count" name="Count" scriptFormat="feel" camunda:resultVariable="total">'
    "<script>if apples = null then get or else(apples, unknown(1)) else apples + 1</script></scriptTask>"
    '<exclusiveGateway id="how"/><endEvent id="e"/>' + flow("s", "count") + flow("count", "how")
    + flow("how", "e", "=apples &gt; 0"),
    key="count",
)  # fmt: skip


@pytest.fixture
def pages(desk: Desk) -> Pages:
    return Pages(desk.engine)


def test_the_overview_shows_health_workers_and_the_largest_causes(desk: Desk, pages: Pages) -> None:
    desk.deploy(CHARGE)
    desk.start()
    desk.deploy(COUNT)
    desk.start("count")
    jobs.activate(desk.engine, actor=WORKER, types=["pay"], worker="till-1", max_jobs=1, lock_seconds=60)
    workers.note(desk.engine, "till-1", ["pay"], actor=WORKER)

    page = pages.get("/operations")

    for text in ("till-1", "pay", "well", "Repair", "kB" if desk.engine.database.is_sqlite else "MB"):
        assert text in page, text
    assert "till-1" in pages.get("/operations/workers")
    assert pages.client.get("/operations/live", headers={"Host": "localhost"}).headers["ETag"]


def test_a_job_is_run_now_rescheduled_and_given_retries(desk: Desk, pages: Pages) -> None:
    desk.deploy(CHARGE)
    desk.start()
    found = {job.kind: job for job in jobs.list_(desk.engine, actor=MARY).items}
    timer, service = found[jobs.JobKind.TIMER], found[jobs.JobKind.SERVICE]
    listed = pages.get("/operations/jobs?kind=service&condition=due&type=pay")
    assert "Charge the card" in listed
    assert "Days of grace" not in listed

    pages.sent(f"/operations/jobs/{service.id}/retries", retries="7")
    assert jobs.get(desk.engine, service.id, actor=MARY).retries == 7
    pages.sent(f"/operations/jobs/{service.id}/reschedule", dueAt="2026-02-01T08:30")
    assert jobs.get(desk.engine, service.id, actor=MARY).due_at.isoformat() == "2026-02-01T08:30:00+00:00"  # type: ignore[union-attr]
    back = "/operations/jobs?kind=timer"
    assert pages.sent(f"/operations/jobs/{timer.id}/run", back=back) == back
    pages.get(f"/operations/jobs/{timer.id}", status=404)
    assert "there is none" in pages.refused(404, f"/operations/jobs/{timer.id}/run")


def test_a_refused_change_of_a_job_stands_beside_its_field(desk: Desk, pages: Pages) -> None:
    desk.deploy(CHARGE)
    desk.start()
    [service] = jobs.list_(desk.engine, actor=MARY, kind=jobs.JobKind.SERVICE).items
    here = f"/operations/jobs/{service.id}"

    for path, form in (("retries", {"retries": "0"}), ("retries", {"retries": "many"}), ("reschedule", {"dueAt": "x"})):
        assert "aria-invalid" in pages.refused(422, f"{here}/{path}", **form)

    jobs.activate(desk.engine, actor=WORKER, types=["pay"], worker="till-1", max_jobs=1, lock_seconds=60)
    page = pages.refused(409, f"{here}/run")
    assert 'role="alert"' in page
    assert "till-1, until" in page


def test_incidents_of_one_cause_are_repaired_at_once(desk: Desk, pages: Pages) -> None:
    desk.deploy(COUNT)
    for _ in range(3):
        desk.start("count")
    [group] = incident_groups.list_(desk.engine, actor=MARY).items
    assert f"/operations/incidents/{group.cause}" in pages.get("/operations/incidents")
    here = f"/operations/incidents/{group.cause}"
    assert "3 open incidents of this cause" in pages.get(here)

    answer = pages.post(f"{here}/resolve", **rows(("apples", "integer", "some"), ("pears", "decimal", "1.50")))
    assert answer.status_code == 422
    assert '<details id="variables-of-cause" open>' in answer.text
    assert re.search(r'aria-invalid="true"[^>]*>some</textarea>\s*<strong[^>]*>Expected an integer', answer.text)
    assert "1.50</textarea>" in answer.text

    done = pages.post(f"{here}/resolve", **rows(("apples", "integer", "3")))

    assert "3 were tried again." in done.text
    assert "No incident of this cause is open any more." in done.text
    assert incidents.list_(desk.engine, actor=MARY, state=None).items[0].ended_by == "demo"
    assert pages.post(f"{here}/resolve").status_code == 404


def test_retries_are_offered_for_jobs_only_and_what_is_left_goes_on(
    desk: Desk, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.app.web.operations.REPAIRED_AT_ONCE", 2)
    desk.deploy(CHARGE)
    for _ in range(3):
        desk.start()
    for job in jobs.activate(desk.engine, actor=WORKER, types=["pay"], worker="w", max_jobs=3, lock_seconds=60):
        jobs.fail(desk.engine, job.id, actor=WORKER, worker="w", message="no answer", retries=0)
    [group] = incident_groups.list_(desk.engine, actor=MARY).items
    here = f"/operations/incidents/{group.cause}"
    assert 'name="retries"' in pages.get(here)
    assert "out of retries" in pages.get("/operations/jobs?condition=out_of_retries")

    first = pages.post(f"{here}/resolve", retries="5").text
    assert "2 were tried again." in first
    assert "Go on with the rest" in first
    cursor = re.search(r'name="cursor" value="([^"]+)"', first)
    assert cursor
    assert "1 was tried again." in pages.post(f"{here}/resolve", retries="5", cursor=cursor[1]).text

    assert {job.retries for job in jobs.list_(desk.engine, actor=MARY, condition=JobCondition.DUE).items} == {5}


@pytest.mark.parametrize(
    "query", ["condition=odd", "kind=odd", "processInstanceId=x", "dueAfter=now", "processInstanceId=" + "9" * 30]
)
def test_a_filter_that_cannot_be_is_refused_on_the_page(pages: Pages, query: str) -> None:
    assert "Expected" in pages.get(f"/operations/jobs?{query}", status=422)


def test_operations_are_for_operators(pages: Pages) -> None:
    for path in ("", "/live", "/incidents", "/incidents/x", "/jobs", "/jobs/1", "/workers"):
        assert pages.client.get(
            f"/operations{path}", headers={"Host": "localhost", "Baton-User": "ben"}
        ).status_code == 403, path  # fmt: skip
    assert pages.post("/operations/incidents/x/resolve", user="ben").status_code == 403
    assert pages.post("/operations/jobs/1/run", user="ben").status_code == 403


def test_pages_of_operations_cost_as_many_statements_with_many_rows(desk: Desk, pages: Pages) -> None:
    desk.deploy(CHARGE)
    desk.deploy(COUNT)
    paths = ["/", "/live", "/operations", "/operations/incidents", "/operations/jobs", "/operations/workers", "/audit"]

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            desk.start()
            desk.start("count")
            workers.note(desk.engine, f"worker {number}", ["pay"], actor=WORKER)

    grow(0, 30)
    [group] = incident_groups.list_(desk.engine, actor=MARY).items
    paths += [f"/operations/incidents/{group.cause}", "/audit/verification"]
    few = {path: pages.statements(path) for path in paths}
    grow(30, 130)

    assert [path for path in paths if pages.statements(path) > few[path]] == []
    assert max(few.values()) <= 60
