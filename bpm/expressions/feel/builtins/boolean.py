"""Boolean functions (DMN 1.5, 10.3.4.2 and Camunda's)."""

from __future__ import annotations

from baton.bpm.errors import ExpressionError
from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import Value


@builtin("not", "negand: any")
def negation(evaluation: Evaluation, negand: Value) -> bool | None:
    return not negand if type(negand) is bool else None


@builtin("is defined", "value: any")
def is_defined(evaluation: Evaluation, value: Value) -> bool:
    """Names and paths are decided by the compiler; every other value is defined."""
    return True


@builtin("get or else", "value: any, default: any")
def get_or_else(evaluation: Evaluation, value: Value, default: Value) -> Value:
    return default if value is None else value


@builtin("assert", "value: any, condition: any, cause?: string")
def assertion(evaluation: Evaluation, value: Value, condition: Value, cause: str = "") -> Value:
    """The value, if the condition is true. Raises ExpressionError otherwise."""
    if condition is not True:
        raise ExpressionError(f"The assertion in the expression is not fulfilled{': ' + cause if cause else ''}.")
    return value
