"""ISO 8601 as timers write it: dates, date-times, durations, repeating intervals.

Every parser raises ValueError with what was expected and found. Days, weeks, months and years are
counted on the wall clock of the zone, hours and less as exact time.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from baton.bpm.values.durations import DurationParts, parse_duration

MAX_TEXT = 200
"""Characters of a timer text; longer ones are refused unread."""

_DATE = (
    r"(?:(?P<year>\d{4})-?(?:(?P<month>\d{2})-?(?P<day>\d{2})|W(?P<week>\d{2})-?(?P<weekday>[1-7])|(?P<ordinal>\d{3})))"
)
_TIME = (
    r"(?:[Tt](?P<hour>\d{2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,18}))?)?)?"
    r"(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?"
)
_ZONE = r"(?:\[(?P<bracket>[A-Za-z0-9_+/-]{1,64})\]|@(?P<at>[A-Za-z0-9_+/-]{1,64}))?"
_DATE_TIME = re.compile(_DATE + _TIME + _ZONE, re.ASCII)
_REPETITIONS = re.compile(r"R(-1|\d{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Repeating:
    """`R[n]/...`: `times` None is endless; of `start`, `end` and `step` those that were written or follow.

    `step` is always there. Neither `start` nor `end`: the cycle begins when the timer is set.
    """

    times: int | None
    step: DurationParts
    start: datetime | None = None
    end: datetime | None = None


def parse_date_time(text: str, zone: tzinfo) -> datetime:
    """An aware date-time in the text's own zone, else in `zone`; a date alone is its midnight."""
    match = _DATE_TIME.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        raise ValueError(f"Expected a date such as 2026-01-31T09:30:00Z, but found {text[:MAX_TEXT]!r}.")
    try:
        return _date_time(match, zone)
    except (ValueError, OverflowError, LookupError, OSError) as error:
        raise ValueError(f"Expected a date and time that exist, but found {text!r}: {error}.") from error


def _date_time(match: re.Match[str], zone: tzinfo) -> datetime:
    day = _date(match)
    hour = int(match["hour"] or 0)
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    clock = datetime(day.year, day.month, day.day, hour % 24, int(match["minute"] or 0), int(match["second"] or 0))
    clock = clock.replace(microsecond=int(fraction))
    if hour >= 24:
        if hour > 24 or clock.time() != clock.min.time():
            raise ValueError("hour must be in 0..23, or 24:00:00")
        clock += timedelta(days=1)
    named = match["bracket"] or match["at"]
    offset = _offset(match["offset"])
    if named is None:
        return clock.replace(tzinfo=offset or zone)
    region = ZoneInfo(named)
    return clock.replace(tzinfo=offset).astimezone(region) if offset else clock.replace(tzinfo=region)


def _date(match: re.Match[str]) -> date:
    year = int(match["year"])
    if match["week"]:
        return date.fromisocalendar(year, int(match["week"]), int(match["weekday"]))
    if match["ordinal"]:
        number = int(match["ordinal"])
        if not 1 <= number <= 365 + calendar.isleap(year):
            raise ValueError("day is out of range for year")
        return date(year, 1, 1) + timedelta(days=number - 1)
    return date(year, int(match["month"]), int(match["day"]))


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 18 or minutes > 59:
        raise ValueError("offset must be within 18:00")
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def parse_repeating(text: str, zone: tzinfo) -> Repeating:
    """`R/PT10M`, `R3/start/PT10M`, `R3/start/end`, `R3/PT10M/end`; `R` and `R-1` are endless."""
    count, *rest = text.split("/") if len(text) <= MAX_TEXT else ("",)
    match = _REPETITIONS.fullmatch(count)
    if match is None or len(rest) not in (1, 2):
        raise ValueError(
            "Expected a repeating interval such as R/PT10M, R3/PT10M, R3/2026-01-31T09:30:00Z/P1D or a cron "
            f"expression, but found {text[:MAX_TEXT]!r}."
        )
    times = None if match[1] in ("", "-1") else int(match[1])
    if times == 0:
        raise ValueError(f"Expected at least one repetition, but found {text!r}.")
    repeating = _interval(times, rest, zone)
    if repeating.step.is_zero or repeating.step.is_negative:
        raise ValueError(f"Expected an interval longer than zero, but found {text!r}.")
    return repeating


def _interval(times: int | None, parts: list[str], zone: tzinfo) -> Repeating:
    first, second = parts[0], parts[-1]
    if len(parts) == 1:
        return Repeating(times, parse_duration(first))
    if _is_duration(first):
        return Repeating(times, parse_duration(first), end=parse_date_time(second, zone))
    start = parse_date_time(first, zone)
    if _is_duration(second):
        return Repeating(times, parse_duration(second), start=start)
    # Subtracting in one zone would compare wall clocks, so both go to UTC.
    length = parse_date_time(second, zone).astimezone(UTC) - start.astimezone(UTC)
    return Repeating(times, DurationParts(time=length), start=start)


def _is_duration(text: str) -> bool:
    return text.lstrip("+-").startswith("P")


def add(moment: datetime, duration: DurationParts, times: int = 1) -> datetime:
    """`moment` + `times` x `duration` in `moment`'s own zone, counted at once, so the 31st does not stick to a 28th.

    Raises ValueError outside the years 1 to 9999.
    """
    try:
        wall = _add_months(moment, duration.months * times)
        if duration.days:
            wall += timedelta(days=duration.days * times)
        if wall != moment:
            wall = wall.replace(fold=0)
        if not duration.time:
            # A wall time that summer time skips is read as the same time after the gap.
            return wall.astimezone(UTC).astimezone(moment.tzinfo)
        return (wall.astimezone(UTC) + duration.time * times).astimezone(moment.tzinfo)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"Expected a time between the years {MINYEAR} and {MAXYEAR}, but it is beyond.") from error


def _add_months(moment: datetime, months: int) -> datetime:
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("year")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
