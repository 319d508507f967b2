"""The audit over all instances: searched by indexes, exported whole and harmless, verified to the last event."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy

from baton.bpm import errors
from baton.bpm.runtime import audit_chains, audit_events, audit_exports, keysets, outside_events, walks
from baton.bpm.runtime.actors import Actor, ActorKind
from baton.bpm.runtime.audit_events import AuditEventView, AuditFilters
from baton.bpm.runtime.audit_exports import ExportFormat
from baton.bpm.runtime.engine import Engine
from baton.bpm.testing import VirtualClock
from baton.models import audit_event
from tests.integration.support import MARY, PAUL, TWO_TASKS, Desk


def search(engine: Engine, *, limit: int = 7, **filters: Any) -> list[AuditEventView]:
    """All pages."""
    found: list[AuditEventView] = []
    cursor = None
    while True:
        page = audit_events.list_(engine, **{"actor": MARY, **filters}, limit=limit, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def row(view: AuditEventView) -> dict[str, Any]:
    texts = dict.fromkeys(audit_exports.COLUMNS, "")
    return texts | {"id": str(view.id), "type": view.type, "actorId": view.actor_id, "data": view.data}


def exported(engine: Engine, format: ExportFormat = ExportFormat.NDJSON, **filters: Any) -> str:
    chunks = audit_exports.export(engine, AuditFilters(**filters), actor=MARY, format=format, row=row)
    return b"".join(chunks).decode()


def exported_ids(engine: Engine, **filters: Any) -> list[int]:
    return [int(msgspec.json.decode(line)["id"]) for line in exported(engine, **filters).splitlines()]


@pytest.fixture
def three(desk: Desk, clock: VirtualClock) -> Desk:
    """Three instances, a day apart."""
    desk.deploy(TWO_TASKS)
    for _ in range(3):
        instance = desk.start()
        desk.complete(instance.id, amount=1)
        clock.advance(timedelta(days=1))
    return desk


def test_every_filter_finds_what_it_says_page_by_page(three: Desk, clock: VirtualClock) -> None:
    engine = three.engine
    everything = search(engine)
    assert [e.id for e in everything] == sorted((e.id for e in everything), reverse=True)
    start, end = clock() - timedelta(days=2, hours=1), clock() - timedelta(days=1, hours=1)
    definition = next(e.process_definition_id for e in everything if e.process_definition_id)
    cases: list[tuple[dict[str, Any], Callable[[AuditEventView], bool]]] = [
        ({"actor_id": "mary"}, lambda e: e.actor_id == "mary"),
        ({"type": "UserTaskCompleted"}, lambda e: e.type == "UserTaskCompleted"),
        ({"type": "DeploymentCreated"}, lambda e: e.type == "DeploymentCreated"),
        ({"element_id": "check"}, lambda e: e.element_id == "check"),
        ({"key": "order"}, lambda e: e.process_definition_id == definition),
        ({"after": start, "before": end}, lambda e: start < e.occurred_at < end),
        ({"before": end, "element_id": "ship"}, lambda e: e.occurred_at < end and e.element_id == "ship"),
        ({"after": start, "actor_id": "nobody"}, lambda e: False),
    ]
    for filters, holds in cases:
        expected = [e.id for e in everything if holds(e)]
        assert [e.id for e in search(engine, **filters)] == expected, filters
        assert exported_ids(engine, **filters) == sorted(expected), filters
    assert search(engine, actor=PAUL) == []


def test_a_search_without_index_looks_at_some_events_at_a_time(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = search(three.engine, element_id="check")
    by_time = {"element_id": "check", "after": whole[-1].occurred_at - timedelta(days=1)}
    monkeypatch.setattr(audit_events, "SEARCHED_AT_ONCE", 5)

    page = audit_events.list_(three.engine, actor=MARY, element_id="nothing")
    assert page.items == ()
    assert page.next_cursor is not None
    assert search(three.engine, element_id="nothing") == []
    assert search(three.engine, element_id="check") == whole
    assert search(three.engine, **by_time) == whole


def test_a_search_by_several_filters_that_many_events_pass_finds_the_same_as_one_of_few(
    three: Desk, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = three.engine
    middle = clock() - timedelta(days=1, hours=1)
    definition = next(e.process_definition_id for e in search(engine) if e.process_definition_id)
    several: list[dict[str, Any]] = [
        {"actor_id": "mary", "key": "order"},
        {"actor_id": "mary", "type": "ProcessInstanceStarted", "process_definition_id": definition},
        {"key": "order", "before": middle},
        {"process_definition_id": definition, "element_id": "ship", "after": middle},
        {"actor_id": "nobody", "key": "order"},
        {"key": "order", "process_definition_id": definition + 1},
        {"key": "nothing"},
    ]
    whole = [search(engine, **filters) for filters in several]
    assert [bool(found) for found in whole] == [True, True, True, True, False, False, False]
    monkeypatch.setattr(walks, "FEW", 0)
    monkeypatch.setattr(audit_events, "SEARCHED_AT_ONCE", 4)

    assert [search(engine, **filters) for filters in several] == whole


def test_a_cursor_of_a_search_with_other_times_does_not_lead_out_of_these(three: Desk) -> None:
    newest, *_, oldest = search(three.engine)
    later = audit_events.list_(three.engine, actor=MARY, after=oldest.occurred_at, limit=1)
    assert later.next_cursor is not None

    page = audit_events.list_(three.engine, actor=MARY, before=newest.occurred_at, cursor=later.next_cursor, limit=100)

    assert page.items
    assert all(event.occurred_at < newest.occurred_at for event in page.items)


@pytest.mark.parametrize(
    "filters",
    [
        {"cursor": "?"},
        {"cursor": keysets.encode("audit-events:time", 1, 1)},
        {"cursor": keysets.encode("audit-events", "1")},
        {"cursor": keysets.encode("audit-events:time", 2**62, 1), "after": VirtualClock},
        {"limit": 0},
    ],
)
def test_bad_input_is_refused_by_name(three: Desk, clock: VirtualClock, filters: dict[str, Any]) -> None:
    given = {name: clock() - timedelta(days=9) if value is VirtualClock else value for name, value in filters.items()}

    with pytest.raises(errors.InvalidCommand) as refused:
        audit_events.list_(three.engine, actor=MARY, **given)

    assert refused.value.field in filters


def test_searches_over_very_many_events_answer_from_an_index(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(TWO_TASKS)
    desk.complete(desk.start().id)
    engine = desk.engine
    with engine.database.write() as connection:
        one = connection.execute(sqlalchemy.select(audit_event).limit(1)).one()._asdict()
        base = {name: value for name, value in one.items() if name not in ("id", "transaction_id")}
        rows = [
            base
            | {
                "process_instance_id": number // 20 + 10**6,
                "sequence": number % 20 + 1,
                "occurred_at": clock() + timedelta(seconds=number),
                "actor_id": "rare" if number == 77 else f"user-{number % 50}",
                "type": "FlowNodeCompleted",
                "element_id": f"e{number % 8}",
                "process_definition_id": 1 + number % 3,
                "rare_type": None,
            }
            for number in range(100_000)
        ]
        for start in range(0, len(rows), 20_000):
            connection.execute(audit_event.insert(), rows[start : start + 20_000])
    if not engine.database.is_sqlite:
        with engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE audit_event")
    middle = clock() + timedelta(seconds=50_000)
    told: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            told.append((statement, parameters))

    sqlalchemy.event.listen(engine.database.engine, "before_cursor_execute", hear)
    for filters in (
        {},
        {"actor_id": "rare"},
        {"actor_id": "user-1"},
        {"type": "DeploymentCreated"},
        {"process_definition_id": 2},
        {"element_id": "nothing"},
        {"before": middle},
        {"before": middle, "element_id": "e1"},
        {"process_instance_id": 10**6 + 5},
        {"before": middle, "actor_id": "user-1"},
        {"before": middle, "process_definition_id": 2},
        {"actor_id": "user-1", "process_definition_id": 2},
    ):
        page = audit_events.list_(engine, actor=MARY, limit=20, **filters)  # type: ignore[arg-type]
        if page.next_cursor:
            audit_events.list_(engine, actor=MARY, limit=20, cursor=page.next_cursor, **filters)  # type: ignore[arg-type]
    sqlalchemy.event.remove(engine.database.engine, "before_cursor_execute", hear)

    with engine.database.read() as connection:
        for statement, parameters in told:
            kind = "QUERY PLAN" if engine.database.is_sqlite else ""
            plan = "\n".join(
                str(each[-1]) for each in connection.exec_driver_sql(f"EXPLAIN {kind} {statement}", parameters)
            )
            assert "Seq Scan on audit_event" not in plan, f"{statement}\n{plan}"
            # What few are left by is found by its ids and then sorted.
            is_few = "audit_event USING INTEGER PRIMARY KEY (rowid=?)" in plan
            assert is_few or "USE TEMP B-TREE FOR ORDER BY" not in plan, f"{statement}\n{plan}"
            # The walk back from the newest event is the order itself; without an order nothing may be walked.
            assert "SCAN audit_event" not in plan or "ORDER BY" in statement, f"{statement}\n{plan}"


# --- export --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_cell_of_the_csv_is_no_formula(desk: Desk, name: str) -> None:
    with desk.engine.database.write() as connection:
        outside_events.record(desk.engine, connection, Actor(ActorKind.USER, name), "Tried")

    (cell,) = [each["actorId"] for each in csv.DictReader(io.StringIO(exported(desk.engine, ExportFormat.CSV)))]

    assert cell == f"'{name}"


def test_csv_and_ndjson_have_the_same_events_in_chunks(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_exports, "_AT_ONCE", 4)
    ids = exported_ids(three.engine)

    text = exported(three.engine, ExportFormat.CSV)

    assert [int(each["id"]) for each in csv.DictReader(io.StringIO(text))] == ids
    assert len(ids) > 12
    assert exported(three.engine, ExportFormat.CSV, actor_id="nobody").count("\n") == 1


def test_an_export_too_large_is_refused_before_its_first_line(three: Desk) -> None:
    with pytest.raises(errors.TooLarge, match="narrow"):
        audit_exports.export(three.engine, AuditFilters(), actor=MARY, format=ExportFormat.NDJSON, row=row, most=5)
    with pytest.raises(errors.NotAllowed):
        audit_exports.export(three.engine, AuditFilters(), actor=PAUL, format=ExportFormat.NDJSON, row=row)


def test_an_export_has_nothing_that_a_running_transaction_may_still_precede(three: Desk) -> None:
    engine = three.engine
    if engine.database.is_sqlite:
        pytest.skip("SQLite has one writer: ids are in commit order")
    before = exported_ids(engine)
    written, leave = threading.Event(), threading.Event()

    def slow() -> None:
        with engine.database.write() as connection:
            outside_events.record(engine, connection, MARY, "Slow")
            written.set()
            leave.wait(30)

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    three.start()
    during = exported_ids(engine)
    leave.set()
    thread.join()

    assert during == before
    assert len(exported_ids(engine)) == len(search(engine, limit=200)) > len(before)


# --- verification --------------------------------------------------------------------------------------------


def test_all_chains_are_verified_page_by_page_and_a_changed_event_shows(three: Desk) -> None:
    engine = three.engine

    def verified() -> list[audit_chains.ChainView]:
        found: list[audit_chains.ChainView] = []
        cursor = None
        while True:
            page = audit_chains.verify_all(engine, actor=MARY, limit=2, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

    assert [chain.broken_at for chain in verified()] == [None] * 3
    second = verified()[1]
    with engine.database.write() as connection:
        connection.execute(
            audit_event.update()
            .where(audit_event.c.process_instance_id == second.process_instance_id, audit_event.c.sequence == 3)
            .values(actor_id="somebody-else")
        )

    assert [chain.broken_at for chain in verified()] == [None, 3, None]
    with pytest.raises(errors.NotFound):
        audit_chains.verify(engine, 1, actor=MARY)
    with pytest.raises(errors.NotAllowed):
        audit_chains.verify_all(engine, actor=PAUL)
    with pytest.raises(errors.InvalidCommand, match="cursor"):
        audit_chains.verify_all(engine, actor=MARY, cursor=keysets.encode("audit-events", 1))
