"""ISO 8601 durations as text and as values: `P1Y2M`, `P3DT4H`, `PT0.5S`, `P2W`.

Nothing here knows about calendars or time zones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

MAX_TEXT = 100
"""Characters of a duration; longer ones are refused unread."""

_NUMBER = r"(\d{1,18}(?:[.,]\d{1,18})?)"
_DURATION = re.compile(
    rf"([+-])?P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII,
)
_SECONDS_OF = (7 * 86_400, 86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A number of calendar months, FEEL's years and months duration; may be negative."""

    months: int

    def __str__(self) -> str:
        return format_months(self.months)


@dataclass(frozen=True, slots=True)
class DurationParts:
    """A duration's parts, all of one sign: calendar months, calendar days, and exact time."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    @property
    def is_zero(self) -> bool:
        return not (self.months or self.days or self.time)

    @property
    def is_negative(self) -> bool:
        return self.months < 0 or self.days < 0 or self.time < timedelta()


def parse_duration(text: str) -> DurationParts:
    """Read an ISO 8601 duration. A fraction may stand on the last part only, and not on years or months.

    Raises ValueError with what was expected and found.
    """
    match = _DURATION.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None or text.endswith(("P", "T")):
        raise ValueError(f"Expected an ISO 8601 duration such as PT10M, P3D or P1Y2M, but found {text[:MAX_TEXT]!r}.")
    sign = -1 if match[1] == "-" else 1
    given = [part for part in match.groups()[1:] if part is not None]
    if any(not part.isdecimal() for part in given[:-1]) or not all(
        (part or "0").isdecimal() for part in match.group(2, 3)
    ):
        raise ValueError(f"Expected a fraction on the last part only, and not on years or months, but found {text!r}.")
    years, months, *others = (_amount(part) for part in match.groups()[1:])
    weeks, days, hours, minutes, seconds = others
    try:
        return _parts(sign, int(years * 12 + months), (weeks, days, hours, minutes, seconds))
    except OverflowError as error:
        raise ValueError(f"Expected a duration of at most 999,999,999 days, but found {text!r}.") from error


def _parts(sign: int, months: int, others: tuple[int | Fraction, ...]) -> DurationParts:
    weeks, days, *_ = others
    whole_days = int(weeks) * 7 + int(days)
    exact = (weeks - int(weeks), days - int(days), *others[2:])
    seconds = sum((part * unit for part, unit in zip(exact, _SECONDS_OF, strict=True)))
    time = timedelta(microseconds=int(seconds * 1_000_000))
    timedelta(days=whole_days)  # overflows here rather than at first use
    return DurationParts(sign * months, sign * whole_days, sign * time)


def _amount(part: str | None) -> int | Fraction:
    if part is None:
        return 0
    return int(part) if part.isdecimal() else Fraction(part.replace(",", "."))


def format_months(months: int) -> str:
    """`P1Y2M`, `-P3M`; zero is `P0M`."""
    years, rest = divmod(abs(months), 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest or not years else "")
    return f"{'-' if months < 0 else ''}P{text}"


def format_timedelta(value: timedelta) -> str:
    """`P1DT2H3M4.5S`, `-PT1S`; zero is `PT0S`."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    time = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    date = f"{value.days}D" if value.days else ""
    return f"{sign}P{date}{'T' + time if time else ''}" if date or time else "PT0S"


def to_value(parts: DurationParts) -> timedelta | YearsMonthsDuration:
    """The variable of a duration; raises ValueError where months and days are mixed."""
    if not parts.months:
        return timedelta(days=parts.days) + parts.time
    if parts.days or parts.time:
        raise ValueError("Expected either years and months or days and time, but found a duration that mixes them.")
    return YearsMonthsDuration(parts.months)


def value_of_duration(text: str) -> timedelta | YearsMonthsDuration:
    """Read a duration as a variable: `P0M` stays months. Raises ValueError."""
    parts = parse_duration(text)
    if parts.is_zero and text.endswith(("Y", "M")) and "T" not in text:
        return YearsMonthsDuration(0)
    return to_value(parts)
