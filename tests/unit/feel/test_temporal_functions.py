"""Dates, times, zones and durations: made from text and parts, and taken apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.bpm.values import YearsMonthsDuration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2024-02-29")', date(2024, 2, 29)),
        ('date("2023-02-29")', None),
        ('date("02024-01-01")', None),
        ('date("-0004-02-29")', "-0004-02-29"),
        ('date("999999999-12-31")', "999999999-12-31"),
        ("date(2026, 3, 29)", date(2026, 3, 29)),
        ("date(2026, 13, 1)", None),
        ("date(year: 2026, month: 1, day: 2)", date(2026, 1, 2)),
        ('date(date and time("2026-01-02T03:04:05"))', date(2026, 1, 2)),
        ('time("23:59:00Z")', time(23, 59, tzinfo=UTC)),
        ('time("24:00:00")', time(0, 0)),
        ('time("24:00:01")', None),
        ('time("10:00:00.123456789")', time(10, 0, 0, 123456)),
        ('time("10:00:00+19:00")', None),
        ("time(1, 2, 3)", time(1, 2, 3)),
        ('time(23, 59, 0, duration("-PT5H30M"))', time(23, 59, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("time(25, 0, 0)", None),
        ('date and time("2026-01-01T24:00:00")', datetime(2026, 1, 2)),
        ('date and time("2026-01-01")', datetime(2026, 1, 1)),
        ('date and time("2026-07-01T10:00:00@Europe/Berlin")',
         datetime(2026, 7, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))),
        ('date and time("2026-07-01T10:00:00@Nowhere/Land")', None),
        ('date and time(@"2026-01-01", @"10:00:00")', datetime(2026, 1, 1, 10)),
        ('date and time(@"2020-07-31T14:27:30@Europe/Berlin", "America/Los_Angeles")',
         datetime(2020, 7, 31, 5, 27, 30, tzinfo=ZoneInfo("America/Los_Angeles"))),
        ('date and time(@"2020-07-31T14:27:30+02:00", "Z")', datetime(2020, 7, 31, 12, 27, 30, tzinfo=UTC)),
        ('date and time(@"2020-01-01T00:30:00Z", "-01:00")',
         datetime(2019, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1)))),
        ('string(date and time(@"2020-07-31T14:27:30", "Europe/Berlin"))', "2020-07-31T14:27:30@Europe/Berlin"),
        ('date and time(@"2020-07-31T14:27:30Z", "Nowhere")', None),
        ('date and time(@"2020-07-31T14:27:30Z", "")', None),
        ("date and time(2026, 1, 2, 3, 4, 5)", datetime(2026, 1, 2, 3, 4, 5)),
        ('duration("P1Y2M")', YearsMonthsDuration(14)),
        ('duration("-P3DT4H5M6.7S")', -timedelta(days=3, hours=4, minutes=5, seconds=6.7)),
        ('duration("P1Y1D")', None),
        ('duration("P")', None),
        ('duration("PT")', None),
        ('duration("P1W")', None),
        ('years and months duration(@"2011-12-22", @"2013-08-24")', YearsMonthsDuration(20)),
        ('years and months duration(@"2013-08-24", @"2011-12-22")', YearsMonthsDuration(-20)),
        ("today()", date(2026, 3, 29)),
        ("now()", datetime(2026, 3, 29, 10, 30, tzinfo=UTC)),
        ('day of year(@"2019-09-17")', 260),
        ('day of week(@"2019-09-17")', "Tuesday"),
        ('month of year(@"2019-09-17")', "September"),
        ('week of year(@"2005-01-01")', 53),
        ('last day of month(@"2024-02-01")', date(2024, 2, 29)),
        ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
        ('is(@"10:00:00Z", @"11:00:00+01:00")', False),
        ('is(@"2026-01-01", @"2026-01-01T00:00:00")', False),
        ("is(1, 1.0)", True),
    ],
)  # fmt: skip
def test_temporal_functions_give(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-11-23".year', 2026),
        ('@"2026-11-23".weekday', 1),
        ('@"2026-11-23T10:11:12.5Z".second = 12.5', True),
        ('@"2026-11-23T10:11:12Z".hour', 10),
        ('@"2026-07-01T10:00:00@Europe/Berlin".time offset', timedelta(hours=2)),
        ('@"2026-01-01T10:00:00@Europe/Berlin".time offset', timedelta(hours=1)),
        ('@"2026-01-01T10:00:00@Europe/Berlin".timezone', "Europe/Berlin"),
        ('@"2026-01-01T10:00:00".time offset', None),
        ('@"-P1Y2M".months', -2),
        ('@"P1DT2H3M4S".minutes', 3),
        ('@"-P1DT2H".hours', -2),
        ('@"P1D".years', None),
    ],
)
def test_parts_are_read_after_a_dot(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01",
        "10:11:12",
        "10:11:12.5+01:30",
        "10:11:12@Europe/Berlin",
        "2026-01-01T10:11:12Z",
        "P1Y2M",
        "-P1Y",
        "P0M",
        "P1DT2H3M4.5S",
        "-PT1S",
        "PT0S",
    ],
)
def test_temporal_values_and_texts_are_inverse(value_of: Callable[..., Any], text: str) -> None:
    assert value_of(f'string(@"{text}")') == text
