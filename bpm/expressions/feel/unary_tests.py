"""Unary tests: the cells of a decision table (DMN 1.5, 10.3.2.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from baton.bpm.expressions.feel.budget import Budget
from baton.bpm.expressions.feel.code import TestCode
from baton.bpm.expressions.feel.compilation.tests import QUESTION
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.expression import guarded


class CompiledUnaryTests:
    """The tests of one cell. Immutable; may be shared by threads.

    `names` are the variables it may read, `warnings` what is likely wrong though it can be run, and `test` the code
    for callers that keep their own frames: it takes the FEEL value to test and a frame.
    """

    __slots__ = ("names", "test", "text", "warnings")

    def __init__(self, text: str, test: TestCode, names: frozenset[str], warnings: tuple[str, ...]) -> None:
        self.text = text
        self.test = test
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
    ) -> bool:
        """Whether `variables["?"]` passes. Raises ExpressionLimitError."""
        evaluation = Evaluation(variables, now, budget, notes, random)
        frame = Frame({}, None, evaluation)
        with guarded():
            return self.test(evaluation.variable(QUESTION), frame) is True
