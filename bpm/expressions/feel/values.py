"""FEEL's own value types, where Python's do not reach (DMN 1.5, 10.3.2.3).

Numbers are `int` or `decimal.Decimal` (34 digits), strings `str`, booleans `bool`, lists `list`, contexts `dict`
with string keys, null is `None`. Dates have years of up to nine digits and times carry an offset or a zone name,
so they have types of their own. All are immutable; lists and contexts are never changed after they were built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.evaluation import Evaluation
    from baton.bpm.expressions.feel.types import FeelType

Value: TypeAlias = Any

NANOS: Final = 1_000_000_000
DAY: Final = 86_400 * NANOS
MAX_YEAR: Final = 999_999_999


class Open(Enum):
    """The missing end of a range such as `(> 5)`."""

    END = "open end"


OPEN: Final = Open.END


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, any year."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@dataclass(frozen=True, slots=True)
class FeelDate:
    year: int
    month: int
    day: int

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return days_from_civil(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 (Monday) to 7 (Sunday)."""
        return (self.ordinal + 3) % 7 + 1

    def plus_months(self, months: int) -> FeelDate | None:
        """The same day that many months later, or the month's last; None beyond the years FEEL knows."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        if abs(year) > MAX_YEAR:
            return None
        return FeelDate(year, month + 1, min(self.day, days_in_month(year, month + 1)))

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04}-{self.month:02}-{self.day:02}"


def date_of(year: int, month: int, day: int) -> FeelDate | None:
    """The date, or None where there is no such day."""
    if not 1 <= month <= 12 or abs(year) > MAX_YEAR or not 1 <= day <= days_in_month(year, month):
        return None
    return FeelDate(year, month, day)


def date_from_ordinal(ordinal: int) -> FeelDate | None:
    """Inverse of `FeelDate.ordinal`; None beyond the years FEEL knows."""
    shifted = ordinal + 719_468
    era = shifted // 146_097
    day_of_era = shifted - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = shifted_month + (3 if shifted_month < 10 else -9)
    year = year_of_era + era * 400 + (month <= 2)
    if abs(year) > MAX_YEAR:
        return None
    return FeelDate(year, month, day_of_year - (153 * shifted_month + 2) // 5 + 1)


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that IANA name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class FeelTime:
    """A time of day: `nanos` since midnight, and at most one of `offset` (seconds east of UTC) and `zone`."""

    nanos: int
    offset: int | None = None
    zone: str | None = None

    @property
    def is_zoned(self) -> bool:
        return self.offset is not None or self.zone is not None

    def offset_on(self, date: FeelDate | None) -> int | None:
        """Seconds east of UTC on that day; a zone's offset depends on it."""
        if self.zone is None:
            return self.offset
        zone = zone_named(self.zone)
        if zone is None:
            return None
        year, month, day = (date.year, date.month, date.day) if date is not None else (2000, 1, 1)
        # Outside Python's calendar the nearest year with the same rules answers.
        year = min(max(year, 2), 9998)
        moment = datetime(year, month, min(day, days_in_month(year, month))) + timedelta(seconds=self.nanos // NANOS)
        offset = zone.utcoffset(moment)
        return None if offset is None else int(offset.total_seconds())

    @property
    def order(self) -> tuple[bool, int]:
        """(is it zoned, nanoseconds of the day in UTC); only equal first parts compare."""
        offset = self.offset_on(None)
        return offset is not None, self.nanos - (offset or 0) * NANOS

    def same_zone(self, other: FeelTime) -> bool:
        return (self.offset, self.zone) == (other.offset, other.zone)

    def __str__(self) -> str:
        seconds, fraction = divmod(self.nanos, NANOS)
        text = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}{_fraction(fraction)}"
        if self.zone is not None:
            return f"{text}@{self.zone}"
        if self.offset is None:
            return text
        if self.offset == 0:
            return text + "Z"
        size = abs(self.offset)
        tail = f":{size % 60:02}" if size % 60 else ""
        return f"{text}{'-' if self.offset < 0 else '+'}{size // 3600:02}:{size % 3600 // 60:02}{tail}"


