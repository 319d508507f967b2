"""FEEL's operators on values (DMN 1.5, 10.3.2.15, tables 49 to 56). None where FEEL says null: the types do not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any, Final, TypeAlias

from baton.bpm.expressions.feel.budget import LONG_TEXT, MAX_NESTING, Budget, too_nested
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import CONTEXT, MAX_INTEGER, truncated
from baton.bpm.expressions.feel.values import (
    DAY,
    OPEN,
    FeelDate,
    FeelDateTime,
    FeelFunction,
    FeelRange,
    FeelTime,
    MonthsDuration,
    TimeDuration,
    Value,
    at_midnight_utc,
    date_from_ordinal,
    is_number,
)

Operator: TypeAlias = Callable[[Value, Value], Value]
_MAX_DURATION: Final = 10**40


def add(left: Value, right: Value) -> Value:
    """Numbers, strings, durations, and a duration with a date, time or date and time in either order."""
    a, b = type(left), type(right)
    if a is int and b is int:
        return _bounded(left + right)
    if is_number(left) and is_number(right):
        return CONTEXT.add(left, right)
    if a is str and b is str:
        return left + right
    if a in (MonthsDuration, TimeDuration) and b is not a:
        left, right, b = right, left, a
    if b is MonthsDuration:
        return _add_months(left, right.months)
    if b is TimeDuration:
        return _add_nanos(left, right.nanos)
    return None


def subtract(left: Value, right: Value) -> Value:
    """Numbers, durations, a duration from a date, and two dates or times from each other."""
    a, b = type(left), type(right)
    if a is int and b is int:
        return _bounded(left - right)
    if is_number(left) and is_number(right):
        return CONTEXT.subtract(left, right)
    if b is MonthsDuration:
        return _add_months(left, -right.months)
    if b is TimeDuration:
        return _add_nanos(left, -right.nanos)
    if a is FeelTime and b is FeelTime:
        return _between(left.order, right.order)
    if a is FeelDate and b is FeelDate:
        return TimeDuration((left.ordinal - right.ordinal) * DAY)
    if a in (FeelDate, FeelDateTime) and b in (FeelDate, FeelDateTime):
        start = at_midnight_utc(right) if b is FeelDate else right
        end = at_midnight_utc(left) if a is FeelDate else left
        return _between(end.order, start.order)
    return None


def multiply(left: Value, right: Value) -> Value:
    """Numbers, and a duration with a number in either order."""
    if is_number(right):
        if is_number(left):
            if type(left) is int and type(right) is int:
                return _bounded(left * right)
            return CONTEXT.multiply(left, right)
        return _scaled(left, Decimal(right))
    return _scaled(right, Decimal(left)) if is_number(left) else None


def divide(left: Value, right: Value) -> Value:
    """Numbers, a duration by a number, and two durations of one type; null for a divisor of zero."""
    if is_number(right):
        if right == 0:
            return None
        if is_number(left):
            return CONTEXT.divide(Decimal(left), Decimal(right))
        if type(left) is MonthsDuration:
            return _months(truncated(CONTEXT.divide(Decimal(left.months), Decimal(right))))
        if type(left) is TimeDuration:
            return _nanos(round(CONTEXT.divide(Decimal(left.nanos), Decimal(right))))
        return None
    if type(left) is type(right) is MonthsDuration and right.months:
        return CONTEXT.divide(Decimal(left.months), Decimal(right.months))
    if type(left) is type(right) is TimeDuration and right.nanos:
        return CONTEXT.divide(Decimal(left.nanos), Decimal(right.nanos))
    return None


def power(left: Value, right: Value) -> Value:
    """Numbers only; null for zero to a negative power."""
    if is_number(left) and is_number(right):
        result = CONTEXT.power(Decimal(left), Decimal(right))
        return result if result.is_finite() else None
    return None


def negate(value: Value) -> Value:
    """A number or a duration."""
    kind = type(value)
    if kind is int:
        return -value
    if kind is Decimal:
        return CONTEXT.minus(value)
    if kind is MonthsDuration:
        return MonthsDuration(-value.months)
    if kind is TimeDuration:
        return TimeDuration(-value.nanos)
    return None


def calculate(operator: Operator, left: Value, right: Value) -> Value:
    """The operator's result, or None where the decimal arithmetic overflows or is not defined."""
    try:
        return operator(left, right)
    except (DecimalException, OverflowError):
        return None


