"""Arithmetic, comparison, three-valued logic, membership and types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm.values import YearsMonthsDuration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("6 / 2", 3),
        ("1 / 0", None),
        ("0 ** -1", None),
        ("0 ** 0", None),
        ("2 ** 0.5", Decimal("1.414213562373095048801688724209698")),
        ("9999999999999999999999999999999999 + 1", Decimal("1.000000000000000000000000000000000E+34")),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("1 + null", None),
        ("true + 1", None),
        ("10 - 0.5", Decimal("9.5")),
        ("-(-3)", 3),
        ('-"a"', None),
    ],
)
def test_numbers_have_34_decimal_digits(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('@"2024-02-29" - @"P1Y"', date(2023, 2, 28)),
        ('@"P1D" + @"2026-12-31"', date(2027, 1, 1)),
        ('@"2026-03-01" - @"2026-02-01"', timedelta(days=28)),
        ('@"2026-01-01T23:30:00" + @"PT1H"', datetime(2026, 1, 2, 0, 30)),
        ('@"23:30:00" + @"PT1H"', time(0, 30)),
        ('@"2026-01-01T12:00:00Z" - @"2026-01-01T12:00:00+02:00"', timedelta(hours=2)),
        ('@"2026-01-01T12:00:00Z" - @"2026-01-01T12:00:00"', None),
        ('@"PT1H" * 2.5', timedelta(hours=2, minutes=30)),
        ('@"P1Y" * 1.5', YearsMonthsDuration(18)),
        ('@"P1D" / @"PT6H"', 4),
        ('@"P1Y" / 5', YearsMonthsDuration(2)),
        ('@"P1Y" + @"P1D"', None),
        ('-@"P1M"', YearsMonthsDuration(-1)),
    ],
)
def test_dates_and_durations_calculate(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", True),
        ("1 != 2", True),
        ('1 = "1"', None),
        ("null = null", True),
        ("1 = null", False),
        ("null != 1", True),
        ("1 < null", None),
        ("missing > 1", None),
        ('"a" < "b"', True),
        ('"a" < 1', None),
        ("[1, [2, {a: 3}]] = [1, [2, {a: 3.0}]]", True),
        ("[1, 2] = [1]", False),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
        ('@"2026-01-01" < @"2026-01-02"', True),
        ('@"10:00:00Z" = @"11:00:00+01:00"', True),
        ('@"10:00:00" = @"10:00:00Z"', False),
        ('@"P12M" = @"P1Y"', True),
        ('@"PT24H" >= @"P1D"', True),
        ("2 between 1 and 3", True),
        ("2 between null and 3", None),
    ],
)
def test_comparison_gives_null_for_what_does_not_compare(
    value_of: Callable[..., Any], text: str, expected: Any
) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and null", None),
        ("null and false", False),
        ("false and null", False),
        ("null or true", True),
        ("false or null", None),
        ("1 and true", None),
        ("1 or true", True),
        ("not(null)", None),
        ("not(false)", True),
    ],
)
def test_logic_has_three_values(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 in (1..5)", False),
        ("5 in (1..5]", True),
        ("5 in ]1..5[", False),
        ("5 in [1..5[", False),
        ("1 in [1..5[ and true", True),
        ("5 in (1, 5)", True),
        ("5 in ([1, 5])", True),
        ("5 in [1, 5]", True),
        ("5 in < 6", True),
        ("5 in (> 6, < 3)", False),
        ("5 in (>= 5)", True),
        ("5 in ([[1..2], [4..6]])", True),
        ("5 in (? > 4)", True),
        ("5 in ([[1, 5], [6]][1])", True),
        ("null in [1..5]", None),
        ('"b" in ["a".."c"]', True),
        ('@"2026-06-01" in [@"2026-01-01"..@"2026-12-31"]', True),
        ("[1] in [[1], [2]]", True),
        ("5 in null", False),
        ("null in (null)", True),
    ],
)
def test_in_asks_ranges_lists_and_tests(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", True),
        ("1 instance of string", False),
        ("null instance of Null", True),
        ("null instance of Any", False),
        ('@"2026-01-01" instance of date', True),
        ('@"2026-01-01T00:00:00" instance of date and time', True),
        ('@"P1D" instance of days and time duration', True),
        ('@"P1Y" instance of years and months duration', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("{a: 1} instance of context<a: number>", True),
        ("{a: 1} instance of context<b: number>", False),
        ("[1..2] instance of range<number>", True),
        ("(function(a) a) instance of function<Any> -> Any", True),
        ("(function(a) a) instance of function", True),
        ("count instance of function", True),
        ("1 instance of tMoney", None),
    ],
)
def test_instance_of_knows_all_types(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) is expected
