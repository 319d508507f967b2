"""Code for `=`, `!=`, `<`, `<=`, `>`, `>=`, ranges and values to look for.

Whole numbers, and numbers that are written down, are the hot path and compared directly.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from baton.bpm.expressions.feel import operators
from baton.bpm.expressions.feel.budget import LONG_TEXT
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.numbers import Number
from baton.bpm.expressions.feel.values import FeelRange, Value

Comparison: TypeAlias = Callable[[Value, Value, Frame], bool | None]
_Python: TypeAlias = Callable[[Any, Any], bool]

_PYTHON: Final[Mapping[str, _Python]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _ordered(python: _Python, compare: Callable[[Value, Value], bool | None]) -> Comparison:
    def run(left: Value, right: Value, frame: Frame) -> bool | None:
        if type(left) is int and type(right) is int:
            return python(left, right)
        if type(left) is str and len(left) > LONG_TEXT:
            frame.evaluation.budget.compare(len(left))
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
    "<": _ordered(operator.lt, operators.less),
    "<=": _ordered(operator.le, operators.less_or_equal),
    ">": _ordered(operator.gt, operators.greater),
    ">=": _ordered(operator.ge, operators.greater_or_equal),
}


def compile_comparison_of(symbol: str, left: Code, right: Code, number: Number | None) -> Code:
    """`number` is the right side where that is written as one."""
    compare = COMPARE[symbol]
    if number is None:
        return lambda frame: compare(left(frame), right(frame), frame)
    python = _PYTHON[symbol]

    def run(frame: Frame) -> Value:
        value = left(frame)
        kind = type(value)
        if kind is int or kind is Decimal:
            return python(value, number)
        return compare(value, number, frame)

    return run


def compile_comparison_test(symbol: str, operand: Code, number: Number | None) -> TestCode:
    """`< 5` as a unary test; `number` is the operand where that is written as one."""
    compare = COMPARE[symbol]
    if number is None:
        return lambda value, frame: compare(value, operand(frame), frame)
    python = _PYTHON[symbol]

    def test(value: Value, frame: Frame) -> bool | None:
        kind = type(value)
        if kind is int or kind is Decimal:
            return python(value, number)
        return compare(value, number, frame)

    return test


def compile_constant_test(wanted: Value) -> TestCode:
    """A number, string or Boolean that is written down: is the value equal to it?"""
    kinds = (int, Decimal) if type(wanted) is int else (type(wanted),)

    def test(value: Value, frame: Frame) -> bool | None:
        if type(value) in kinds:
            # Against a text that is written down, no more than that is looked at.
            return bool(value == wanted)
        return operators.equal(value, wanted, frame.evaluation)

    return test


def compile_number_range_test(low: Number, high: Number, *, start_included: bool, end_included: bool) -> TestCode:
    """A range between two numbers that are written down, the first not above the second."""
    above = operator.le if start_included else operator.lt
    below = operator.le if end_included else operator.lt
    interval = FeelRange(low, high, start_included, end_included)

    def test(value: Value, frame: Frame) -> bool | None:
        kind = type(value)
        if kind is int or kind is Decimal:
            return bool(above(low, value) and below(value, high))
        return operators.satisfies(value, interval, frame.evaluation)

    return test
