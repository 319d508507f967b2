"""Expressions of forms: compiled when the form is read, evaluated on one budget per submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from baton.bpm import expressions
from baton.bpm.definition.elements import Expression, Language
from baton.bpm.expressions import feel


@dataclass(frozen=True, slots=True)
class Sight:
    """What the formulas of one submission see besides variables. `now` is aware; the budget is used up by all."""

    now: datetime
    budget: feel.Budget = field(default_factory=feel.Budget)


class Formula:
    """A FEEL or JUEL expression, immutable."""

    __slots__ = ("_compiled", "expression")

    def __init__(self, expression: Expression) -> None:
        """Raises `ExpressionSyntaxError`."""
        self.expression = expression
        self._compiled = (
            feel.compile_expression(expression.text)
            if expression.language is Language.FEEL
            else expressions.compile_expression(expression)
        )

    @property
    def text(self) -> str:
        """The source, with the mark that form files use for it."""
        return f"={self.expression.text}" if self.expression.language is Language.FEEL else self.expression.text

    def evaluate(self, variables: Mapping[str, Any], sight: Sight) -> Any:
        """Its value; FEEL makes null of what it cannot calculate. Raises `ExpressionError`."""
        if isinstance(self._compiled, feel.CompiledFeel):
            return self._compiled.evaluate(variables, now=sight.now, budget=sight.budget)
        return self._compiled.evaluate(expressions.EvaluationContext(variables, sight.now))
