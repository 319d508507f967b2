"""Cron expressions in the Quartz form (Camunda 7) and the Spring form (Camunda 8).

Six fields: seconds, minutes, hours, day of month, month, day of week; Quartz may add a year. Quartz
counts Sunday as 1, Spring as 0 or 7; Spring adds macros (`@daily`). Each field is `*`, `?`, values,
names, ranges, steps and lists; days also `L`, `L-3`, `LW`, `15W`, `5L` (last Friday), `6#3`.

Works on wall clock times without a zone; `timer` adds the zone.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta

from baton.bpm.definition.elements import CronForm

MAX_TEXT = 200
"""Characters of a cron expression; longer ones are refused unread."""

SEARCH_YEARS = 41
"""A 29 February on a given weekday comes back after 40 years at the latest."""

_MONTHS = {
    "JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MAY": 5, "JUN": 6,
    "JUL": 7, "AUG": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DEC": 12,
}  # fmt: skip
_WEEKDAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}
_MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}

DaysOfMonth = Callable[[int, int], frozenset[int]]
"""Which days of (year, month) a field allows."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression; `next_after` is all there is to do with it."""

    text: str
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    years: frozenset[int] | None
    days: tuple[DaysOfMonth, ...]

    @property
    def is_every_hour(self) -> bool:
        """True if no hour is left out: such a cycle runs through both hours of an autumn change."""
        return len(self.hours) == 24

    def next_after(self, moment: datetime) -> datetime | None:
        """The first wall clock time after `moment` (naive, whole seconds), None if there is none in reach."""
        start = moment.replace(microsecond=0) + timedelta(seconds=1) if moment < _LAST else None
        if start is None:
            return None
        for day in self._days_from(start.date()):
            clock = self._first_clock(start.time() if day == start.date() else time())
            if clock is not None:
                return datetime.combine(day, clock)
        return None

    def _days_from(self, first: date) -> Iterator[date]:
        for year in self._years_from(first.year):
            for month in self.months:
                if (year, month) < (first.year, first.month):
                    continue
                for number in sorted(frozenset.intersection(*(rule(year, month) for rule in self.days))):
                    day = date(year, month, number)
                    if day >= first:
                        yield day

    def _years_from(self, first: int) -> Iterator[int]:
        if self.years is None:
            yield from range(first, min(first + SEARCH_YEARS, MAXYEAR + 1))
        else:
            yield from sorted(year for year in self.years if year >= first)

    def _first_clock(self, earliest: time) -> time | None:
        for hour in self.hours:
            if hour < earliest.hour:
                continue
            for minute in self.minutes:
                if (hour, minute) < (earliest.hour, earliest.minute):
                    continue
                for second in self.seconds:
                    if (hour, minute, second) >= (earliest.hour, earliest.minute, earliest.second):
                        return time(hour, minute, second)
        return None


_LAST = datetime(MAXYEAR, 12, 31, 23, 59, 58)


