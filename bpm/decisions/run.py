"""One running evaluation: FEEL's evaluation that also remembers which decisions were made and which rules matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Final

from baton.bpm.decisions.evaluation import EvaluatedDecision, MatchedRule
from baton.bpm.expressions.feel.boundary import from_feel
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import FeelFunction, Value

MAX_RULES_KEPT: Final = 1_000
"""A table inside a loop matches often; the first matches tell enough."""


@dataclass(slots=True)
class Match:
    """A matched rule with FEEL values; `columns` are the names of the outputs, empty where a column has none."""

    table_id: str | None
    rule_id: str | None
    index: int
    columns: Sequence[str]
    outputs: Sequence[Value]


@dataclass(slots=True)
class Making:
    """A decision while it is made. `inputs` are FEEL values by name, `sources` the texts behind labels."""

    id: str
    name: str
    inputs: dict[str, Value]
    matches: list[Match] = field(default_factory=list)
    output: Value = None
    sources: dict[str, str] = field(default_factory=dict)


class Run(Evaluation):
    """Shared by all expressions of one evaluation. `making` is the decision at work."""

    __slots__ = ("made", "making")

    def __init__(
        self,
        variables: Mapping[str, Any],
        now: datetime,
        budget: Budget,
        notes: list[str],
        source: Random | None = None,
    ) -> None:
        super().__init__(variables, now, budget, notes, source)
        self.made: list[Making] = []
        self.making: Making | None = None

    def begin(self, making: Making) -> Making | None:
        """Starts a decision, perhaps inside another one; gives that for `end`."""
        outer = self.making
        self.making = making
        return outer

    def end(self, outer: Making | None) -> None:
        """Keeps the decision at work and goes on with the outer one."""
        if self.making is not None:
            self.budget.elements(1)
            self.made.append(self.making)
        self.making = outer

    def renew_budget(self) -> None:
        """For telling what was found, after a failure that may have used up the budget."""
        self._budget = Budget()

    def abandon(self) -> None:
        """Something failed: the decision at work is kept with what it has seen."""
        self.end(None)

    def saw(self, name: str, value: Value, text: str) -> None:
        """Keeps an input of a table; `text` is its expression."""
        if self.making is not None and len(self.making.inputs) < MAX_RULES_KEPT and name not in self.making.inputs:
            self.making.inputs[name] = value
            if text != name:
                self.making.sources[name] = text

    def matched(self, match: Match) -> None:
        """Keeps a rule that counted."""
        if self.making is not None and len(self.making.matches) < MAX_RULES_KEPT:
            self.budget.elements(1)
            self.making.matches.append(match)

    def evaluated(self) -> tuple[EvaluatedDecision, ...]:
        """All decisions made, as Python values."""
        return tuple(self._evaluated(making) for making in self.made)

    def _evaluated(self, making: Making) -> EvaluatedDecision:
        return EvaluatedDecision(
            id=making.id,
            name=making.name,
            inputs={
                name: self.python(value) for name, value in making.inputs.items() if type(value) is not FeelFunction
            },
            matched_rules=tuple(self._rule(match, making.name) for match in making.matches),
            output=self.python(making.output),
            sources=dict(making.sources),
        )

    def _rule(self, match: Match, decision: str) -> MatchedRule:
        names = [name or decision for name in match.columns]
        values = [self.python(value) for value in match.outputs]
        return MatchedRule(match.table_id, match.rule_id, match.index, dict(zip(names, values, strict=True)))

    def python(self, value: Value) -> Any:
        """The FEEL value as a Python one."""
        return from_feel(value, self.budget)