@dataclass(frozen=True, slots=True)
class FeelDateTime:
    date: FeelDate
    time: FeelTime

    @property
    def local_nanos(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 on the wall clock."""
        return self.date.ordinal * DAY + self.time.nanos

    @property
    def order(self) -> tuple[bool, int]:
        """(is it zoned, nanoseconds since 1970 in UTC); only equal first parts compare."""
        offset = self.time.offset_on(self.date)
        return offset is not None, self.local_nanos - (offset or 0) * NANOS

    def plus_nanos(self, nanos: int) -> FeelDateTime | None:
        """On the wall clock; None beyond the years FEEL knows."""
        ordinal, rest = divmod(self.local_nanos + nanos, DAY)
        date = date_from_ordinal(ordinal)
        return None if date is None else FeelDateTime(date, FeelTime(rest, self.time.offset, self.time.zone))

    def in_zone(self, zone: FeelTime) -> FeelDateTime | None:
        """The same moment on the wall clock of that time's zone; one without a zone is on that clock already."""
        own = self.time.offset_on(self.date)
        if own is None:
            return FeelDateTime(self.date, FeelTime(self.time.nanos, zone.offset, zone.zone))
        moment = FeelDateTime(self.date, FeelTime(self.time.nanos, 0)).plus_nanos(-own * NANOS)
        offset = None if moment is None else _offset_at(moment, zone)
        if moment is None or offset is None:
            return None
        local = moment.plus_nanos(offset * NANOS)
        return None if local is None else FeelDateTime(local.date, FeelTime(local.time.nanos, zone.offset, zone.zone))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


def _offset_at(moment: FeelDateTime, zone: FeelTime) -> int | None:
    """Seconds east of UTC in the zone at a moment in UTC; None for zones outside Python's calendar."""
    info = None if zone.zone is None else zone_named(zone.zone)
    if info is None:
        return zone.offset
    date = moment.date
    if not 2 <= date.year <= 9998:
        return None
    start = datetime(date.year, date.month, date.day, tzinfo=UTC) + timedelta(seconds=moment.time.nanos // NANOS)
    offset = start.astimezone(info).utcoffset()
    return None if offset is None else int(offset.total_seconds())


def at_midnight_utc(date: FeelDate) -> FeelDateTime:
    """A date used where a date and time is needed (DMN 1.5, 10.3.2.9)."""
    return FeelDateTime(date, FeelTime(0, 0))


@dataclass(frozen=True, slots=True)
class MonthsDuration:
    """Years and months duration."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{'-' if self.months < 0 else ''}P{text}"


@dataclass(frozen=True, slots=True)
class TimeDuration:
    """Days and time duration."""

    nanos: int

    def __str__(self) -> str:
        seconds, fraction = divmod(abs(self.nanos), NANOS)
        days, seconds = divmod(seconds, 86_400)
        hours, seconds = divmod(seconds, 3600)
        minutes, seconds = divmod(seconds, 60)
        time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or fraction:
            time += f"{seconds}{_fraction(fraction)}S"
        sign = "-" if self.nanos < 0 else ""
        if not time:
            return f"{sign}P{days}D" if days else "PT0S"
        return f"{sign}P{f'{days}D' if days else ''}T{time}"


def _fraction(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""


@dataclass(frozen=True, slots=True)
class FeelRange:
    """`start` and `end` are values or OPEN; the flags say whether they belong to the range.

    `is_point`: written as `(=10)`, which holds the same as `[10..10]` but does not equal it (DMN TCK 0068).
    """

    start: Value
    end: Value
    start_included: bool
    end_included: bool
    is_point: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function value. `invoke` gets the running evaluation and one value for each parameter.

    Built-in functions, which may be called with fewer or more, check the number themselves and have `by_name`.
    """

    parameters: tuple[str, ...]
    invoke: Callable[[Evaluation, Sequence[Value]], Value]
    types: tuple[FeelType | None, ...] = ()
    by_name: Callable[[Evaluation, Mapping[str, Value]], Value] | None = None


TYPE_NAMES: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    FeelDate: "date",
    FeelTime: "time",
    FeelDateTime: "date and time",
    MonthsDuration: "years and months duration",
    TimeDuration: "days and time duration",
    FeelRange: "range",
    FeelFunction: "function",
}


def type_name(value: Value) -> str:
    """FEEL's name of the value's type."""
    return TYPE_NAMES.get(type(value), "function")


def is_number(value: Value) -> bool:
    """True for the two number types; booleans are none."""
    kind = type(value)
    return kind is int or kind is Decimal
