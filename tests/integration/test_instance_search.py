"""Searching process instances: every combination of filters, page by page, each answered from an index."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Select, select, text

from baton.bpm import errors
from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import instance_search, process_instances, user_tasks, walks
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.instance_search import InstanceFilter
from baton.bpm.runtime.process_instances import ProcessInstanceView
from baton.bpm.testing import VirtualClock
from baton.models import process_instance
from tests.integration.support import JOHN, MARY, TWO_TASKS, Desk, diagram, flow

SPLIT = diagram(
    '<startEvent id="start"/><userTask id="check" name="Look"/><exclusiveGateway id="big"/><endEvent id="end"/>'
    + flow("start", "check")
    + flow("check", "big")
    + flow("big", "end", "${amount &gt; 100}"),
    key="other",
)
SECOND_VERSION = TWO_TASKS.replace(b"Check order", b"Check the order")


@pytest.fixture
def shelf(desk: Desk, clock: VirtualClock) -> dict[int, dict[str, Any]]:
    """Sixteen instances of three versions, one a minute; what is true of each by its id."""
    desk.deploy(TWO_TASKS)
    desk.deploy(SPLIT)
    facts: dict[int, dict[str, Any]] = {}
    for number in range(16):
        if number == 8:
            desk.deploy(SECOND_VERSION)
        clock.advance(timedelta(minutes=1))
        key = "other" if number % 4 == 3 else "order"
        variables = {} if number % 4 == 3 and number % 8 == 7 else {"amount": 100 + number % 3, "note": "n" * number}
        view = process_instances.start(
            desk.engine, actor=MARY, key=key, business_key=f"B-{number % 2}-{number}", variables=variables
        )
        facts[view.id] = {"number": number, "key": key, "variables": variables, "element": {"check"}}
        if number % 3 == 0:
            clock.advance(timedelta(seconds=1))
            desk.complete(view.id)
            facts[view.id]["element"] = {"ship"} if key == "order" else set()
    for id_, fact in list(facts.items()):
        if fact["number"] % 5 == 4:
            process_instances.terminate(desk.engine, id_, actor=MARY)
        elif fact["number"] % 7 == 6:
            process_instances.suspend(desk.engine, id_, actor=MARY)
        view = process_instances.get(desk.engine, id_, actor=MARY)
        fact["view"] = view
        if fact["key"] == "other" and fact["number"] % 3 == 0 and view.state == "active":
            fact["element"], fact["incident"] = {"big"}, True
        if view.ended_at is not None:
            fact["element"], fact["incident"] = set(), False
    return facts


def filters(facts: dict[int, dict[str, Any]]) -> dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]]:
    """Arguments of `list_` by a name, each with what they mean."""
    middle: ProcessInstanceView = sorted(facts.items())[7][1]["view"]
    ended = sorted(fact["view"].ended_at for fact in facts.values() if fact["view"].ended_at)[1]
    newest = max(fact["view"].process_definition_id for fact in facts.values())

    def started(test: Callable[[datetime], bool]) -> Callable[[dict[str, Any]], bool]:
        return lambda fact: test(fact["view"].started_at)

    return {
        "key": ({"key": "order"}, lambda fact: fact["key"] == "order"),
        "version": (
            {"key": "order", "version": 2},
            lambda fact: fact["key"] == "order" and fact["view"].process_definition_id == newest,
        ),
        "definition": (
            {"process_definition_id": newest},
            lambda fact: bool(fact["view"].process_definition_id == newest),
        ),
        "active": ({"state": ProcessInstanceState.ACTIVE}, lambda fact: fact["view"].state == "active"),
        "ended": ({"state": ProcessInstanceState.TERMINATED}, lambda fact: fact["view"].state == "terminated"),
        "business key": (
            {"business_key": middle.business_key},
            lambda fact: bool(fact["view"].business_key == middle.business_key),
        ),
        "beginning": (
            {"business_key_prefix": "B-1-"},
            lambda fact: bool(fact["view"].business_key.startswith("B-1-")),
        ),
        "number": (
            {"variable": ("amount", Decimal("101.0"))},
            lambda fact: fact["variables"].get("amount") == 101,
        ),
        "text": ({"variable": ("note", "n" * 5)}, lambda fact: fact["variables"].get("note") == "n" * 5),
        "element": ({"key": "order", "element_id": "ship"}, lambda fact: fact["element"] == {"ship"}),
        "trouble": ({"has_incident": True}, lambda fact: fact.get("incident", False)),
        "no trouble": ({"has_incident": False}, lambda fact: not fact.get("incident", False)),
        "after": ({"started_after": middle.started_at}, started(lambda at: at > middle.started_at)),
        "before": ({"started_before": middle.started_at}, started(lambda at: at < middle.started_at)),
        "ended after": (
            {"ended_after": ended},
            lambda fact: fact["view"].ended_at is not None and fact["view"].ended_at > ended,
        ),
    }


def found(desk: Desk, limit: int = 3, **wanted: Any) -> list[int]:
    """All pages."""
    ids: list[int] = []
    cursor = None
    while True:
        page = process_instances.list_(desk.engine, actor=MARY, limit=limit, cursor=cursor, **wanted)
        ids += [view.id for view in page.items]
        assert len(page.items) <= limit
        cursor = page.next_cursor
        if cursor is None:
            return ids


def test_any_two_filters_together_find_what_both_find(desk: Desk, shelf: dict[int, dict[str, Any]]) -> None:
    known = filters(shelf)
    compared = 0
    for first, second in itertools.combinations_with_replacement(known, 2):
        (given, holds), (also_given, also_holds) = known[first], known[second]
        if any(also_given.get(name, value) != value for name, value in given.items()):
            continue
        expected = [id_ for id_ in sorted(shelf, reverse=True) if holds(shelf[id_]) and also_holds(shelf[id_])]

        ids = found(desk, **given, **{name: value for name, value in also_given.items() if name not in given})

        assert sorted(ids, reverse=True) == expected, (first, second)
        compared += 1
    assert compared > 90


def test_pages_are_newest_first_and_by_business_key_where_its_beginning_leads(
    desk: Desk, shelf: dict[int, dict[str, Any]]
) -> None:
    assert found(desk) == sorted(shelf, reverse=True)
    assert found(desk, key="order") == [id_ for id_ in sorted(shelf, reverse=True) if shelf[id_]["key"] == "order"]
    by_key = [shelf[id_]["view"].business_key for id_ in found(desk, business_key_prefix="B-")]
    assert by_key == sorted(by_key)


def test_a_page_looks_at_a_bounded_number_of_instances_and_its_cursor_leads_on(
    desk: Desk, shelf: dict[int, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance_search, "SCANNED", 4)
    monkeypatch.setattr(instance_search, "_FIRST_LOOK", 4)

    page = process_instances.list_(desk.engine, actor=MARY, limit=1, state=ProcessInstanceState.ACTIVE,
                                   variable=("amount", 101))  # fmt: skip
    assert page.next_cursor is not None
    known = filters(shelf)
    for first, second in itertools.combinations(known, 2):
        (given, holds), (also_given, also_holds) = known[first], known[second]
        if given.keys() & also_given.keys():
            continue
        expected = [id_ for id_ in sorted(shelf, reverse=True) if holds(shelf[id_]) and also_holds(shelf[id_])]
        assert sorted(found(desk, limit=1, **given, **also_given), reverse=True) == expected, (first, second)


def test_a_participant_finds_only_what_concerns_them(desk: Desk, shelf: dict[int, dict[str, Any]]) -> None:
    (mine, *_others) = [id_ for id_, fact in shelf.items() if fact["view"].state == "active" and desk.tasks(id_)]
    for id_ in shelf:
        if shelf[id_]["view"].state != "active":
            continue
        for task in desk.tasks(id_):
            user_tasks.assign(desk.engine, task.id, actor=MARY, assignee="john" if id_ == mine else "paul")

    page = process_instances.list_(desk.engine, actor=JOHN, key=shelf[mine]["key"])

    # A suspended one has a task that anybody may take.
    suspended = [id_ for id_, fact in shelf.items() if fact["view"].state == "suspended"]
    assert {view.id for view in page.items} - set(suspended) == {mine}


def test_what_cannot_be_answered_is_refused_with_what_to_add(desk: Desk) -> None:
    for wanted, field in (
        ({"element_id": "check"}, "key"),
        ({"version": 1}, "version"),
        ({"variable": ("items", [1])}, "variable"),
        ({"cursor": "bm9uZQ", "business_key_prefix": "B"}, "cursor"),
    ):
        with pytest.raises(errors.InvalidCommand) as refusal:
            process_instances.list_(desk.engine, actor=MARY, **wanted)  # type: ignore[arg-type]
        assert refusal.value.field == field


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (InstanceFilter(root_id=5), "ix_process_instance_root_id_id"),
        (InstanceFilter(caller_id=5), "ix_process_instance_caller_id"),
        (InstanceFilter(variable=("amount", 5)), "ix_variable_name_value_key_process_instance_id"),
        (InstanceFilter(business_key="B"), "ix_process_instance_business_key_id"),
        (InstanceFilter(business_key_prefix="B"), "ix_process_instance_business_key_id"),
        (InstanceFilter(process_definition_id=5, element_id="check"), "ix_flow_node_instance_open"),
        (InstanceFilter(has_incident=True), "ix_incident_open_process_instance_id"),
        (InstanceFilter(started_after=datetime.fromisoformat("2026-01-01T00:00Z")), "process_instance_started_at_id"),
        (InstanceFilter(ended_before=datetime.fromisoformat("2026-01-01T00:00Z")), "process_instance_ended_at_id"),
        (InstanceFilter(process_definition_id=5), "ix_process_instance_process_definition_id_state_id"),
        (InstanceFilter(key="order", state=ProcessInstanceState.ACTIVE), "ix_process_instance_key_state_id"),
        (InstanceFilter(key="order"), "ix_process_instance_key_state_id"),
        (InstanceFilter(state=ProcessInstanceState.ACTIVE), "ix_process_instance_state_id"),
        (InstanceFilter(), "PRIMARY KEY"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_every_search_walks_its_index_in_order(engine: Engine, wanted: InstanceFilter, index: str) -> None:
    definitions = [wanted.process_definition_id] if wanted.process_definition_id else None
    walk, _conditions = instance_search.plan(wanted, definitions)
    # A place to go on from, of the walk's own shape.
    after = {1: (9,), 2: ("B-1" if wanted.business_key_prefix else 9, 9)}[1 if walk.order.by is None else 2]

    with engine.database.read() as connection:
        for place in (None, after):
            for statement in walk.statements(place, 51):
                plan = explained(connection, statement)
                wanted_name = (
                    index if engine.database.is_sqlite else index.replace("PRIMARY KEY", "pk_process_instance")
                )
                assert wanted_name in plan, plan
                assert "TEMP B-TREE" not in plan
                assert "Sort" not in plan
                assert "Seq Scan" not in plan


def test_a_cursor_of_another_search_does_not_lead_out_of_this_one(desk: Desk, shelf: dict[int, dict[str, Any]]) -> None:
    views = sorted((fact["view"] for fact in shelf.values()), key=lambda view: view.started_at)
    early, late = views[1].started_at, views[-1].started_at + timedelta(days=1)
    whole = process_instances.list_(desk.engine, actor=MARY, started_before=late, limit=1)
    assert whole.next_cursor is not None

    page = process_instances.list_(desk.engine, actor=MARY, started_before=early, cursor=whole.next_cursor)

    assert [view.id for view in page.items] == [view.id for view in views if view.started_at < early][::-1]


def test_what_a_walk_passes_is_read_by_its_ids_whatever_else_is_asked(engine: Engine) -> None:
    if not engine.database.is_sqlite:
        pytest.skip("PostgreSQL chooses by statistics, which an empty table has none of")
    wanted = InstanceFilter(
        variable=("amount", 5),
        key="order",
        process_definition_id=5,
        state=ProcessInstanceState.ACTIVE,
        started_after=datetime.fromisoformat("2026-01-01T00:00Z"),
    )
    _walk, conditions = instance_search.plan(wanted, [5])

    with engine.database.read() as connection:
        passed = walks.among(connection, process_instance.c.id, [1, 2, 3])
        plan = explained(connection, select(process_instance).where(passed, *conditions))

    assert "SEARCH process_instance USING INTEGER PRIMARY KEY" in plan


def explained(connection: Connection, statement: Select[Any]) -> str:
    """How the database would go about it, were the tables large."""
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    if connection.dialect.name == "sqlite":
        lines: Iterator[Any] = (row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
        return "\n".join("PRIMARY KEY" if line == "SCAN process_instance" else line for line in lines)
    for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
        connection.execute(text(f"SET LOCAL {setting} = off"))
    return "\n".join(connection.execute(text(f"EXPLAIN {compiled}")).scalars())
