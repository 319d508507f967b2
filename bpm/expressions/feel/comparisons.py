"""Code for `=`, `!=`, `<`, `<=`, `>`, `>=`. Comparing with a written number is the hot path and has code of its own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from baton.bpm.expressions.feel import operators
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.numbers import Number
from baton.bpm.expressions.feel.values import Value

Comparison = Callable[[Value, Value, Frame], bool | None]

_PYTHON: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _ordered(compare: Callable[[Value, Value], bool | None]) -> Comparison:
    def run(left: Value, right: Value, frame: Frame) -> bool | None:
        result = compare(left, right)
        if result is None:
            frame.evaluation.mismatch("compare", left, right)
        return result

    return run


def _equality(compare: Callable[[Value, Value, Any], bool | None]) -> Comparison:
    def run(left: Value, right: Value, frame: Frame) -> bool | None:
        result = compare(left, right, frame.evaluation)
        if result is None:
            frame.evaluation.mismatch("compare", left, right)
        return result

    return run


COMPARE: Final[Mapping[str, Comparison]] = {
    "=": _equality(operators.equal),
    "!=": _equality(operators.not_equal),
    "<": _ordered(operators.less),
    "<=": _ordered(operators.less_or_equal),
    ">": _ordered(operators.greater),
    ">=": _ordered(operators.greater_or_equal),
}


def compile_comparison(symbol: str, left: Code, right: Code, number: Number | None) -> Code:
    """`number` is the right side where that is written as one."""
    compare = COMPARE[symbol]
    if number is None:
        return lambda frame: compare(left(frame), right(frame), frame)
    return _with_number(_PYTHON[symbol], compare, left, number)


def _with_number(python: Callable[[Any, Any], bool], compare: Comparison, left: Code, number: Number) -> Code:
    def run(frame: Frame) -> Value:
        value = left(frame)
        kind = type(value)
        if kind is int or kind is Decimal:
            return python(value, number)
        return compare(value, number, frame)

    return run
