"""Python values to FEEL values and back.

In: None, bool, int, Decimal, float, str, date, time, datetime, timedelta, YearsMonthsDuration, list, tuple, mapping
with string keys. What FEEL does not know becomes null, never an object whose attributes could be reached.
Out: numbers without a fraction as `int`, others as `Decimal`; dates and durations as Python's where those reach,
else as ISO 8601 text; ranges as contexts of `start`, `end`, `start included`, `end included`; functions as None.
"""

from __future__ import annotations

import datetime as python
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from baton.bpm.expressions.feel import values
from baton.bpm.expressions.feel.budget import MAX_NESTING, Budget, too_nested
from baton.bpm.expressions.feel.notes import add_note
from baton.bpm.expressions.feel.numbers import CONTEXT, simplest
from baton.bpm.expressions.feel.values import (
    DAY,
    NANOS,
    OPEN,
    FeelDate,
    FeelDateTime,
    FeelFunction,
    FeelRange,
    FeelTime,
    MonthsDuration,
    TimeDuration,
    Value,
)
from baton.bpm.values import YearsMonthsDuration

_MAX_BITS: Final = 20_000
_KEPT: Final = frozenset(
    {type(None), bool, str, FeelDate, FeelTime, FeelDateTime, MonthsDuration, TimeDuration, FeelRange, FeelFunction}
)


def to_feel(value: Any, budget: Budget, notes: list[str] | None = None, depth: int = 0) -> Value:
    """A deep copy as FEEL values. Raises ExpressionLimitError for too much or too deeply nested data."""
    kind = type(value)
    if kind in _KEPT:
        return value
    if isinstance(value, list | tuple):
        if depth >= MAX_NESTING:
            raise too_nested()
        budget.elements(len(value))
        return [to_feel(item, budget, notes, depth + 1) for item in value]
    if isinstance(value, Mapping):
        if depth >= MAX_NESTING:
            raise too_nested()
        budget.elements(len(value))
        return {str(key): to_feel(item, budget, notes, depth + 1) for key, item in value.items()}
    converted = _scalar(value)
    if converted is None:
        add_note(notes, f"a value of type '{kind.__name__}' is not known to FEEL, or a number beyond its range")
    return converted


def _scalar(value: Any) -> Value:
    """One value that is no collection; None if FEEL has nothing like it. A datetime is a date, so it comes first."""
    match value:
        case bool() | str():
            return bool(value) if isinstance(value, bool) else str(value)
        case int():
            return int(value) if value.bit_length() < 200 else _large_integer(value)
        case float():
            return _decimal(Decimal(repr(float(value))))
        case Decimal():
            return _decimal(value)
        case python.datetime():
            return FeelDateTime(_date(value), _time(value.timetz(), value))
        case python.date():
            return _date(value)
        case python.time():
            return _time(value, None)
        case python.timedelta():
            return TimeDuration((value.days * 86_400 + value.seconds) * NANOS + value.microseconds * 1000)
        case YearsMonthsDuration():
            return MonthsDuration(value.months)
        case _:
            return None


def _large_integer(value: int) -> int | Decimal | None:
    return CONTEXT.create_decimal(value) if value.bit_length() < _MAX_BITS else None


def _decimal(value: Decimal) -> Decimal | None:
    if not value.is_finite() or not CONTEXT.Etiny() <= value.adjusted() <= CONTEXT.Emax:
        return None
    return CONTEXT.plus(value)


def _date(value: python.date) -> FeelDate:
    return FeelDate(value.year, value.month, value.day)


def _time(value: python.time, moment: python.datetime | None) -> FeelTime:
    nanos = (value.hour * 3600 + value.minute * 60 + value.second) * NANOS + value.microsecond * 1000
    zone = value.tzinfo
    if zone is None:
        return FeelTime(nanos)
    if isinstance(zone, ZoneInfo) and zone.key not in (None, "UTC"):
        return FeelTime(nanos, None, zone.key)
    offset = moment.utcoffset() if moment is not None else value.utcoffset()
    return FeelTime(nanos, None if offset is None else int(offset.total_seconds()))


def from_feel(value: Value, budget: Budget, notes: list[str] | None = None, depth: int = 0) -> Any:
    """A deep copy as Python values. Raises ExpressionLimitError for too much or too deeply nested data."""
    kind = type(value)
    if kind is bool or kind is str or kind is int or value is None:
        return value
    if kind is Decimal:
        return simplest(value)
    if kind is list or kind is dict:
        if depth >= MAX_NESTING:
            raise too_nested()
        budget.elements(len(value))
        if kind is list:
            return [from_feel(item, budget, notes, depth + 1) for item in value]
        return {key: from_feel(item, budget, notes, depth + 1) for key, item in value.items()}
    if kind is FeelRange:
        return {
            "start": None if value.start is OPEN else from_feel(value.start, budget, notes, depth + 1),
            "end": None if value.end is OPEN else from_feel(value.end, budget, notes, depth + 1),
            "start included": value.start_included,
            "end included": value.end_included,
        }
    if kind is FeelFunction:
        add_note(notes, "a function cannot be a result")
        return None
    return _python_temporal(value)


def _python_temporal(value: Value) -> Any:
    match value:
        case FeelDate():
            return python_date(value) or str(value)
        case FeelTime():
            return _python_time(value, value.offset)
        case FeelDateTime(date=date, time=time):
            day = python_date(date)
            if day is None:
                return str(value)
            return python.datetime.combine(day, _python_time(time, time.offset))
        case MonthsDuration(months=months):
            return YearsMonthsDuration(months)
        case TimeDuration(nanos=nanos):
            if abs(nanos) >= DAY * 999_999_999:
                return str(value)
            return python.timedelta(microseconds=nanos // 1000)
        case _:
            raise TypeError(f"Expected a FEEL value, found {type(value).__name__}.")


def python_date(date: FeelDate) -> python.date | None:
    """None outside the years 1 to 9999."""
    return python.date(date.year, date.month, date.day) if 1 <= date.year <= 9999 else None


def _python_time(time: FeelTime, offset: int | None) -> python.time:
    seconds, fraction = divmod(time.nanos, NANOS)
    zone: python.tzinfo | None = None
    if time.zone is not None:
        zone = values.zone_named(time.zone)
    elif offset is not None:
        zone = python.timezone(python.timedelta(seconds=offset)) if offset else python.UTC
    return python.time(seconds // 3600, seconds % 3600 // 60, seconds % 60, fraction // 1000, tzinfo=zone)