def parse_cron(text: str, form: CronForm) -> Cron:
    """Read a cron expression; raises ValueError with the field, what was expected and what was found."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"Expected a cron expression of at most {MAX_TEXT} characters, but found {len(text)}.")
    written = text.strip()
    if form is CronForm.SPRING:
        written = _MACROS.get(written.lower(), written)
    fields = written.upper().split()
    allowed = (6, 7) if form is CronForm.QUARTZ else (6,)
    if len(fields) not in allowed:
        macros = "" if form is CronForm.QUARTZ else f", or one of {', '.join(_MACROS)}"
        raise ValueError(
            f"Expected a cron expression of {' or '.join(map(str, allowed))} fields (seconds, minutes, hours, day of "
            f"month, month, day of week{', year' if form is CronForm.QUARTZ else ''}){macros}, but found "
            f"{len(fields)} in {text!r}."
        )
    cron = _cron(text, fields, form)
    if cron.next_after(datetime(1969, 12, 31, 23, 59, 59)) is None:
        raise ValueError(f"Expected a cron expression that comes due some day, but {text!r} never does.")
    return cron


def _cron(text: str, fields: list[str], form: CronForm) -> Cron:
    day_of_month, day_of_week = fields[3], fields[5]
    if form is CronForm.QUARTZ and day_of_month not in ("*", "?") and day_of_week not in ("*", "?"):
        raise ValueError(
            f"Expected ? as the day of month or as the day of week, but found {day_of_month!r} and {day_of_week!r} in "
            f"{text!r}."
        )
    years = fields[6] if len(fields) == 7 else "*"
    return Cron(
        text=text,
        seconds=_numbers(_SECONDS, fields[0]),
        minutes=_numbers(_MINUTES, fields[1]),
        hours=_numbers(_HOURS, fields[2]),
        months=_numbers(_MONTH, fields[4]),
        years=None if years == "*" else frozenset(_numbers(_YEAR, years)),
        days=(_any_of(_day_of_month, day_of_month), _any_of(_WEEKDAY_READERS[form], day_of_week)),
    )


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    first: int
    last: int
    names: Mapping[str, int]

    def expected(self, found: str) -> ValueError:
        return ValueError(
            f"Expected {self.name} from {self.first} to {self.last} in a cron expression, but found {found!r}."
        )

    def value(self, text: str) -> int:
        number = self.names.get(text)
        if number is None:
            if not re.fullmatch(r"[0-9]{1,4}", text):
                raise self.expected(text)
            number = int(text)
        if not self.first <= number <= self.last:
            raise self.expected(text)
        return number


_SECONDS = _Field("seconds", 0, 59, {})
_MINUTES = _Field("minutes", 0, 59, {})
_HOURS = _Field("hours", 0, 23, {})
_DAY = _Field("a day of month", 1, 31, {})
_MONTH = _Field("a month", 1, 12, _MONTHS)
_YEAR = _Field("a year", 1970, 2199, {})
_QUARTZ_WEEKDAY = _Field("a day of week", 1, 7, {name: number + 1 for name, number in _WEEKDAYS.items()})
_SPRING_WEEKDAY = _Field("a day of week", 0, 7, _WEEKDAYS)


def _numbers(field: _Field, text: str) -> tuple[int, ...]:
    """All numbers a field without special day forms allows, in order."""
    found: set[int] = set()
    for part in text.split(","):
        found.update(_range(field, part))
    return tuple(sorted(found))


def _range(field: _Field, part: str) -> Iterator[int]:
    span, slash, step_text = part.partition("/")
    if slash and not re.fullmatch(r"0*[1-9][0-9]{0,3}", step_text):
        raise field.expected(part)
    step = int(step_text) if slash else 1
    if span == "*" or (span == "" and slash):
        return iter(range(field.first, field.last + 1, step))
    low_text, dash, high_text = span.partition("-")
    low = field.value(low_text)
    if not dash:
        return iter(range(low, field.last + 1, step)) if slash else iter((low,))
    high = field.value(high_text)
    if low <= high:
        return iter(range(low, high + 1, step))
    return _around(field, low, high, step)


def _around(field: _Field, low: int, high: int, step: int) -> Iterator[int]:
    """`22-2`, `FRI-MON`: past the end and on from the beginning."""
    if field is _YEAR:
        raise field.expected(f"{low}-{high}")
    count = 7 if field is _SPRING_WEEKDAY else field.last - field.first + 1
    return (field.first + (number - field.first) % count for number in range(low, high + count + 1, step))


def _any_of(reader: Callable[[str], DaysOfMonth], text: str) -> DaysOfMonth:
    rules = [reader(part) for part in text.split(",")]
    return lambda year, month: frozenset().union(*(rule(year, month) for rule in rules))


def _every_day(year: int, month: int) -> frozenset[int]:
    return frozenset(range(1, calendar.monthrange(year, month)[1] + 1))


def _day_of_month(part: str) -> DaysOfMonth:
    if part in ("*", "?"):
        return _every_day
    if match := re.fullmatch(r"L(?:-([0-9]{1,2}))?(W)?", part):
        back = int(match[1] or 0)
        if back > 30:
            raise _DAY.expected(part)
        return _last_day(back, nearest=bool(match[2]))
    if match := re.fullmatch(r"([0-9]{1,2})W", part):
        number = _DAY.value(match[1])
        return lambda year, month: _nearest_weekday(year, month, number)
    days = frozenset(_numbers(_DAY, part))
    return lambda year, month: days & _every_day(year, month)


def _last_day(back: int, *, nearest: bool) -> DaysOfMonth:
    def days(year: int, month: int) -> frozenset[int]:
        day = calendar.monthrange(year, month)[1] - back
        if day < 1:
            return frozenset()
        return _nearest_weekday(year, month, day) if nearest else frozenset({day})

    return days


def _nearest_weekday(year: int, month: int, number: int) -> frozenset[int]:
    """Monday to Friday nearest to the day, within the month; empty where the month is shorter."""
    last = calendar.monthrange(year, month)[1]
    if number > last:
        return frozenset()
    weekday = calendar.weekday(year, month, number)
    if weekday == calendar.SATURDAY:
        number += 2 if number == 1 else -1
    elif weekday == calendar.SUNDAY:
        number += -2 if number == last else 1
    return frozenset({number})


def _weekday_reader(field: _Field, sunday: int) -> Callable[[str], DaysOfMonth]:
    """Quartz counts Sunday as 1, Spring as 0; `L` alone is Saturday in Quartz, Sunday in Spring."""

    def read(part: str) -> DaysOfMonth:
        if part in ("*", "?"):
            return _every_day
        if part == "L":
            part = "7"
        if match := re.fullmatch(r"([0-9A-Z]{1,3})#([1-5])", part):
            return _nth_weekday(field.value(match[1]) - sunday, int(match[2]))
        if match := re.fullmatch(r"([0-9]|[A-Z]{3})L", part):
            return _nth_weekday(field.value(match[1]) - sunday, -1)
        weekdays = frozenset((number - sunday) % 7 for number in _numbers(field, part))
        return lambda year, month: frozenset(
            day for day in _every_day(year, month) if (calendar.weekday(year, month, day) + 1) % 7 in weekdays
        )

    return read


def _nth_weekday(weekday: int, number: int) -> DaysOfMonth:
    """The first to fifth, or (-1) last, of a weekday counted from Sunday 0."""

    def days(year: int, month: int) -> frozenset[int]:
        first_weekday, last = calendar.monthrange(year, month)
        first = 1 + (weekday - 1 - first_weekday) % 7
        fitting = range(first, last + 1, 7)
        if number > len(fitting):
            return frozenset()
        return frozenset({fitting[number if number < 0 else number - 1]})

    return days


_WEEKDAY_READERS: Mapping[CronForm, Callable[[str], DaysOfMonth]] = {
    CronForm.QUARTZ: _weekday_reader(_QUARTZ_WEEKDAY, 1),
    CronForm.SPRING: _weekday_reader(_SPRING_WEEKDAY, 0),
}
