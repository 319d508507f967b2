"""What came out of an evaluation, and how: for the caller and for the audit. All values are Python values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton.bpm.errors import ExpressionError


class ReadVariables(Mapping[str, Any]):
    """Variables that remember which of them were read."""

    __slots__ = ("_variables", "names")

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        value = self._variables[name]
        self.names.add(name)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule of a decision table that counted for the result.

    `index` is 1-based, `rule_id` the rule's id in the file or None, `outputs` column name to value (a single column
    without a name has the name of the decision).
    """

    table_id: str | None
    rule_id: str | None
    index: int
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvaluatedDecision:
    """One decision that was made. `inputs` are what it required and the input expressions of its tables, by name.

    `sources` has the text of the expression of an input whose name is a label.
    """

    id: str
    name: str
    inputs: Mapping[str, Any]
    matched_rules: tuple[MatchedRule, ...]
    output: Any
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecisionEvaluation:
    """`outputs` are the results asked for by name; `decisions` all that were made for them, in the order they were.

    `notes` say why something became null; they name types and variables, never values. After a `failure` there are no
    outputs, and the last of `decisions` is the one that failed. `read` are the names of the variables that were read.
    """

    outputs: Mapping[str, Any]
    decisions: tuple[EvaluatedDecision, ...]
    notes: tuple[str, ...] = ()
    failure: ExpressionError | None = None
    read: frozenset[str] = frozenset()

    @property
    def output(self) -> Any:
        """The result where one decision was asked for; of a service with several, all of them by name."""
        return next(iter(self.outputs.values())) if len(self.outputs) == 1 else dict(self.outputs)
