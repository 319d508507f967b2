"""Numeric functions (DMN 1.5, 10.3.4.5 and Camunda's `random number`)."""

from __future__ import annotations

import decimal
from decimal import Decimal

from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import CONTEXT, Number, whole
from baton.bpm.expressions.feel.values import MonthsDuration, TimeDuration, Value, is_number

_SMALLEST_SCALE = -6111
_LARGEST_SCALE = 6176


def rounded(number: Number, scale: int, mode: str) -> Number | None:
    """To `scale` digits after the point; negative scales round before it."""
    if not _SMALLEST_SCALE <= scale <= _LARGEST_SCALE:
        return None
    value = Decimal(number)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= scale:
        return number
    context = CONTEXT.copy()
    context.prec = 2 * CONTEXT.prec
    return CONTEXT.plus(value.quantize(Decimal(1).scaleb(-scale, context), mode, context))


@builtin("decimal", "n: number, scale: integer")
def decimal_(evaluation: Evaluation, n: Number, scale: int) -> Number | None:
    return rounded(n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale?: integer")
def floor(evaluation: Evaluation, n: Number, scale: int = 0) -> Number | None:
    return rounded(n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number, scale?: integer")
def ceiling(evaluation: Evaluation, n: Number, scale: int = 0) -> Number | None:
    return rounded(n, scale, decimal.ROUND_CEILING)


@builtin("round up", "n: number, scale?: integer")
def round_up(evaluation: Evaluation, n: Number, scale: int = 0) -> Number | None:
    return rounded(n, scale, decimal.ROUND_UP)


@builtin("round down", "n: number, scale?: integer")
def round_down(evaluation: Evaluation, n: Number, scale: int = 0) -> Number | None:
    return rounded(n, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number, scale?: integer")
def round_half_up(evaluation: Evaluation, n: Number, scale: int = 0) -> Number | None:
    return rounded(n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number, scale?: integer")
def round_half_down(evaluation: Evaluation, n: Number, scale: int = 0) -> Number | None:
    return rounded(n, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs", "n: any")
def absolute(evaluation: Evaluation, n: Value) -> Value:
    if is_number(n):
        return abs(n) if type(n) is int else CONTEXT.abs(n)
    if type(n) is MonthsDuration:
        return MonthsDuration(abs(n.months))
    return TimeDuration(abs(n.nanos)) if type(n) is TimeDuration else None


@builtin("modulo", "dividend: number, divisor: number")
def modulo(evaluation: Evaluation, dividend: Number, divisor: Number) -> Number | None:
    """Has the sign of the divisor."""
    if divisor == 0:
        return None
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend % divisor
    quotient = CONTEXT.divide(Decimal(dividend), Decimal(divisor)).to_integral_value(decimal.ROUND_FLOOR)
    return CONTEXT.subtract(Decimal(dividend), CONTEXT.multiply(Decimal(divisor), quotient))


@builtin("sqrt", "number: number")
def square_root(evaluation: Evaluation, number: Number) -> Decimal | None:
    return CONTEXT.sqrt(Decimal(number)) if number >= 0 else None


@builtin("log", "number: number")
def logarithm(evaluation: Evaluation, number: Number) -> Decimal | None:
    """Natural."""
    return CONTEXT.ln(Decimal(number)) if number > 0 else None


@builtin("exp", "number: number")
def exponential(evaluation: Evaluation, number: Number) -> Decimal:
    return CONTEXT.exp(Decimal(number))


@builtin("odd", "number: number")
def odd(evaluation: Evaluation, number: Number) -> bool | None:
    integer = whole(number)
    return None if integer is None else integer % 2 == 1


@builtin("even", "number: number")
def even(evaluation: Evaluation, number: Number) -> bool | None:
    integer = whole(number)
    return None if integer is None else integer % 2 == 0


@builtin("random number")
def random_number(evaluation: Evaluation) -> Decimal:
    """From 0 up to, but not including, 1."""
    return CONTEXT.divide(Decimal(evaluation.random.randrange(10**16)), Decimal(10**16))
