"""What pages read, with 100 process instances and with 1,000,000: the time of an answer must not grow with them.

How the time is taken is told in `sides`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from baton.bpm.lifecycle import ProcessInstanceState
from baton.bpm.runtime import flow_node_statistics, process_instances, summary
from tests.benchmarks import drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure
from tests.benchmarks.filling import BASE, DENSE, Filling
from tests.benchmarks.sides import Side, p95s

GROUP = "search"
SIZES = (100, 1_000_000)


def figures() -> Iterator[Figure]:
    for kind in servers.DATABASES:
        with ExitStack() as stack:
            few, many = (stack.enter_context(_filled(kind, size)) for size in SIZES)
            yield from compared(kind, few, many)


def compared(kind: str, few: Side, many: Side) -> Iterator[Figure]:
    """Each question with few instances and with many."""
    for name in few.asks:
        one, other = p95s(few, many, name)
        yield figure(GROUP, f"{name}, {kind}, {SIZES[-1]:,} instances: p95 milliseconds", other * 1e3)
        # A millisecond more is none that anybody sees.
        grown = other / max(one, 0.001)
        yield figure(GROUP, f"{name}, {kind}: p95 against {SIZES[0]} instances", grown, at_most(2))


@contextmanager
def _filled(kind: str, size: int) -> Iterator[Side]:
    with servers.DATABASES[kind]() as url, library.running(url) as engine:
        definition = library.deploy(engine, drawings.sequence(2, "userTask"))
        filling = Filling(engine, definition, size, None if size > SIZES[0] else DENSE)
        filling.instances()
        filling.finish()
        yield Side.of(engine, questions(filling, definition))


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
        "by a variable": listed(variable=("amount", 2)),
        "by a variable and active": listed(variable=("amount", 2), state=ProcessInstanceState.ACTIVE),
        "at an element": listed(key=key, element_id="task1"),
        "with an incident": listed(has_incident=True),
        "started before": listed(started_before=began),
        "started within, active, of a key": listed(started_after=began, key=key, state=ProcessInstanceState.ACTIVE),
        "statistics": lambda: flow_node_statistics.of_definition(engine, definition, actor=library.ACTOR),
        "summary": lambda: summary.get(engine, actor=library.ACTOR),
    }
