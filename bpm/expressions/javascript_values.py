"""Variables into the JavaScript sandbox and back, as JSON in the form that HTTP has: `{"type", "value"}` where needed.

In: a decimal of at most 15 digits is a number, a longer one a `typed` value; integers beyond 2^53 are BigInt; dates and
date-times are `Date`; times, durations and files are `typed` values. Back: whole numbers to 2^53 and BigInt are
integers, other numbers doubles, `Date` a date-time in UTC, unless it is an unchanged one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from baton.bpm import errors, values
from baton.bpm.values import DEFAULT_LIMITS, FileValue, YearsMonthsDuration

MAX_ITEMS = 500_000
"""Values in all that may cross at once."""

_SAFE = 2**53
_EXACT_DIGITS = 15
_EXACT_POWER = 300
_PLAIN = frozenset({type(None), bool, str, float})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_wire(value: Any, name: str) -> tuple[Any, bool]:
    """The value as JSON, and whether a script needs it turned into other types than JSON's.

    Raises `ExpressionError`, `ExpressionLimitError`.
    """
    kind = type(value)
    if kind in _PLAIN or (kind is int and -_SAFE < value < _SAFE):
        return value, False
    copy = _Copy(name)
    written = copy.write(value, 0)
    return written, copy.has_types


def from_wire(value: Any, name: str) -> Any:
    """The variable that an answer describes. Raises `ExpressionError` for what is none."""
    kind = type(value)
    if kind in _PLAIN or kind is int:
        return value
    try:
        return values.from_json(value, None, field=name)
    except errors.InvalidCommand as error:
        raise errors.ExpressionError(f"{error.message} It is {error.field}.") from error


def milliseconds(moment: date) -> int:
    """Since 1970; a date is its midnight, a date-time without zone counts as UTC."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


class _Copy:
    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MAX_ITEMS
        self.has_types = False

    def write(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _PLAIN or (kind is int and -_SAFE < value < _SAFE):
            return value
        if kind is list:
            self._charge(len(value), depth)
            return [self.write(item, depth + 1) for item in value]
        if kind is dict:
            self._charge(len(value), depth)
            return self._members({key: self.write(item, depth + 1) for key, item in value.items()})
        if kind is Decimal and _is_exact(value):
            return float(value)
        self.has_types = True
        return self._typed(value)

    def _members(self, members: dict[str, Any]) -> dict[str, Any]:
        # Only what looks like a typed value need be told from one.
        if not isinstance(members.get("type"), str):
            return members
        self.has_types = True
        return {"type": "object", "value": members}

    def _typed(self, value: Any) -> dict[str, Any]:
        if type(value) is FileValue:
            return {"type": "file", "value": value.name}
        if not isinstance(value, int | Decimal | date | time | timedelta | YearsMonthsDuration):
            raise errors.ExpressionError(f"Expected {self._name} to be a variable, but found a {type(value).__name__}.")
        kind, text = values.encode(value)
        written = {"type": str(kind), "value": text}
        return {**written, "ms": milliseconds(value)} if isinstance(value, date) else written

    def _charge(self, count: int, depth: int) -> None:
        if depth > DEFAULT_LIMITS.max_depth:
            raise errors.ExpressionLimitError(
                f"Expected at most {DEFAULT_LIMITS.max_depth} levels in {self._name}, but found more."
            )
        self._left -= count
        if self._left < 0:
            raise errors.ExpressionLimitError(f"Expected at most {MAX_ITEMS:,} values in {self._name}, but found more.")


def _is_exact(value: Decimal) -> bool:
    """Whether the double nearest to it is written with the same digits."""
    return len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS and abs(value.adjusted()) < _EXACT_POWER
