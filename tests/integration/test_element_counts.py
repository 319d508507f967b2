"""How many tokens and incidents each element of a version has now."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from baton.bpm.runtime import element_counts, process_instances
from tests.integration.support import MARY, PAUL, TWO_TASKS, Desk, diagram, flow

BROKEN = diagram(
    '<startEvent id="start"/><scriptTask id="count" scriptFormat="python"><script>total = apples + 1</script>'
    "</scriptTask>" + flow("start", "count")
)


def test_tokens_are_counted_where_they_are_and_no_longer_where_they_were(desk: Desk) -> None:
    definition_id = desk.deploy(TWO_TASKS).process_definitions[0].id
    first, second = desk.start(), desk.start()
    desk.start()
    desk.complete(first.id)

    assert element_counts.live(desk.engine, definition_id, actor=MARY).tokens == {"check": 2, "ship": 1}

    process_instances.terminate(desk.engine, second.id, actor=MARY)
    desk.complete(first.id)
    assert element_counts.live(desk.engine, definition_id, actor=MARY).tokens == {"check": 1}


def test_versions_are_counted_apart(desk: Desk) -> None:
    older = desk.deploy(TWO_TASKS).process_definitions[0].id
    desk.start()
    newer = desk.deploy(TWO_TASKS.replace(b"Ship order", b"Send order")).process_definitions[0].id
    desk.start()
    desk.start()

    counts = [element_counts.live(desk.engine, id_, actor=MARY).tokens for id_ in (older, newer)]

    assert counts == [{"check": 1}, {"check": 2}]


def test_open_incidents_are_counted(desk: Desk) -> None:
    definition_id = desk.deploy(BROKEN).process_definitions[0].id
    desk.start()

    counts = element_counts.live(desk.engine, definition_id, actor=MARY)

    assert (counts.tokens, counts.incidents) == ({"count": 1}, {"count": 1})


def test_who_is_no_operator_sees_no_counts(desk: Desk) -> None:
    definition_id = desk.deploy(TWO_TASKS).process_definitions[0].id
    desk.start()

    counts = element_counts.live(desk.engine, definition_id, actor=PAUL)

    assert (counts.tokens, counts.incidents) == ({}, {})


@pytest.mark.parametrize(
    ("table", "rows", "index"),
    [
        ("flow_node_instance", "ended_at IS NULL", "ix_flow_node_instance_live"),
        ("incident", "state = 'open'", "ix_incident_open"),
    ],
)
def test_an_index_answers(desk: Desk, table: str, rows: str, index: str) -> None:
    query = f"SELECT element_id, count(*) FROM {table} WHERE process_definition_id = 1 AND {rows} GROUP BY element_id"
    with desk.engine.database.read() as connection:
        if connection.dialect.name == "sqlite":
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
        else:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(text(f"EXPLAIN {query}")).all()

    assert index in str(plan)
