"""JUEL's operators and conversions, as Jakarta Expression Language 2.2 section 1.17 has them for Java.

Differences, all towards exactness: integers never overflow; decimals stay decimals; a division by zero
is an error, for infinity is no variable. Integers divide to doubles: `7 / 2` is 3.5, `4 / 2` is 2.0.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any

from baton.bpm.errors import ExpressionError, ExpressionLimitError
from baton.bpm.values import YearsMonthsDuration
from baton.bpm.values.types import TYPE_OF

Number = int | float | Decimal

MAX_BITS = 14_000
"""Size of integers that are calculated with: as many as can be written in decimal digits."""

DECIMAL = Context(prec=34, rounding=ROUND_HALF_EVEN, Emax=6144, Emin=-6143)
_INTEGER = re.compile(r"[+-]?[0-9]{1,1000}", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)


def shown(value: Any) -> str:
    """A value in an error message: its type, and itself where it is short."""
    if value is None:
        return "null"
    kind = TYPE_OF.get(type(value))
    if kind is None:
        return f"a {type(value).__name__.lower()}"
    return f"the {kind}" if isinstance(value, list | dict) else f"the {kind} {str(value)[:60]!r}"


def number(value: Any) -> Number:
    """Null and the empty string are 0, a string is read as number; raises `ExpressionError` for others."""
    if value is None or value == "":
        return 0
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > MAX_BITS:
            raise ExpressionLimitError(f"Expected an integer of at most {MAX_BITS:,} bits, but found a larger one.")
        return value
    if isinstance(value, float | Decimal):
        return value
    if isinstance(value, str) and len(value) <= 1_000:
        if _INTEGER.fullmatch(value):
            return int(value)
        if _FLOAT.fullmatch(value):
            return _finite(float(value))
    raise ExpressionError(f"Expected a number, but found {shown(value)}.")


def boolean(value: Any) -> bool:
    """Null and the empty string are false, a string is true if it says so; raises `ExpressionError` for others."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.lower() == "true"
    raise ExpressionError(f"Expected true or false, but found {shown(value)}.")


def text(value: Any) -> str:
    """A value as Java would write it: null is empty, `1.0E10`, `[a, b]`, `{a=1}`; times are ISO 8601."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(number(value))
        case float():
            return _double_text(value)
        case list():
            return f"[{', '.join(_inner(item) for item in value)}]"
        case dict():
            return "{" + ", ".join(f"{key}={_inner(item)}" for key, item in value.items()) + "}"
        case datetime() | date() | time():
            return value.isoformat().replace("+00:00", "Z")
        case Decimal() | timedelta() | YearsMonthsDuration():
            return str(value)
    raise ExpressionError(f"Expected a value that can be written as text, but found {shown(value)}.")


def _inner(value: Any) -> str:
    return "null" if value is None else text(value)


def _double_text(value: float) -> str:
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    if not math.isfinite(value):
        return str(value)
    sign, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    exponent = Decimal(repr(value)).adjusted()
    plain = "".join(map(str, digits))
    return f"{'-' if sign else ''}{plain[0]}.{plain[1:] or '0'}E{exponent}"


def is_empty(value: Any) -> bool:
    """The operator `empty`."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def equal(left: Any, right: Any) -> bool:
    """`==`; null equals null only."""
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return boolean(left) == boolean(right)
    if _is_number(left) or _is_number(right):
        pair = _aligned(number(left), number(right))
        return bool(pair[0] == pair[1])
    if isinstance(left, date) and isinstance(right, date):
        return instant(left) == instant(right)
    if isinstance(left, date | time) or isinstance(right, date | time):
        return text(left) == text(right)
    return type(left) is type(right) and bool(left == right)


def _ordering(compare: Callable[[Any, Any], bool], *, if_same: bool) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return if_same and left is right
        if _is_number(left) or _is_number(right):
            return compare(*_aligned(number(left), number(right)))
        if isinstance(left, date) or isinstance(right, date):
            return compare(instant(left), instant(right))
        if type(left) is type(right) and isinstance(left, str | time | timedelta | YearsMonthsDuration):
            return compare(left, right)
        raise ExpressionError(f"Expected two values that can be compared, but found {shown(left)} and {shown(right)}.")

    return ordered


def instant(value: Any) -> datetime:
    """A date, date-time or ISO 8601 text as a moment; without a zone it is UTC. Raises `ExpressionError`."""
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    elif isinstance(value, date) and not isinstance(value, datetime):
        moment = datetime.combine(value, time())
    if not isinstance(moment, datetime):
        raise ExpressionError(f"Expected a date, but found {shown(value)}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _aligned(left: Number, right: Number) -> tuple[Any, Any]:
    """Both as decimals if one is; a double counts as the number it is written as."""
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(left), _decimal(right)
    return left, right


def _decimal(value: Number) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ExpressionError("Expected a number within the range of doubles, but the result is beyond.")
    return value


def _arithmetic(
    exact: Callable[[Any, Any], Any], decimal: Callable[[Decimal, Decimal], Decimal]
) -> Callable[[Any, Any], Number]:
    def calculate(left: Any, right: Any) -> Number:
        first, second = _aligned(number(left), number(right))
        try:
            result = decimal(first, second) if isinstance(first, Decimal) else exact(first, second)
        except ZeroDivisionError as error:
            raise ExpressionError("Expected a divisor other than zero.") from error
        except DecimalException as error:
            reason = "a divisor other than zero" if not second else "a result within the range of decimals"
            raise ExpressionError(f"Expected {reason}.") from error
        except OverflowError as error:
            raise ExpressionError("Expected a number within the range of doubles, but the result is beyond.") from error
        if isinstance(result, float):
            return _finite(result)
        checked: Number = number(result)
        return checked

    return calculate


def _remainder(left: Number, right: Number) -> Number:
    """With the sign of the dividend, as Java's."""
    if isinstance(left, int) and isinstance(right, int):
        return abs(left) % abs(right) * (-1 if left < 0 else 1)
    if not right:
        raise ZeroDivisionError
    return math.fmod(left, right)


BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordering(operator.lt, if_same=False),
    ">": _ordering(operator.gt, if_same=False),
    "<=": _ordering(operator.le, if_same=True),
    ">=": _ordering(operator.ge, if_same=True),
    "+": _arithmetic(operator.add, DECIMAL.add),
    "-": _arithmetic(operator.sub, DECIMAL.subtract),
    "*": _arithmetic(operator.mul, DECIMAL.multiply),
    "/": _arithmetic(operator.truediv, DECIMAL.divide),
    "%": _arithmetic(_remainder, DECIMAL.remainder),
}
