"""The kept results are whole and honest: every promised figure, and `holds` as its value and reach say."""

from __future__ import annotations

import msgspec
import pytest

from tests.benchmarks.figures import RESULTS, Figure, at_least, at_most, figure

PROMISED = (
    "10 pass-through tasks: times faster than raw SpiffWorkflow",
    "200 pass-through tasks: times faster than raw SpiffWorkflow",
    "50 parallel branches: times faster than raw SpiffWorkflow",
    "5 user tasks: times faster than raw SpiffWorkflow",
    "loop of 10,000 turns: cost per turn against 100 turns",
    "completion over HTTP, SQLite, 1 client: share of the floor's throughput",
    "completion over HTTP, SQLite, 8 clients: share of the floor's throughput",
    "completion over HTTP, PostgreSQL, 1 client: share of the floor's throughput",
    "completion over HTTP, PostgreSQL, 8 clients: share of the floor's throughput",
    "one completion, SQLite: SQL statements",
    "one completion, PostgreSQL: SQL statements",
    "FEEL 'amount > 100': time against Python's eval of compiled code",
    "decision table of 20 rules: time against 20 FEEL comparisons",
    "Python script of 3 lines: time against pydantic-monty called bare",
    "JavaScript of 3 lines: time against a bare quickjs-ng worker process",
    "10,000th completion: time against the 10th",
    "10,000th completion: rows written against the 10th",
    "baton serve, idle: PSS of all processes, MB",
    "baton serve, 100,000 waiting instances: memory against idle",
    "kill -9 under load, SQLite: kills survived with every answer kept",
    "kill -9 under load, PostgreSQL: kills survived with every answer kept",
    *(
        f"page {path}, {kind}: p95 against 100 instances"
        for path in (
            "/",
            "/tasks",
            "/processes/ID showing live",
            "/instances",
            "/instances/ID",
            "/audit",
            "/operations",
        )
        for kind in ("SQLite", "PostgreSQL")
    ),
)


@pytest.fixture(scope="module")
def results() -> dict[str, Figure]:
    return {entry.name: entry for entry in msgspec.json.decode(RESULTS.read_bytes(), type=list[Figure])}


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_figure_is_kept_with_its_reach(name: str, results: dict[str, Figure]) -> None:
    entry = results[name]

    assert entry.reach is not None
    words = {"at least": at_least, "at most": at_most}
    kind, _, limit = entry.reach.rpartition(" ")
    assert entry.holds is words[kind](float(limit)).holds(entry.value)


def test_a_figure_without_reach_holds_nothing() -> None:
    stated = figure("engine", "something", 1.0)

    assert stated.reach is None
    assert stated.holds is None


def test_a_figure_says_whether_its_reach_holds() -> None:
    assert figure("engine", "share", 0.36, at_least(0.35)).holds is True
    assert figure("engine", "growth", 1.21, at_most(1.2)).holds is False