ARITHMETIC: Final[Mapping[str, tuple[Operator, str]]] = {
    "+": (add, "add"),
    "-": (subtract, "subtract"),
    "*": (multiply, "multiply"),
    "/": (divide, "divide"),
    "**": (power, "raise to a power"),
}


def _bounded(number: int) -> int | Decimal:
    return number if -MAX_INTEGER < number < MAX_INTEGER else CONTEXT.create_decimal(number)


def _months(months: int) -> MonthsDuration | None:
    return MonthsDuration(months) if abs(months) < _MAX_DURATION else None


def _nanos(nanos: int) -> TimeDuration | None:
    return TimeDuration(nanos) if abs(nanos) < _MAX_DURATION else None


def _add_months(value: Value, months: int) -> Value:
    match value:
        case MonthsDuration():
            return _months(value.months + months)
        case FeelDate():
            return value.plus_months(months)
        case FeelDateTime():
            date = value.date.plus_months(months)
            return None if date is None else FeelDateTime(date, value.time)
        case _:
            return None


def _add_nanos(value: Value, nanos: int) -> Value:
    match value:
        case TimeDuration():
            return _nanos(value.nanos + nanos)
        case FeelDate():
            return date_from_ordinal((value.ordinal * DAY + nanos) // DAY)
        case FeelDateTime():
            return value.plus_nanos(nanos)
        case FeelTime():
            return FeelTime((value.nanos + nanos) % DAY, value.offset, value.zone)
        case _:
            return None


def _between(end: tuple[bool, int], start: tuple[bool, int]) -> TimeDuration | None:
    """A moment with a zone and one without have no distance."""
    return TimeDuration(end[1] - start[1]) if end[0] == start[0] else None


def _scaled(duration: Value, factor: Decimal) -> Value:
    if type(duration) is MonthsDuration:
        return _months(truncated(CONTEXT.multiply(Decimal(duration.months), factor)))
    if type(duration) is TimeDuration:
        return _nanos(truncated(CONTEXT.multiply(Decimal(duration.nanos), factor)))
    return None


# Order

_ORDER: Final[Mapping[type, Callable[[Any], tuple[bool, Any]]]] = {
    str: lambda value: (True, value),
    FeelDate: lambda value: (True, (value.year, value.month, value.day)),
    FeelTime: lambda value: value.order,
    FeelDateTime: lambda value: value.order,
    MonthsDuration: lambda value: (True, value.months),
    TimeDuration: lambda value: (True, value.nanos),
}


def order_keys(left: Value, right: Value) -> tuple[Any, Any] | None:
    """Two Python values that compare as the FEEL values do; None if FEEL does not compare them."""
    if is_number(left):
        return (left, right) if is_number(right) else None
    key = _ORDER.get(type(left))
    if key is None or type(left) is not type(right):
        return None
    a, b = key(left), key(right)
    return (a[1], b[1]) if a[0] == b[0] else None


def is_ordered(value: Value) -> bool:
    """True for types that have an order."""
    return is_number(value) or type(value) in _ORDER


def less(left: Value, right: Value) -> bool | None:
    keys = order_keys(left, right)
    return None if keys is None else bool(keys[0] < keys[1])


def less_or_equal(left: Value, right: Value) -> bool | None:
    keys = order_keys(left, right)
    return None if keys is None else bool(keys[0] <= keys[1])


def greater(left: Value, right: Value) -> bool | None:
    return less(right, left)


def greater_or_equal(left: Value, right: Value) -> bool | None:
    return less_or_equal(right, left)


# Equality


def equal(left: Value, right: Value, evaluation: Evaluation) -> bool | None:
    """Null equals null only; values of different types give null."""
    a = type(left)
    if a is int or a is Decimal:
        return bool(left == right) if is_number(right) else _unlike(right)
    if a is not type(right):
        return False if left is None else _unlike(right)
    if a is str or a is bool:
        if a is str and len(left) > LONG_TEXT:
            evaluation.budget.compare(len(left))
        return bool(left == right)
    return _equal(left, right, evaluation.budget, 0)


def not_equal(left: Value, right: Value, evaluation: Evaluation) -> bool | None:
    result = equal(left, right, evaluation)
    return None if result is None else not result


def _unlike(right: Value) -> bool | None:
    return False if right is None else None


def _equal(left: Value, right: Value, budget: Budget, depth: int) -> bool | None:
    if depth > MAX_NESTING:
        raise too_nested()
    if is_number(left) and is_number(right):
        return bool(left == right)
    kind = type(left)
    if kind is not type(right):
        return False if left is None or right is None else None
    if kind is list:
        if len(left) != len(right):
            return False
        budget.spend(1 + len(left))
        return _all_equal(zip(left, right, strict=True), budget, depth)
    if kind is dict:
        if left.keys() != right.keys():
            return False
        budget.spend(1 + len(left))
        return _all_equal(((value, right[key]) for key, value in left.items()), budget, depth)
    if kind is FeelFunction:
        return None
    if kind is FeelRange:
        return _equal_ranges(left, right, budget, depth)
    if kind is FeelTime or kind is FeelDateTime:
        return _milliseconds(left) == _milliseconds(right)
    if kind is str and len(left) > LONG_TEXT:
        budget.compare(len(left))
    return bool(left == right)


def _milliseconds(value: FeelTime | FeelDateTime) -> tuple[bool, int]:
    """Equality looks no closer (as DMN's conformance tests have it); order and difference do."""
    is_zoned, nanos = value.order
    return is_zoned, nanos // 1_000_000


def _all_equal(pairs: Any, budget: Budget, depth: int) -> bool | None:
    for a, b in pairs:
        result = _equal(a, b, budget, depth + 1)
        if result is not True:
            return result
    return True


def _equal_ranges(left: FeelRange, right: FeelRange, budget: Budget, depth: int) -> bool:
    if (left.start_included, left.end_included, left.is_point) != (
        right.start_included,
        right.end_included,
        right.is_point,
    ):
        return False
    for a, b in ((left.start, right.start), (left.end, right.end)):
        if a is OPEN or b is OPEN:
            if a is not b:
                return False
        elif _equal(a, b, budget, depth + 1) is not True:
            return False
    return True


def equality_key(value: Value, budget: Budget, depth: int = 0) -> Any:
    """A hashable stand-in: two keys are equal where the values are. Charges one step for each part."""
    kind = type(value)
    if is_number(value):
        return "number", value
    if kind is list:
        if depth >= MAX_NESTING:
            raise too_nested()
        budget.elements(len(value))
        return "list", tuple(equality_key(item, budget, depth + 1) for item in value)
    if kind is dict:
        if depth >= MAX_NESTING:
            raise too_nested()
        budget.elements(len(value))
        return "context", frozenset((key, equality_key(item, budget, depth + 1)) for key, item in value.items())
    if kind is FeelTime or kind is FeelDateTime:
        return kind, _milliseconds(value)
    if kind is FeelRange:
        ends = tuple(end if end is OPEN else equality_key(end, budget, depth + 1) for end in (value.start, value.end))
        return "range", ends, value.start_included, value.end_included, value.is_point
    return kind, value


# Membership


def in_range(value: Value, interval: FeelRange) -> bool | None:
    """None if the value cannot be compared with the ends."""
    above: bool | None = True
    below: bool | None = True
    if interval.start is not OPEN:
        above = less_or_equal(interval.start, value) if interval.start_included else less(interval.start, value)
    if interval.end is not OPEN:
        below = less_or_equal(value, interval.end) if interval.end_included else less(value, interval.end)
    if above is None or below is None:
        return None
    return above and below


def satisfies(value: Value, test: Value, evaluation: Evaluation) -> bool | None:
    """Whether the value passes a unary test that came out as `test`: a range, a list of tests or a value."""
    if type(test) is FeelRange:
        if type(value) is FeelRange:
            return equal(value, test, evaluation)
        return in_range(value, test)
    if type(test) is list:
        if type(value) is list and equal(value, test, evaluation) is True:
            return True
        evaluation.budget.spend(1 + len(test))
        return any(
            (in_range(value, item) if type(item) is FeelRange else equal(value, item, evaluation)) is True
            for item in test
        )
    return equal(value, test, evaluation)
