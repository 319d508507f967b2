"""Calling FEEL's functions from Python."""

from __future__ import annotations

from collections.abc import Sequence

from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import FeelFunction, Value


def call_function(
    function: FeelFunction, evaluation: Evaluation, arguments: Sequence[Value], label: str = "a function"
) -> Value:
    """Calls by position; null with a note if the number of arguments does not fit."""
    if function.by_name is None and len(arguments) != len(function.parameters):
        evaluation.note(f"'{label}' takes {len(function.parameters)} arguments, found {len(arguments)}")
        return None
    return function.invoke(evaluation, arguments)
