"""The state of everything in a few numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.bpm import errors
from baton.bpm.runtime import process_instances, summary, user_tasks
from baton.bpm.testing import VirtualClock
from tests.integration.support import JOHN, MARY, TWO_TASKS, Desk, diagram, flow
from tests.integration.test_process_instances import DECIDE

DUE = TWO_TASKS.replace(b'id="check"', b'id="check" camunda:dueDate="2026-01-01T10:00:00Z"')


def test_it_counts_what_runs_what_is_in_trouble_and_what_began_and_ended(
    desk: Desk, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = summary.get(desk.engine, actor=MARY)
    assert (empty.active, empty.last_event_id) == (0, None)
    desk.deploy(DUE)
    first, second = desk.start(), desk.start()
    clock.advance(timedelta(minutes=30))
    process_instances.suspend(desk.engine, second.id, actor=MARY)
    process_instances.terminate(desk.engine, first.id, actor=MARY)
    before = summary.get(desk.engine, actor=MARY)
    clock.advance(timedelta(minutes=31))
    desk.deploy(DECIDE.replace(b'"order"', b'"decide"'))
    desk.start("decide")
    desk.start()

    view = summary.get(desk.engine, actor=MARY)

    assert (before.last_hour.started, before.last_hour.ended, before.last_minute.ended) == (2, 1, 1)
    assert before.overdue_tasks == 0
    assert (view.active, view.suspended, view.incidents) == (2, 1, 1)
    assert (view.open_tasks, view.overdue_tasks) == (2, 2)
    assert (view.last_hour.started, view.last_hour.ended) == (2, 1)
    assert (view.last_minute.started, view.last_minute.ended) == (2, 0)
    assert view.last_event_id is not None
    assert before.last_event_id is not None
    assert view.last_event_id > before.last_event_id
    assert (view.running, view.waiting) == (0, 2)
    monkeypatch.setattr(summary, "COUNTED", 1)
    assert summary.get(desk.engine, actor=MARY).open_tasks == 1


def test_it_is_for_operators(desk: Desk) -> None:
    assert user_tasks.list_(desk.engine, actor=JOHN).items == ()
    with pytest.raises(errors.NotAllowed):
        summary.get(desk.engine, actor=JOHN)


LONG_RUN = diagram(
    '<startEvent id="start"/><serviceTask id="later" name="Later" camunda:asyncBefore="true" '
    'camunda:expression="${1 + 1}"/><userTask id="look" name="Look"/><endEvent id="end"/>'
    + flow("start", "later")
    + flow("later", "look")
    + flow("look", "end"),
    key="long",
)


def test_what_goes_on_by_itself_runs_and_everything_else_waits(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    desk.deploy(LONG_RUN)
    desk.start()
    first, second = desk.start("long"), desk.start("long")
    process_instances.suspend(desk.engine, second.id, actor=MARY)

    before = summary.get(desk.engine, actor=MARY)
    desk.settle()
    after = summary.get(desk.engine, actor=MARY)

    assert (before.active, before.running, before.waiting, before.suspended) == (2, 1, 1, 1)
    assert (after.active, after.running, after.waiting, after.suspended) == (2, 0, 2, 1)
    assert desk.task(first.id).element_id == "look"


def test_only_so_many_due_jobs_are_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deploy(LONG_RUN)
    for _ in range(3):
        desk.start("long")

    monkeypatch.setattr(summary, "_LOOKED_AT", 2)

    view = summary.get(desk.engine, actor=MARY)
    assert (view.running, view.waiting) == (2, 1)
