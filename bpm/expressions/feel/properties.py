"""What stands after a dot: entries of contexts, and the parts of dates, times, durations and ranges (table 65)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from baton.bpm.expressions.feel.budget import MAX_NESTING, too_nested
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import CONTEXT
from baton.bpm.expressions.feel.values import (
    NANOS,
    OPEN,
    FeelDate,
    FeelDateTime,
    FeelRange,
    FeelTime,
    MonthsDuration,
    TimeDuration,
    Value,
    type_name,
)


def get_property(value: Value, name: str, evaluation: Evaluation, depth: int = 0) -> Value:
    """The entry or part of that name, of a list the list of its items' ones; null with a note if there is none."""
    kind = type(value)
    if kind is dict:
        if name in value:
            return value[name]
        evaluation.note(f"no entry '{name}' in the context")
        return None
    if kind is list:
        return _of_items(value, name, evaluation, depth)
    parts = _PARTS.get(kind)
    part = parts.get(name) if parts is not None else None
    if part is None:
        if value is not None:
            evaluation.note(f"no property '{name}' of a {type_name(value)}")
        return None
    return part(value)


def _of_items(items: list[Value], name: str, evaluation: Evaluation, depth: int) -> Value:
    if depth >= MAX_NESTING:
        raise too_nested()
    evaluation.budget.elements(len(items))
    found = []
    for item in items:
        part = get_property(item, name, evaluation, depth + 1)
        if part is None and item is not None and type(item) not in (dict, list):
            return None
        found.append(part)
    return found


def seconds_value(nanos: int) -> int | Decimal:
    """Nanoseconds as seconds with a fraction where there is one."""
    seconds, fraction = divmod(nanos, NANOS)
    return CONTEXT.divide(Decimal(nanos), Decimal(NANOS)) if fraction else seconds


def _offset(offset: int | None) -> TimeDuration | None:
    return None if offset is None else TimeDuration(offset * NANOS)


def _signed(value: int, part: Any) -> Any:
    return -part if value < 0 else part


def _of_date(part: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda moment: part(moment.date)


def _of_time(part: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda moment: part(moment.time)


_DATE: Final[dict[str, Callable[[Any], Any]]] = {
    "year": lambda date: date.year,
    "month": lambda date: date.month,
    "day": lambda date: date.day,
    "weekday": lambda date: date.weekday,
}
_TIME: Final[dict[str, Callable[[Any], Any]]] = {
    "hour": lambda time: time.nanos // (3600 * NANOS),
    "minute": lambda time: time.nanos // (60 * NANOS) % 60,
    "second": lambda time: seconds_value(time.nanos % (60 * NANOS)),
    "timezone": lambda time: time.zone,
}
_PARTS: Final[Mapping[type, Mapping[str, Callable[[Any], Any]]]] = {
    FeelDate: _DATE,
    FeelTime: {**_TIME, "time offset": lambda time: _offset(time.offset_on(None))},
    FeelDateTime: {
        **{name: _of_date(part) for name, part in _DATE.items()},
        **{name: _of_time(part) for name, part in _TIME.items()},
        "time offset": lambda moment: _offset(moment.time.offset_on(moment.date)),
    },
    MonthsDuration: {
        "years": lambda duration: _signed(duration.months, abs(duration.months) // 12),
        "months": lambda duration: _signed(duration.months, abs(duration.months) % 12),
    },
    TimeDuration: {
        "days": lambda duration: _signed(duration.nanos, abs(duration.nanos) // (86_400 * NANOS)),
        "hours": lambda duration: _signed(duration.nanos, abs(duration.nanos) // (3600 * NANOS) % 24),
        "minutes": lambda duration: _signed(duration.nanos, abs(duration.nanos) // (60 * NANOS) % 60),
        "seconds": lambda duration: _signed(duration.nanos, seconds_value(abs(duration.nanos) % (60 * NANOS))),
    },
    FeelRange: {
        "start": lambda interval: None if interval.start is OPEN else interval.start,
        "end": lambda interval: None if interval.end is OPEN else interval.end,
        "start included": lambda interval: interval.start_included,
        "end included": lambda interval: interval.end_included,
    },
}
