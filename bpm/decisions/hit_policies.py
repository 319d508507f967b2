"""What a decision table gives for the rules that match (DMN 1.5, 8.2.10 and 8.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from baton.bpm.decisions.failure import DecisionError
from baton.bpm.expressions.feel import operators
from baton.bpm.expressions.feel.builtins import FUNCTIONS
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import Value


class HitPolicy(StrEnum):
    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(StrEnum):
    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


GIVES_LIST: Final = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
"""With these a table gives a list, unless it aggregates."""
USES_RANKING: Final = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: its 1-based number, the values of its cells, and the one value they make."""

    number: int
    cells: Sequence[Value]
    value: Value


Rankings: TypeAlias = Sequence[Sequence[Value]]
"""For each output the values it may have, the most important first; empty where none are given."""

Combine: TypeAlias = Callable[[Sequence[Hit], Rankings, Evaluation], "Combined"]


@dataclass(frozen=True, slots=True)
class Combined:
    """The table's result and the hits that made it."""

    value: Value
    hits: Sequence[Hit]


def combiner(policy: HitPolicy, aggregation: Aggregation | None) -> Combine:
    """The function for one or more hits."""
    if policy is HitPolicy.COLLECT and aggregation is not None:
        return _AGGREGATIONS[aggregation]
    return _POLICIES[policy]


def _unique(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
    if len(hits) > 1:
        raise DecisionError(f"rules {_numbers(hits)} match, but the hit policy UNIQUE allows one")
    return Combined(hits[0].value, hits)


def _first(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
    return Combined(hits[0].value, hits[:1])


def _any(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
    for hit in hits[1:]:
        if operators.equal(hits[0].value, hit.value, evaluation) is not True:
            message = f"rules {hits[0].number} and {hit.number} match with different outputs"
            raise DecisionError(f"{message}, but the hit policy ANY wants them to be equal")
    return Combined(hits[0].value, hits)


def _priority(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
    best = min(hits, key=lambda hit: _rank(hit, rankings, evaluation))
    return Combined(best.value, [best])


def _output_order(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
    ordered = sorted(hits, key=lambda hit: _rank(hit, rankings, evaluation))
    return Combined([hit.value for hit in ordered], ordered)


def _in_order(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
    return Combined([hit.value for hit in hits], hits)


def _rank(hit: Hit, rankings: Rankings, evaluation: Evaluation) -> tuple[int, ...]:
    """By the first output, then by the next; values that are not listed come last."""
    return tuple(
        next(
            (place for place, wanted in enumerate(ranking) if operators.satisfies(cell, wanted, evaluation) is True),
            len(ranking),
        )
        for cell, ranking in zip(hit.cells, rankings, strict=True)
    )


def _aggregated(function: str) -> Combine:
    built_in = FUNCTIONS[function]

    def combine(hits: Sequence[Hit], rankings: Rankings, evaluation: Evaluation) -> Combined:
        return Combined(built_in.invoke(evaluation, [[hit.value for hit in hits]]), hits)

    return combine


def _numbers(hits: Sequence[Hit]) -> str:
    shown = [str(hit.number) for hit in hits[:5]]
    more = ["more"] if len(hits) > len(shown) else []
    *first, last = [*shown, *more]
    return f"{', '.join(first)} and {last}"


_POLICIES: Final[Mapping[HitPolicy, Combine]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.ANY: _any,
    HitPolicy.COLLECT: _in_order,
    HitPolicy.RULE_ORDER: _in_order,
    HitPolicy.OUTPUT_ORDER: _output_order,
}
_AGGREGATIONS: Final[Mapping[Aggregation, Combine]] = {
    Aggregation.SUM: _aggregated("sum"),
    Aggregation.COUNT: _aggregated("count"),
    Aggregation.MIN: _aggregated("min"),
    Aggregation.MAX: _aggregated("max"),
}
