"""A compiled FEEL expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

from baton.bpm.errors import ExpressionLimitError
from baton.bpm.expressions.feel.boundary import from_feel
from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame

_TOO_DEEP = "The expression or its data goes too deep; simplify it."


class CompiledFeel:
    """Immutable; may be shared by threads.

    `names` are the variables it may read, `warnings` what is likely wrong though it can be run, and `code` the
    closure for callers that keep their own frames: it takes a frame and gives a FEEL value.
    """

    __slots__ = ("code", "names", "text", "warnings")

    def __init__(self, text: str, code: Code, names: frozenset[str], warnings: tuple[str, ...]) -> None:
        self.text = text
        self.code = code
        self.names = names
        self.warnings = warnings

    def evaluate(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        budget: Budget | None = None,
        notes: list[str] | None = None,
        random: Random | None = None,
    ) -> Any:
        """The result as Python values (see `boundary`). `now` is aware; `notes` collects why something became null.

        A variable that is missing is null. Raises ExpressionLimitError when the budget is used up.
        """
        evaluation = Evaluation(variables, now, budget, notes, random)
        try:
            value = self.code(Frame({}, None, evaluation))
            kind = type(value)
            if kind is bool or kind is str or kind is int or value is None:
                return value
            return from_feel(value, evaluation.budget, notes)
        except (RecursionError, MemoryError) as error:
            raise ExpressionLimitError(_TOO_DEEP) from error


@contextmanager
def guarded() -> Iterator[None]:
    """Turns the interpreter's own limits into ExpressionLimitError; the budget should have been faster."""
    try:
        yield
    except (RecursionError, MemoryError) as error:
        raise ExpressionLimitError(_TOO_DEEP) from error
