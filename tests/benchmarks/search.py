"""What pages read, with 100 process instances and with 1,000,000: the time of an answer must not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

import sqlalchemy

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import flow_node_statistics, process_instances, summary
from baton.bpm.runtime.engine import Engine
from tests.benchmarks import drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure, seconds

GROUP = "search"
SIZES = (100, 1_000_000)
ROUNDS = 60
BASE = 10**12
# Of ten instances one is open, at one of the two tasks; of a hundred open ones one has an incident.
OPEN_EVERY, TROUBLE_EVERY = 10, 1000


def figures() -> Iterator[Figure]:
    for kind, database in servers.DATABASES.items():
        measured: dict[int, dict[str, float]] = {}
        for size in SIZES:
            with database() as url, library.running(url) as engine:
                definition = library.deploy(engine, drawings.sequence(2, "userTask"))
                fill(engine, definition, size)
                measured[size] = {name: p95(ask) for name, ask in questions(engine, definition, size).items()}
        few, many = (measured[size] for size in SIZES)
        for name in few:
            yield figure(GROUP, f"{name}, {kind}, {SIZES[-1]:,} instances: p95 milliseconds", many[name] * 1e3)
            # A millisecond more is none that anybody sees.
            grown = many[name] / max(few[name], 0.001)
            yield figure(GROUP, f"{name}, {kind}: p95 against {SIZES[0]} instances", grown, at_most(2))


def p95(ask: Callable[[], object]) -> float:
    ask()
    return quantiles([seconds(ask) for _ in range(ROUNDS)], n=20)[-1]


def questions(engine: Engine, definition: int, size: int) -> Mapping[str, Callable[[], object]]:
    began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=size // 2)
    key = process_instances.get(engine, BASE + 8, actor=library.ACTOR).key

    def listed(**filters: Any) -> Callable[[], object]:
        return lambda: process_instances.list_(engine, actor=library.ACTOR, **filters)

    return {
        "all": listed(),
        "active of a key": listed(key=key, state=ProcessInstanceState.ACTIVE),
        "by business key": listed(business_key=f"B-{size // 2}"),
        "by the beginning of a business key": listed(business_key_prefix=f"B-{size // 4}"),
        "by a variable": listed(variable=("amount", 7)),
        "by a variable and active": listed(variable=("amount", 7), state=ProcessInstanceState.ACTIVE),
        "at an element": listed(key=key, element_id="task1"),
        "with an incident": listed(has_incident=True),
        "started before": listed(started_before=began),
        "started within, active, of a key": listed(started_after=began, key=key, state=ProcessInstanceState.ACTIVE),
        "statistics": lambda: flow_node_statistics.of_definition(engine, definition, actor=library.ACTOR),
        "summary": lambda: summary.get(engine, actor=library.ACTOR),
    }


def fill(engine: Engine, definition: int, size: int) -> None:
    """Instances as running them leaves them, without their audit; by SQL, for running a million takes hours."""
    at = "1767225600000000 + i * 1000000" if engine.database.is_sqlite else "to_timestamp(1767225600 + i)"
    key = engine.definitions.get(definition).key
    open_, id_ = f"i % {OPEN_EVERY} = 0", f"{BASE} + i * 8"
    element = f"CASE WHEN i % {2 * OPEN_EVERY} = 0 THEN 'task1' ELSE 'task0' END"
    statements = [
        "INSERT INTO process_instance (id, root_id, call_depth, process_definition_id, key, business_key, state,"
        " revision, audit_sequence, audit_hash, started_at, started_by, ended_at) "
        f"SELECT {id_}, {id_}, 0, :definition, :key, 'B-' || i, CASE WHEN {open_} THEN 'active' ELSE 'completed' END,"
        f" 1, 0, :hash, {at}, 'mary', CASE WHEN {open_} THEN NULL ELSE {at} END FROM n",
        "INSERT INTO variable (scope_id, name, process_instance_id, type, value, value_key, size) "
        f"SELECT {id_}, 'amount', {id_}, 'integer', CAST(i % 1000 AS text), 'n:' || (i % 1000), 3 FROM n",
        "INSERT INTO flow_node_instance (id, process_instance_id, process_definition_id, scope_id, element_id,"
        " element_type, state, activated_at, ended_at) "
        f"SELECT {id_} + 1, {id_}, :definition, {id_}, {element}, 'userTask',"
        f" CASE WHEN {open_} THEN 'active' ELSE 'completed' END, {at}, CASE WHEN {open_} THEN NULL ELSE {at} END"
        " FROM n",
        "INSERT INTO user_task (id, process_instance_id, root_id, process_definition_id, key, scope_id, element_id,"
        " kind, name, state, candidate_users, candidate_groups, due_at, priority, options, choose, created_at) "
        f"SELECT {id_} + 1, {id_}, {id_}, :definition, :key, {id_}, {element}, 'user_task', 'Do', 'created', '[]',"
        f" '[]', {at}, 50, '[]', 'one', {at} FROM n WHERE {open_}",
        "INSERT INTO incident (id, process_instance_id, root_id, process_definition_id, scope_id, token_id,"
        " element_id, type, message, details, state, raised_at) "
        f"SELECT {id_} + 2, {id_}, {id_}, :definition, {id_}, {id_} + 1, 'task1', 'job', 'No.', '{{}}', 'open', {at}"
        f" FROM n WHERE i % {TROUBLE_EVERY} = 0",
    ]
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size}) "
    given = {"definition": definition, "key": key, "hash": b""}
    with engine.database.write() as connection:
        for statement in statements:
            connection.execute(sqlalchemy.text(numbers + statement), given)
    flow_node_statistics.roll_up(engine)
    if engine.database.is_sqlite:
        return
    with engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As its own housekeeping does after a while.
        connection.exec_driver_sql("VACUUM ANALYZE")
