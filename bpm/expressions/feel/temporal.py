"""ISO 8601 texts to FEEL dates, times and durations (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8); None if malformed."""

from __future__ import annotations

import re
from typing import Final

from baton.bpm.expressions.feel.values import (
    DAY,
    NANOS,
    FeelDate,
    FeelDateTime,
    FeelTime,
    MonthsDuration,
    TimeDuration,
    date_from_ordinal,
    date_of,
    zone_named,
)

_DATE: Final = re.compile(r"(-?)([0-9]{4,9})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,40}))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+/-]{1,64}))?"
)
_MONTHS: Final = re.compile(r"(-?)P(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")
_SECONDS: Final = re.compile(
    r"(-?)P(?:([0-9]{1,18})D)?(?:T(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]{0,40}))?S)?)?"
)
_MAX_OFFSET_HOURS: Final = 18


def parse_date(text: str) -> FeelDate | None:
    """`2026-01-31`; years of four to nine digits, negative ones too."""
    match = _DATE.fullmatch(text)
    if match is None or (len(match[2]) > 4 and match[2][0] == "0"):
        return None
    return date_of(int(match[1] + match[2]), int(match[3]), int(match[4]))


def parse_time(text: str) -> FeelTime | None:
    """`12:30:00`, with a fraction, and with `Z`, an offset or `@Zone/Name`. `24:00:00` is midnight."""
    time = _parse_time(text)
    return FeelTime(0, time.offset, time.zone) if time is not None and time.nanos == DAY else time


def parse_date_time(text: str) -> FeelDateTime | None:
    """A date, and after a `T` a time; without one, midnight. `24:00:00` is the next day."""
    date_text, separator, time_text = text.partition("T")
    date = parse_date(date_text)
    if date is None:
        return None
    if not separator:
        return FeelDateTime(date, FeelTime(0))
    time = _parse_time(time_text)
    if time is None:
        return None
    if time.nanos < DAY:
        return FeelDateTime(date, time)
    following = date_from_ordinal(date.ordinal + 1)
    return None if following is None else FeelDateTime(following, FeelTime(0, time.offset, time.zone))


def parse_duration(text: str) -> MonthsDuration | TimeDuration | None:
    """`P1Y2M` or `P1DT2H3M4.5S`, either negative."""
    match = _MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return MonthsDuration(-months if match[1] else months)
    match = _SECONDS.fullmatch(text)
    if match is None or text.endswith("T") or not any(match.groups()[1:]):
        return None
    seconds = int(match[2] or 0) * 86_400 + int(match[3] or 0) * 3600 + int(match[4] or 0) * 60 + int(match[5] or 0)
    nanos = seconds * NANOS + _nanos(match[6])
    return TimeDuration(-nanos if match[1] else nanos)


def parse_literal(text: str) -> FeelDate | FeelTime | FeelDateTime | MonthsDuration | TimeDuration | None:
    """What stands in `@"..."`."""
    if "P" in text[:2]:
        return parse_duration(text)
    if "T" in text:
        return parse_date_time(text)
    return parse_date(text) or parse_time(text)


def _parse_time(text: str) -> FeelTime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    nanos = (hour * 3600 + minute * 60 + second) * NANOS + _nanos(match[4])
    if minute > 59 or second > 59 or nanos > DAY:
        return None
    if match[10] is not None:
        return FeelTime(nanos, None, match[10]) if zone_named(match[10]) is not None else None
    if match[5]:
        return FeelTime(nanos, 0)
    if not match[6]:
        return FeelTime(nanos)
    if int(match[7]) > _MAX_OFFSET_HOURS or int(match[8]) > 59 or int(match[9] or 0) > 59:
        return None
    offset = int(match[7]) * 3600 + int(match[8]) * 60 + int(match[9] or 0)
    return FeelTime(nanos, -offset if match[6] == "-" else offset)


def _nanos(fraction: str | None) -> int:
    """Digits after the point to nanoseconds; what is finer is cut off."""
    return int(fraction[:9].ljust(9, "0")) if fraction else 0
