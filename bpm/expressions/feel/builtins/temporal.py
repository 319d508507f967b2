"""Functions that make and read dates, times and durations (DMN 1.5, 10.3.4.1, 10.3.4.7 and 10.3.4.8)."""

from __future__ import annotations

from typing import Final

from baton.bpm.expressions.feel import temporal
from baton.bpm.expressions.feel.boundary import python_date, to_feel
from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import CONTEXT, Number
from baton.bpm.expressions.feel.operators import equal
from baton.bpm.expressions.feel.values import (
    NANOS,
    FeelDate,
    FeelDateTime,
    FeelTime,
    MonthsDuration,
    TimeDuration,
    Value,
    at_midnight_utc,
    date_of,
    days_in_month,
    zone_named,
)

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@builtin("date", "from: any")
def date(evaluation: Evaluation, value: Value) -> FeelDate | None:
    if type(value) is str:
        return temporal.parse_date(value)
    if type(value) is FeelDateTime:
        return value.date
    return value if type(value) is FeelDate else None


@builtin("date", "year: integer, month: integer, day: integer")
def date_of_parts(evaluation: Evaluation, year: int, month: int, day: int) -> FeelDate | None:
    return date_of(year, month, day)


@builtin("time", "from: any")
def time(evaluation: Evaluation, value: Value) -> FeelTime | None:
    if type(value) is str:
        return temporal.parse_time(value)
    if type(value) is FeelDateTime:
        return value.time
    if type(value) is FeelDate:
        return FeelTime(0, 0)
    return value if type(value) is FeelTime else None


@builtin("time", "hour: integer, minute: integer, second: number, offset?: time duration|null")
def time_of_parts(
    evaluation: Evaluation, hour: int, minute: int, second: Number, offset: TimeDuration | None = None
) -> FeelTime | None:
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    nanos = (hour * 3600 + minute * 60) * NANOS + int(CONTEXT.multiply(second, NANOS))
    if offset is None:
        return FeelTime(nanos)
    return FeelTime(nanos, offset.nanos // NANOS) if abs(offset.nanos) <= 18 * 3600 * NANOS else None


@builtin("date and time", "from: any")
def date_and_time(evaluation: Evaluation, value: Value) -> FeelDateTime | None:
    if type(value) is str:
        return temporal.parse_date_time(value)
    if type(value) is FeelDate:
        return at_midnight_utc(value)
    return value if type(value) is FeelDateTime else None


@builtin("date and time", "date: day, time: time")
def date_and_time_joined(evaluation: Evaluation, day: FeelDate, time: FeelTime) -> FeelDateTime:
    return FeelDateTime(day, time)


@builtin("date and time", "date: date and time, timezone: string")
def date_and_time_elsewhere(evaluation: Evaluation, moment: FeelDateTime, timezone: str) -> FeelDateTime | None:
    """The same moment in another zone: a name, an offset or `Z`. Camunda's."""
    zone = temporal.parse_time(f"00:00:00{timezone}") or temporal.parse_time(f"00:00:00@{timezone}")
    return None if zone is None or not zone.is_zoned else moment.in_zone(zone)


@builtin(
    "date and time",
    "year: integer, month: integer, day: integer, hour: integer, minute: integer, second: number, "
    "offset?: time duration|null",
)
def date_and_time_of_parts(
    evaluation: Evaluation,
    year: int,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: Number,
    offset: TimeDuration | None = None,
) -> FeelDateTime | None:
    found_date = date_of(year, month, day)
    found_time = time_of_parts(evaluation, hour, minute, second, offset)
    return None if found_date is None or found_time is None else FeelDateTime(found_date, found_time)


@builtin(
    "date and time",
    "year: integer, month: integer, day: integer, hour: integer, minute: integer, second: number, timezone: string",
)
def date_and_time_in_zone(
    evaluation: Evaluation, year: int, month: int, day: int, hour: int, minute: int, second: Number, zone: str
) -> FeelDateTime | None:
    local = date_and_time_of_parts(evaluation, year, month, day, hour, minute, second)
    if local is None or zone_named(zone) is None:
        return None
    return FeelDateTime(local.date, FeelTime(local.time.nanos, None, zone))


@builtin("duration", "from: any")
def duration(evaluation: Evaluation, value: Value) -> Value:
    if type(value) is str:
        return temporal.parse_duration(value)
    return value if type(value) in (MonthsDuration, TimeDuration) else None


@builtin("years and months duration", "from: day, to: day")
def years_and_months_duration(evaluation: Evaluation, start: FeelDate, end: FeelDate) -> MonthsDuration:
    """Whole months between the dates, negative backwards."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return MonthsDuration(months)


@builtin("now")
def now(evaluation: Evaluation) -> Value:
    """The time the evaluation was given."""
    return to_feel(evaluation.now, evaluation.budget)


@builtin("today")
def today(evaluation: Evaluation) -> FeelDate:
    """The date in the zone of `now`."""
    return FeelDate(evaluation.now.year, evaluation.now.month, evaluation.now.day)


@builtin("day of year", "date: day")
def day_of_year(evaluation: Evaluation, day: FeelDate) -> int:
    return day.ordinal - FeelDate(day.year, 1, 1).ordinal + 1


@builtin("day of week", "date: day")
def day_of_week(evaluation: Evaluation, day: FeelDate) -> str:
    return _WEEKDAYS[day.weekday - 1]


@builtin("month of year", "date: day")
def month_of_year(evaluation: Evaluation, day: FeelDate) -> str:
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: day")
def week_of_year(evaluation: Evaluation, day: FeelDate) -> int | None:
    """ISO 8601 week."""
    python = python_date(day)
    return None if python is None else python.isocalendar().week


@builtin("last day of month", "date: day")
def last_day_of_month(evaluation: Evaluation, day: FeelDate) -> FeelDate:
    return FeelDate(day.year, day.month, days_in_month(day.year, day.month))


@builtin("is", "value1?: any, value2?: any")
def is_same(evaluation: Evaluation, left: Value = None, right: Value = None) -> bool:
    """Equal and of one type; times and dates with times are also in the same zone."""
    from_same_type = type(left) is type(right)
    if from_same_type and type(left) is FeelTime:
        return left.nanos == right.nanos and left.same_zone(right)
    if from_same_type and type(left) is FeelDateTime:
        return left.local_nanos == right.local_nanos and left.time.same_zone(right.time)
    return bool(equal(left, right, evaluation))
