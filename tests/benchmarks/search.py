"""What pages read, with 100 process instances and with 1,000,000: the time of an answer must not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from statistics import quantiles
from typing import Any

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import flow_node_statistics, process_instances, summary
from tests.benchmarks import drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure, seconds
from tests.benchmarks.filling import BASE, Filling

GROUP = "search"
SIZES = (100, 1_000_000)
TURNS, ROUNDS = 3, 20


def figures() -> Iterator[Figure]:
    for kind, database in servers.DATABASES.items():
        measured: dict[int, dict[str, float]] = {}
        for size in SIZES:
            with database() as url, library.running(url) as engine:
                definition = library.deploy(engine, drawings.sequence(2, "userTask"))
                filling = Filling(engine, definition, size)
                filling.instances()
                filling.finish()
                measured[size] = {name: p95(ask) for name, ask in questions(filling, definition).items()}
        few, many = (measured[size] for size in SIZES)
        for name in few:
            yield figure(GROUP, f"{name}, {kind}, {SIZES[-1]:,} instances: p95 milliseconds", many[name] * 1e3)
            # A millisecond more is none that anybody sees.
            grown = many[name] / max(few[name], 0.001)
            yield figure(GROUP, f"{name}, {kind}: p95 against {SIZES[0]} instances", grown, at_most(2))


def p95(ask: Callable[[], object]) -> float:
    """Of the quietest of three turns: what else the machine did meanwhile is not what is measured."""
    ask()
    return min(quantiles([seconds(ask) for _ in range(ROUNDS)], n=20)[-1] for _ in range(TURNS))


def questions(filling: Filling, definition: int) -> Mapping[str, Callable[[], object]]:
    engine, size = filling.engine, filling.size
    began = filling.started(size // 2)
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
