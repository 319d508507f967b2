"""When timers come due: dates, durations and cycles in ISO 8601 or cron, without a clock of their own.

`parse_timer` makes a schedule of a timer's value; the schedule answers when it is first due and when
next. Wall clock parts (days, months, cron) keep the wall clock of the zone over summer time: a time
that is skipped in spring comes at the same distance after the gap, a repeated one in autumn comes
once, except that a cron of every hour runs through both. Hours, minutes and seconds are exact time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from baton.bpm import errors
from baton.bpm.definition.elements import CronForm, TimerKind
from baton.bpm.expressions import iso8601
from baton.bpm.expressions.cron import Cron, parse_cron
from baton.bpm.expressions.iso8601 import Repeating
from baton.bpm.values.durations import DurationParts, YearsMonthsDuration, parse_duration


class CatchUp(StrEnum):
    """What to do with cycles that came due while nothing ran."""

    ALL = "all"
    LAST = "last"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Due:
    """The next time, None when the cycle is at its end, and how many firings count as done before it."""

    at: datetime | None
    fired: int


class TimerSchedule(ABC):
    """A timer's times, all aware UTC. `anchor` is always the `now` that was given to `first_due`."""

    @property
    @abstractmethod
    def repetitions(self) -> int | None:
        """How often it fires: 1 for dates and durations, None without end."""

    @abstractmethod
    def first_due(self, now: datetime) -> datetime:
        """When it fires first if set at `now`; a date that has passed is due at once.

        Raises `ExpressionError` if it can never fire, as a cron of a past year.
        """

    @abstractmethod
    def next_due(self, *, anchor: datetime, fired: int, previous: datetime) -> datetime | None:
        """When it fires again after `fired` firings, the last of them due at `previous`; None at the end."""

    @abstractmethod
    def missed(self, *, anchor: datetime, fired: int, previous: datetime, now: datetime) -> tuple[Due, Due]:
        """The last time not after `now` that follows `previous` (the next one if none), and the first after `now`."""

    def catch_up(self, policy: CatchUp, *, anchor: datetime, fired: int, previous: datetime, now: datetime) -> Due:
        """Like `next_due` after a stop: `all` goes on where it stopped, `last` leaves out all but the last
        missed time, `skip` all of them. Left out times count as fired; cron, which is endless, does not count.

        A late firing that stands for the missed ones is followed by `skip`.
        """
        if policy is CatchUp.ALL:
            return Due(self.next_due(anchor=anchor, fired=fired, previous=previous), fired)
        last, following = self.missed(anchor=anchor, fired=fired, previous=previous, now=now)
        return last if policy is CatchUp.LAST else following


def parse_timer(kind: TimerKind, value: Any, *, cron_form: CronForm, zone: ZoneInfo) -> TimerSchedule:
    """The schedule of a timer's value: text, or what an expression yielded.

    Dates: text, date, datetime. Durations: text, timedelta, YearsMonthsDuration. Cycles: text. `zone`
    holds where the value names none. Raises `ExpressionError` with what was expected and found.
    """
    try:
        return _READERS[kind](value, cron_form, zone)
    except ValueError as error:
        raise errors.ExpressionError(str(error)) from error


