"""Statistics of flow nodes: live tokens, incidents, and how often and how long each was visited."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.bpm import errors
from baton.bpm.runtime import deployments, duration_classes, flow_node_statistics, process_instances
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.flow_node_statistics import DefinitionStatisticsView, FlowNodeStatisticsView
from baton.bpm.settings import Settings
from baton.bpm.testing import VirtualClock
from baton.bpm.worker import Dispatcher
from tests.integration.support import JOHN, MARY, TWO_TASKS, Desk
from tests.integration.test_process_instances import DECIDE

MINUTE = timedelta(minutes=1)


def of(desk: Desk, definition_id: int, **options: bool) -> dict[str, FlowNodeStatisticsView]:
    return {view.element_id: view for view in statistics(desk, definition_id, **options).items}


def statistics(desk: Desk, definition_id: int, **options: bool) -> DefinitionStatisticsView:
    return flow_node_statistics.of_definition(desk.engine, definition_id, actor=MARY, **options)


def test_tokens_and_incidents_are_counted_where_they_are_now(desk: Desk) -> None:
    desk.deploy(DECIDE)
    stuck, decided = desk.start(), desk.start(amount=500)

    views = of(desk, stuck.process_definition_id)
    assert (views["big"].open, views["big"].incidents) == (1, 1)
    assert (views["yes"].open, views["yes"].incidents) == (1, 0)
    process_instances.terminate(desk.engine, stuck.id, actor=MARY)
    desk.complete(decided.id)

    assert {id_: (view.open, view.incidents) for id_, view in of(desk, stuck.process_definition_id).items()} == {}


def test_ended_visits_are_counted_a_while_later_with_their_durations(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(TWO_TASKS)
    minutes = [1, 2, 3, 4, 100]
    started = [desk.start() for _ in minutes]
    for instance, took in zip(started, minutes, strict=True):
        clock.advance(took * MINUTE)
        desk.complete(instance.id)
    process_instances.terminate(desk.engine, started[0].id, actor=MARY)
    definition = started[0].process_definition_id

    assert flow_node_statistics.roll_up(desk.engine) < 5 + 5 + 1, "what has just ended may not be committed yet"
    clock.advance(MINUTE)
    flow_node_statistics.roll_up(desk.engine)
    assert flow_node_statistics.roll_up(desk.engine) == 0

    views = of(desk, definition)
    assert (views["start"].completed, views["start"].median_seconds) == (5, 0.0)
    assert (views["check"].completed, views["check"].open) == (5, 0)
    # Waited 1, 3, 6, 10 and 110 minutes.
    assert views["check"].median_seconds == pytest.approx(6 * 60, rel=0.1)
    assert views["check"].p95_seconds == pytest.approx(110 * 60, rel=0.1)
    assert (views["ship"].completed, views["ship"].cancelled, views["ship"].open) == (0, 1, 4)
    assert views["ship"].median_seconds is None
    assert statistics(desk, definition).counted_until == clock() - MINUTE


def test_versions_are_counted_apart_or_together_and_go_with_their_deployment(desk: Desk, clock: VirtualClock) -> None:
    first = desk.deploy(TWO_TASKS)
    old = desk.start()
    desk.deploy(TWO_TASKS.replace(b"Ship order", b"Ship it"))
    new = desk.start()
    for instance in (old, new):
        desk.complete(instance.id)
    clock.advance(MINUTE)
    flow_node_statistics.roll_up(desk.engine)

    assert of(desk, new.process_definition_id)["ship"].open == 1
    together = of(desk, new.process_definition_id, all_versions=True)
    assert (together["check"].completed, together["ship"].open) == (2, 2)
    assert statistics(desk, new.process_definition_id, all_versions=True).process_definition_ids == (
        new.process_definition_id,
        old.process_definition_id,
    )
    deployments.delete(desk.engine, first.id, actor=MARY, cascade=True)
    assert of(desk, new.process_definition_id, all_versions=True)["check"].completed == 1


def test_many_tokens_are_counted_up_to_a_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_node_statistics, "COUNTED", 3)
    desk.deploy(TWO_TASKS)
    instances = [desk.start() for _ in range(6)]
    for instance in instances[:2]:
        desk.complete(instance.id)

    for all_versions in (False, True):
        views = of(desk, instances[0].process_definition_id, all_versions=all_versions)
        assert {id_: view.open for id_, view in views.items()} == {"check": 3, "ship": 2}


def test_counting_in_pieces_and_twice_at_once_counts_each_visit_once(
    desk: Desk, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_node_statistics, "ROLLED_UP_AT_ONCE", 3)
    desk.deploy(TWO_TASKS)
    instances = [desk.start() for _ in range(5)]
    for instance in instances:
        desk.complete(instance.id)
    clock.advance(MINUTE)
    add, interrupted = flow_node_statistics._add, []

    def add_late(engine, position, rows):  # type: ignore[no-untyped-def]
        if not interrupted:
            interrupted.append(True)
            flow_node_statistics.roll_up(engine)
        return add(engine, position, rows)

    monkeypatch.setattr(flow_node_statistics, "_add", add_late)
    assert flow_node_statistics.roll_up(desk.engine) == 0

    views = of(desk, instances[0].process_definition_id)
    assert (views["start"].completed, views["check"].completed) == (5, 5)


def test_the_dispatcher_counts_by_itself(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baton.bpm.worker._ROLL_UP_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(flow_node_statistics, "SETTLED", timedelta(0))
    with Engine(Settings(database_url=database_url)) as engine:
        desk = Desk(engine)
        desk.deploy(TWO_TASKS)
        instance = desk.start()
        deadline = time.monotonic() + 20
        with Dispatcher(engine, handlers={}):
            while "start" not in of(desk, instance.process_definition_id) and time.monotonic() < deadline:
                engine.wakeups.notify_all()
        assert of(desk, instance.process_definition_id)["start"].completed == 1


def test_only_operators_may_see_them(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    definition = desk.start().process_definition_id

    with pytest.raises(errors.NotAllowed):
        flow_node_statistics.of_definition(desk.engine, definition, actor=JOHN)
    with pytest.raises(errors.NotFound):
        statistics(desk, 5)


@given(st.lists(st.floats(0.002, 1e8), min_size=1, max_size=50))
def test_classes_tell_durations_to_within_ten_percent(seconds: list[float]) -> None:
    visits: dict[int, int] = {}
    for each in seconds:
        class_ = duration_classes.class_of(timedelta(seconds=each))
        assert duration_classes.seconds_of(class_) == pytest.approx(each, rel=0.1)
        visits[class_] = visits.get(class_, 0) + 1

    assert duration_classes.quantile(visits, 1.0) == pytest.approx(max(seconds), rel=0.1)
    if len(seconds) % 2:
        middle = quantiles(seconds, n=2)[0] if len(seconds) > 1 else seconds[0]
        assert duration_classes.quantile(visits, 0.5) == pytest.approx(middle, rel=0.1)
    assert duration_classes.quantile({}, 0.5) is None
