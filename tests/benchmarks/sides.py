"""The same questions asked of few and of many: how much longer an answer takes.

The time is the processor's, the 95th percentile of 10 answers, in the quietest of some turns: what a machine does
beside it is not what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import quantiles

from baton.bpm.runtime.engine import Engine
from tests.benchmarks import processor
from tests.benchmarks.processor import Clock

TURNS, ROUNDS = 3, 10


@dataclass(frozen=True, slots=True)
class Side:
    """Questions by their names, and the clock of what answering them costs."""

    asks: Mapping[str, Callable[[], object]]
    clock: Clock

    @classmethod
    def of(cls, engine: Engine, asks: Mapping[str, Callable[[], object]]) -> Side:
        """Of an engine that has connections open, since one question was answered."""
        next(iter(asks.values()))()
        return cls(asks, processor.clock(engine))


def p95s(few: Side, many: Side, name: str) -> tuple[float, float]:
    """Seconds of both, asked in turn."""
    for side in (few, many):
        side.asks[name](), side.asks[name]()
    turns = [_turn(few, many, name) for _ in range(TURNS)]
    return min(turn[0] for turn in turns), min(turn[1] for turn in turns)


def _turn(few: Side, many: Side, name: str) -> tuple[float, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for side, times in zip((few, many), taken, strict=True):
            begun = side.clock()
            side.asks[name]()
            times.append(side.clock() - begun)
    one, other = (quantiles(times, n=20)[-1] for times in taken)
    return one, other