def parse_due(value: Any, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment (aware UTC) of a due or follow-up date: a date in any form, or a duration from `now`.

    Raises `ExpressionError`.
    """
    is_duration = isinstance(value, timedelta | YearsMonthsDuration) or (
        isinstance(value, str) and value.strip().startswith("P")
    )
    kind = TimerKind.DURATION if is_duration else TimerKind.DATE
    return parse_timer(kind, value, cron_form=CronForm.QUARTZ, zone=zone).first_due(now)


def _read_date(value: Any, cron_form: CronForm, zone: ZoneInfo) -> TimerSchedule:
    match value:
        case str():
            moment = iso8601.parse_date_time(value.strip(), zone)
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=zone)
        case date():
            moment = datetime.combine(value, time(), zone)
        case _:
            raise _unexpected("a date such as 2026-01-31T09:30:00Z", value)
    return _Date(_utc(moment))


def _read_duration(value: Any, cron_form: CronForm, zone: ZoneInfo) -> TimerSchedule:
    match value:
        case str():
            duration = parse_duration(value.strip())
        case timedelta():
            duration = DurationParts(time=value)
        case YearsMonthsDuration():
            duration = DurationParts(months=value.months)
        case _:
            raise _unexpected("a duration such as PT10M", value)
    if duration.is_negative:
        raise ValueError(f"Expected a duration of zero or more, but found {value!s}.")
    return _Duration(duration, zone)


def _read_cycle(value: Any, cron_form: CronForm, zone: ZoneInfo) -> TimerSchedule:
    if not isinstance(value, str):
        raise _unexpected("a cycle such as R3/PT10M or a cron expression", value)
    text = value.strip()
    if text.startswith("R"):
        return _Cycle(iso8601.parse_repeating(text, zone), zone)
    if text.startswith("P"):
        raise ValueError(f"Expected a cycle such as R/PT10M, but found the duration {text[:100]!r}; put R/ before it.")
    return _CronCycle(parse_cron(text, cron_form), zone)


def _unexpected(expected: str, value: Any) -> ValueError:
    found = "null" if value is None else f"{type(value).__name__} {str(value)[:100]!r}"
    return ValueError(f"Expected {expected}, but found {found}.")


_READERS: Mapping[TimerKind, Callable[[Any, CronForm, ZoneInfo], TimerSchedule]] = {
    TimerKind.DATE: _read_date,
    TimerKind.DURATION: _read_duration,
    TimerKind.CYCLE: _read_cycle,
}


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("Expected a time between the years 1 and 9999, but it is beyond.") from error


class _Once(TimerSchedule):
    __slots__ = ()

    @property
    def repetitions(self) -> int | None:
        return 1

    def next_due(self, *, anchor: datetime, fired: int, previous: datetime) -> datetime | None:
        return None if fired else self.first_due(anchor)

    def missed(self, *, anchor: datetime, fired: int, previous: datetime, now: datetime) -> tuple[Due, Due]:
        due = Due(self.next_due(anchor=anchor, fired=fired, previous=previous), fired)
        return due, due


@dataclass(frozen=True, slots=True)
class _Date(_Once):
    moment: datetime

    def first_due(self, now: datetime) -> datetime:
        return self.moment


@dataclass(frozen=True, slots=True)
class _Duration(_Once):
    duration: DurationParts
    zone: ZoneInfo

    def first_due(self, now: datetime) -> datetime:
        try:
            return iso8601.add(now.astimezone(self.zone), self.duration).astimezone(UTC)
        except ValueError as error:
            raise errors.ExpressionError(str(error)) from error


_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Cycle(TimerSchedule):
    """ISO 8601: every time is counted from one fixed point, so nothing drifts.

    `R3/step`: after one, two, three steps from the anchor. `R3/start/step`: at the start and two
    more. `R3/step/end`: at the end and two before. Times before the anchor are left out; if all are,
    the last is due at once.
    """

    repeating: Repeating
    zone: ZoneInfo

    @property
    def repetitions(self) -> int | None:
        return self.repeating.times

    def first_due(self, now: datetime) -> datetime:
        due = self._time(now, self._first_index(now))
        if due is None:
            raise errors.ExpressionError("Expected a cycle within the years 1 to 9999, but its first time is beyond.")
        return due

    def next_due(self, *, anchor: datetime, fired: int, previous: datetime) -> datetime | None:
        return self._time(anchor, self._first_index(anchor) + fired)

    def missed(self, *, anchor: datetime, fired: int, previous: datetime, now: datetime) -> tuple[Due, Due]:
        first = self._first_index(anchor)
        following = self._first_after(anchor, first + fired, now)
        last = max(following - 1, first + fired)
        return (
            Due(self._time(anchor, last), last - first),
            Due(self._time(anchor, following), following - first),
        )

    def _first_index(self, anchor: datetime) -> int:
        if self.repeating.start is None and self.repeating.end is None:
            return 0
        index = self._first_after(anchor, self._lowest(anchor), anchor - timedelta(microseconds=1))
        if self._time(anchor, index) is None:
            return index - 1
        return index

    def _lowest(self, anchor: datetime) -> int:
        """The index to search from. At an `end` the last time has index -1, those before it lower ones."""
        if self.repeating.end is None:
            return 0
        reach = 1
        while (moment := self._time(anchor, -reach)) is not None and moment >= anchor:
            reach *= 2
        return -min(reach, self.repeating.times or reach)

    def _first_after(self, anchor: datetime, lowest: int, moment: datetime) -> int:
        """The first index from `lowest` on whose time is after `moment`, or the one past the end."""
        if self._is_beyond(anchor, lowest, moment):
            return lowest
        low, reach = lowest, 1
        while not self._is_beyond(anchor, lowest + reach, moment):
            low, reach = lowest + reach, reach * 2
        high = lowest + reach
        while high - low > 1:
            middle = (low + high) // 2
            if self._is_beyond(anchor, middle, moment):
                high = middle
            else:
                low = middle
        return high

    def _is_beyond(self, anchor: datetime, index: int, moment: datetime) -> bool:
        due = self._time(anchor, index)
        return due is None or due > moment

    def _time(self, anchor: datetime, index: int) -> datetime | None:
        """The time of an index, None past the end of the cycle or of the calendar."""
        cycle = self.repeating
        if index >= (0 if cycle.end is not None else cycle.times or index + 1):
            return None
        try:
            if cycle.end is not None:
                return _utc(iso8601.add(cycle.end, cycle.step, index + 1))
            if cycle.start is not None:
                return _utc(iso8601.add(cycle.start, cycle.step, index))
            return _utc(iso8601.add(anchor.astimezone(self.zone), cycle.step, index + 1))
        except ValueError:
            return None if cycle.end is None else _EARLIEST


@dataclass(frozen=True, slots=True)
class _CronCycle(TimerSchedule):
    """Cron: every time is found from the one before."""

    cron: Cron
    zone: ZoneInfo

    @property
    def repetitions(self) -> int | None:
        return None

    def first_due(self, now: datetime) -> datetime:
        due = self._after(now)
        if due is None:
            raise errors.ExpressionError(
                f"Expected a cron expression that comes due after {now.isoformat()}, but {self.cron.text!r} does not."
            )
        return due

    def next_due(self, *, anchor: datetime, fired: int, previous: datetime) -> datetime | None:
        return self._after(previous)

    def missed(self, *, anchor: datetime, fired: int, previous: datetime, now: datetime) -> tuple[Due, Due]:
        following = Due(self._after(max(previous, now)), fired)
        due = self._after(previous)
        if due is None or due > now:
            return following, following
        return Due(self._last_before(due, now), fired), following

    def _last_before(self, due: datetime, now: datetime) -> datetime:
        """The last time not after `now`, given one (`due`) that is not: halving the stretch in between."""
        low, high = due, now
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            found = self._after(middle)
            if found is not None and found <= now:
                low = due = found
            else:
                high = middle
        found = self._after(due)
        return found if found is not None and found <= now else due

    def _after(self, moment: datetime) -> datetime | None:
        """The first time after `moment`."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        candidate = self._first_of(wall, moment)
        if candidate is None or not self.cron.is_every_hour:
            return candidate
        return self._in_repeated_hour(moment, candidate) or candidate

    def _first_of(self, wall: datetime, moment: datetime) -> datetime | None:
        following = self.cron.next_after(wall)
        while following is not None:
            for fold in (0, 1) if self.cron.is_every_hour else (0,):
                due = _utc(following.replace(tzinfo=self.zone, fold=fold))
                if due > moment:
                    return due
            following = self.cron.next_after(following)
        return None

    def _in_repeated_hour(self, moment: datetime, candidate: datetime) -> datetime | None:
        """A time between that lies in the second of two equal hours in autumn, which wall clock search leaves out."""
        change = self._clock_set_back(moment, candidate)
        if change is None:
            return None
        wall = change.astimezone(self.zone).replace(tzinfo=None, fold=0)
        following = self.cron.next_after(max(wall - timedelta(seconds=1), datetime.min))
        if following is None:
            return None
        due = following.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        return due if moment < due < candidate else None

    def _clock_set_back(self, moment: datetime, candidate: datetime) -> datetime | None:
        """The first moment after the clock was set back between the two, None if it was not."""
        before = moment.astimezone(self.zone).utcoffset()
        after = candidate.astimezone(self.zone).utcoffset()
        if before is None or after is None or after >= before:
            return None
        low, high = moment.replace(microsecond=0), candidate
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            middle = middle.replace(microsecond=0)
            if middle.astimezone(self.zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        return high
