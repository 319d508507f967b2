"""When timers come due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.bpm import errors
from baton.bpm.definition.elements import CronForm, TimerKind
from baton.bpm.expressions.timer import CatchUp, Due, TimerSchedule, parse_due, parse_timer
from baton.bpm.values import YearsMonthsDuration

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)


def timer(kind: TimerKind, value: Any, *, form: CronForm = CronForm.QUARTZ, zone: ZoneInfo = UTC_ZONE) -> TimerSchedule:
    return parse_timer(kind, value, cron_form=form, zone=zone)


def dues(
    value: str, *, now: datetime = NOW, count: int = 5, form: CronForm = CronForm.QUARTZ, zone: ZoneInfo = UTC_ZONE
):
    """The first `count` times of a cycle, as text in its zone."""
    schedule = timer(TimerKind.CYCLE, value, form=form, zone=zone)
    due: datetime | None = schedule.first_due(now)
    found: list[str] = []
    while due is not None and len(found) < count:
        assert due.tzinfo is UTC
        found.append(due.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"))
        due = schedule.next_due(anchor=now, fired=len(found), previous=due)
    return found


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01t09:30:00z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("20260301T093000Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00,5+01:00", datetime(2026, 3, 1, 8, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T09:30:00.1234567-0530", datetime(2026, 3, 1, 15, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-03-01T09+02", datetime(2026, 3, 1, 7, tzinfo=UTC)),
        ("2026-03-01T24:00:00Z", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-07-01T09:00:00", datetime(2026, 7, 1, 7, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-W01-1T00:00Z", datetime(2025, 12, 29, tzinfo=UTC)),
        ("2024-366T00:00Z", datetime(2024, 12, 31, tzinfo=UTC)),
        ("2026-07-01T09:00:00[America/New_York]", datetime(2026, 7, 1, 13, tzinfo=UTC)),
        ("2026-07-01T09:00:00@America/New_York", datetime(2026, 7, 1, 13, tzinfo=UTC)),
        ("2026-07-01T09:00:00+02:00[America/New_York]", datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (" 2020-01-01T00:00:00Z\n", datetime(2020, 1, 1, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 6, 30, 22, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 9, tzinfo=UTC)),
    ],
)
def test_a_date_is_due_once_in_its_own_zone_else_in_the_default_zone(value: Any, due: datetime) -> None:
    schedule = timer(TimerKind.DATE, value, zone=BERLIN)

    assert schedule.first_due(NOW) == due
    assert schedule.first_due(NOW).tzinfo is UTC
    assert schedule.repetitions == 1
    assert schedule.next_due(anchor=NOW, fired=1, previous=due) is None


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("PT10M", "2026-01-31T10:10:00+00:00"),
        ("PT0S", "2026-01-31T10:00:00+00:00"),
        ("PT0.5S", "2026-01-31T10:00:00.500000+00:00"),
        ("PT1,5H", "2026-01-31T11:30:00+00:00"),
        ("P2W", "2026-02-14T10:00:00+00:00"),
        ("P1M", "2026-02-28T10:00:00+00:00"),
        ("P1Y1M", "2027-02-28T10:00:00+00:00"),
        ("P2Y1M", "2028-02-29T10:00:00+00:00"),
        ("P1M1DT1H", "2026-03-01T11:00:00+00:00"),
        ("P0.5D", "2026-01-31T22:00:00+00:00"),
        (timedelta(minutes=3), "2026-01-31T10:03:00+00:00"),
        (YearsMonthsDuration(1), "2026-02-28T10:00:00+00:00"),
    ],
)
def test_a_duration_is_counted_from_now_by_calendar(value: Any, due: str) -> None:
    assert timer(TimerKind.DURATION, value).first_due(NOW).isoformat() == due


def test_a_day_keeps_the_wall_clock_over_summer_time_and_24_hours_do_not() -> None:
    before_change = datetime(2026, 3, 28, 8, tzinfo=UTC)

    day = timer(TimerKind.DURATION, "P1D", zone=BERLIN).first_due(before_change)
    hours = timer(TimerKind.DURATION, "PT24H", zone=BERLIN).first_due(before_change)

    assert day == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert hours == datetime(2026, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("R3/PT10M", ["2026-01-31 10:10:00", "2026-01-31 10:20:00", "2026-01-31 10:30:00"]),
        (
            "R/P1M",
            [
                "2026-02-28 10:00:00",
                "2026-03-31 10:00:00",
                "2026-04-30 10:00:00",
                "2026-05-31 10:00:00",
                "2026-06-30 10:00:00",
            ],
        ),
        (
            "R-1/P1D",
            [
                "2026-02-01 10:00:00",
                "2026-02-02 10:00:00",
                "2026-02-03 10:00:00",
                "2026-02-04 10:00:00",
                "2026-02-05 10:00:00",
            ],
        ),
        ("R1/P1Y", ["2027-01-31 10:00:00"]),
        ("R3/2026-02-01T00:00:00Z/P1M", ["2026-02-01 00:00:00", "2026-03-01 00:00:00", "2026-04-01 00:00:00"]),
        ("R3/2026-01-31T10:00:00Z/P1M", ["2026-01-31 10:00:00", "2026-02-28 10:00:00", "2026-03-31 10:00:00"]),
        ("R3/2025-12-31T00:00:00Z/P1M", ["2026-02-28 00:00:00"]),
        ("R2/2020-01-01T00:00:00Z/P1D", ["2020-01-02 00:00:00"]),
        ("R2/2024-02-29T00:00:00Z/P4Y", ["2028-02-29 00:00:00"]),
        (
            "R3/2026-02-01T00:00:00Z/2026-02-01T06:00:00Z",
            ["2026-02-01 00:00:00", "2026-02-01 06:00:00", "2026-02-01 12:00:00"],
        ),
        ("R3/PT1H/2026-02-01T00:00:00Z", ["2026-01-31 22:00:00", "2026-01-31 23:00:00", "2026-02-01 00:00:00"]),
        ("R/PT5H/2026-02-01T00:00:00Z", ["2026-01-31 14:00:00", "2026-01-31 19:00:00", "2026-02-01 00:00:00"]),
        ("R999999999/P1Y/2027-02-01T00:00:00Z", ["2026-02-01 00:00:00", "2027-02-01 00:00:00"]),
        ("R3/PT1H/2020-02-01T00:00:00Z", ["2020-02-01 00:00:00"]),
        (
            "R/2000-01-01T00:00:00Z/PT1S",
            [
                "2026-01-31 10:00:00",
                "2026-01-31 10:00:01",
                "2026-01-31 10:00:02",
                "2026-01-31 10:00:03",
                "2026-01-31 10:00:04",
            ],
        ),
        ("R/9998-06-01T00:00:00Z/P1Y", ["9998-06-01 00:00:00", "9999-06-01 00:00:00"]),
    ],
)
def test_a_repeating_interval_comes_due_at_these_times(value: str, expected: list[str]) -> None:
    assert dues(value) == expected


def test_a_daily_cycle_keeps_the_wall_clock_of_its_zone() -> None:
    spring = dues("R/2026-03-28T02:30:00/P1D", now=datetime(2026, 3, 27, tzinfo=UTC), count=3, zone=BERLIN)
    autumn = dues("R/2026-10-24T02:30:00/P1D", now=datetime(2026, 10, 23, tzinfo=UTC), count=3, zone=BERLIN)

    assert spring == ["2026-03-28 02:30:00", "2026-03-29 03:30:00", "2026-03-30 02:30:00"]
    assert autumn == ["2026-10-24 02:30:00", "2026-10-25 02:30:00", "2026-10-26 02:30:00"]


@pytest.mark.parametrize(
    ("value", "repetitions"), [("R/PT1H", None), ("R3/PT1H", 3), ("R3/2026-01-01/P1D", 3), ("0 0 * * * ?", None)]
)
def test_a_cycle_says_how_often_it_fires(value: str, repetitions: int | None) -> None:
    assert timer(TimerKind.CYCLE, value).repetitions == repetitions


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (CatchUp.ALL, Due(datetime(2026, 2, 2, 10, tzinfo=UTC), 1)),
        (CatchUp.LAST, Due(datetime(2026, 2, 9, 10, tzinfo=UTC), 8)),
        (CatchUp.SKIP, Due(datetime(2026, 2, 10, 10, tzinfo=UTC), 9)),
    ],
)
def test_a_cycle_catches_up_after_a_stop_as_the_policy_says(policy: CatchUp, expected: Due) -> None:
    schedule = timer(TimerKind.CYCLE, "R/P1D")
    first = schedule.first_due(NOW)

    due = schedule.catch_up(policy, anchor=NOW, fired=1, previous=first, now=datetime(2026, 2, 10, 9, tzinfo=UTC))

    assert due == expected


def test_catching_up_a_bounded_cycle_ends_where_the_cycle_ends() -> None:
    schedule = timer(TimerKind.CYCLE, "R3/PT1S")
    first = schedule.first_due(NOW)
    later = NOW + timedelta(days=3650)

    last = schedule.catch_up(CatchUp.LAST, anchor=NOW, fired=1, previous=first, now=later)
    skip = schedule.catch_up(CatchUp.SKIP, anchor=NOW, fired=1, previous=first, now=later)

    assert last == Due(NOW + timedelta(seconds=3), 2)
    assert skip == Due(None, 3)


def test_catching_up_ten_years_of_seconds_is_a_search_not_a_count() -> None:
    later = NOW + timedelta(days=3650, milliseconds=300)
    schedule = timer(TimerKind.CYCLE, "R/PT1S")

    due = schedule.catch_up(CatchUp.LAST, anchor=NOW, fired=0, previous=NOW, now=later)

    assert due == Due(NOW + timedelta(days=3650), 3650 * 86_400 - 1)


@pytest.mark.parametrize(
    ("cron", "last", "following"),
    [
        ("0 0 9 ? * MON-FRI", datetime(2026, 3, 6, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)),
        ("* * * * * ?", datetime(2026, 3, 8, 12, 0, 0, tzinfo=UTC), datetime(2026, 3, 8, 12, 0, 1, tzinfo=UTC)),
        ("0 0 0 1 2 ?", datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)),
        ("0 0 0 1 4 ?", datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
    ],
)
def test_cron_catches_up_without_counting(cron: str, last: datetime, following: datetime) -> None:
    schedule = timer(TimerKind.CYCLE, cron)
    now = datetime(2026, 3, 8, 12, tzinfo=UTC)

    assert schedule.catch_up(CatchUp.LAST, anchor=NOW, fired=4, previous=NOW, now=now) == Due(last, 4)
    assert schedule.catch_up(CatchUp.SKIP, anchor=NOW, fired=4, previous=NOW, now=now) == Due(following, 4)


def test_cron_of_a_night_hour_is_neither_lost_in_spring_nor_doubled_in_autumn() -> None:
    spring = dues("0 30 2 * * ?", now=datetime(2026, 3, 28, 0, tzinfo=UTC), count=3, zone=BERLIN)
    autumn = dues("0 30 2 * * ?", now=datetime(2026, 10, 24, 0, tzinfo=UTC), count=3, zone=BERLIN)

    assert spring == ["2026-03-28 02:30:00", "2026-03-29 03:30:00", "2026-03-30 02:30:00"]
    assert autumn == ["2026-10-24 02:30:00", "2026-10-25 02:30:00", "2026-10-26 02:30:00"]


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_cron_of_every_half_hour_stays_half_an_hour_apart_over_both_changes(day: datetime) -> None:
    schedule = timer(TimerKind.CYCLE, "0 */30 * * * ?", zone=BERLIN)

    due = schedule.first_due(day)
    for number in range(1, 8):
        assert due == day + timedelta(minutes=30) * number
        following = schedule.next_due(anchor=day, fired=number, previous=due)
        assert following is not None
        due = following


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (TimerKind.DATE, "tomorrow", "Expected a date such as 2026-01-31T09:30:00Z, but found 'tomorrow'."),
        (TimerKind.DATE, "2026-02-30", "exist"),
        (TimerKind.DATE, "2026-366", "exist"),
        (TimerKind.DATE, "2026-01-01T25:00Z", "exist"),
        (TimerKind.DATE, "2026-01-01T10:00[Mars/Base]", "exist"),
        (TimerKind.DATE, "0001-01-01T00:00+05:00", "years 1"),
        (TimerKind.DATE, "٢٠٢٦-01-01", "Expected a date"),
        (TimerKind.DATE, "1" * 1_000_000, "Expected a date"),
        (TimerKind.DATE, None, "but found null"),
        (TimerKind.DATE, 5, "but found int '5'"),
        (TimerKind.DATE, timedelta(1), "Expected a date"),
        (TimerKind.DURATION, "10 minutes", "Expected an ISO 8601 duration such as PT10M"),
        (TimerKind.DURATION, "-PT10M", "zero or more"),
        (TimerKind.DURATION, timedelta(seconds=-1), "zero or more"),
        (TimerKind.DURATION, YearsMonthsDuration(-1), "zero or more"),
        (TimerKind.DURATION, 600, "Expected a duration such as PT10M, but found int '600'."),
        (TimerKind.DURATION, "P99999999999D", "at most"),
        (TimerKind.CYCLE, "PT10M", "put R/ before it"),
        (TimerKind.CYCLE, "R0/PT10M", "at least one repetition"),
        (TimerKind.CYCLE, "R/PT0S", "longer than zero"),
        (TimerKind.CYCLE, "R/-PT1S", "longer than zero"),
        (TimerKind.CYCLE, "R/2026-02-01T00:00Z/2026-01-01T00:00Z", "longer than zero"),
        (TimerKind.CYCLE, "R/2026-02-01T00:00Z", "Expected an ISO 8601 duration"),
        (TimerKind.CYCLE, "R", "Expected a repeating interval"),
        (TimerKind.CYCLE, "R/PT1S/PT1S/PT1S", "Expected a repeating interval"),
        (TimerKind.CYCLE, "R9999999999/PT1S", "Expected a repeating interval"),
        (TimerKind.CYCLE, timedelta(minutes=1), "Expected a cycle such as R3/PT10M"),
    ],
)
def test_what_is_no_timer_is_refused_with_what_was_expected(kind: TimerKind, value: Any, message: str) -> None:
    with pytest.raises(errors.ExpressionError) as caught:
        timer(kind, value)

    assert message in caught.value.message
    assert len(caught.value.message) < 500


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (TimerKind.DURATION, "P8000Y"),
        (TimerKind.DURATION, "P999999999D"),
        (TimerKind.DURATION, "P999999999999999999Y"),
        (TimerKind.CYCLE, "R/P8000Y"),
        (TimerKind.CYCLE, "0 0 0 1 1 ? 2020"),
    ],
)
def test_a_timer_that_can_never_come_due_is_an_error_when_it_is_set(kind: TimerKind, value: str) -> None:
    with pytest.raises(errors.ExpressionError):
        timer(kind, value).first_due(NOW)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("2026-02-01T09:00:00Z", datetime(2026, 2, 1, 9, tzinfo=UTC)),
        ("P3D", datetime(2026, 2, 3, 10, tzinfo=UTC)),
        (timedelta(hours=1), datetime(2026, 1, 31, 11, tzinfo=UTC)),
        (date(2026, 2, 1), datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_due_date_is_a_date_or_a_duration_from_now(value: Any, due: datetime) -> None:
    assert parse_due(value, now=NOW, zone=UTC_ZONE) == due
