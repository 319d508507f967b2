"""What goes in and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from baton.bpm.expressions import feel
from baton.bpm.values import YearsMonthsDuration

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        10**40,
        Decimal("1.25"),
        "text",
        date(2026, 1, 2),
        time(1, 2, 3, 4000),
        time(1, 2, 3, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, 600),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(2026, 7, 2, 3, 4, 5, tzinfo=ZoneInfo("America/New_York")),
        timedelta(days=-1, seconds=5, microseconds=7),
        YearsMonthsDuration(-14),
        [1, [Decimal("0.5"), {"a": date(2026, 1, 1)}]],
        {"a b": {"c": None}},
    ],
)
def test_what_goes_in_comes_out_again(value_of: Callable[..., Any], value: Any) -> None:
    result = value_of("it", {"it": value})

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, Decimal("0.1")),
        (2.0, 2),
        (Decimal("2.50"), Decimal("2.5")),
        (Decimal("3.00"), 3),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        pytest.param(10**7000, None, id="an integer beyond all numbers"),
        (object(), None),
        ((1, 2), [1, 2]),
    ],
)
def test_numbers_are_normalized_and_strange_values_are_null(
    value_of: Callable[..., Any], value: Any, expected: Any
) -> None:
    result = value_of("it", {"it": value})

    assert result == expected
    assert type(result) is type(expected)


def test_a_whole_result_is_an_int_and_a_function_is_none(value_of: Callable[..., Any]) -> None:
    assert type(value_of("1.5 + 1.5")) is int
    assert value_of("function(a) a") is None
    assert value_of("[count]") == [None]


class Recording(Mapping[str, Any]):
    """Remembers what it was asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.asked.append(name)
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("nobody needs all variables")

    def __len__(self) -> int:
        raise AssertionError("nobody needs all variables")


def test_variables_may_be_lazy_and_are_read_once() -> None:
    variables = Recording({"a": [1, 2], "b": 3, "c": 4})

    result = feel.compile_expression("sum(for i in a return i * b + count(a))").evaluate(variables, now=NOW)

    assert result == 13
    assert sorted(variables.asked) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("amuont > 100", "no variable 'amuont'"),
        ("nothing > 100", "variable 'nothing' is null"),
        ("name > 100", "cannot compare string and number"),
        ("name + 1", "cannot add string and number"),
        ("order.totl > 1", "no entry 'totl' in the context"),
        ("name.length", "no property 'length' of a string"),
        ("substring(1, 2)", "'substring' expects a string as 'string', found number"),
        ("substring(name)", "'substring' does not take 1 arguments"),
        ("upper(name)", "'upper' is not a function"),
        ("name and true", "expected a boolean beside 'and' or 'or', found string"),
        ("[1, 2][5]", "no item at that position of a list of 2"),
        ("for i in nothing return i", "cannot iterate over null"),
        ('date("31.12.2026")', "'date' has no result for these arguments"),
        ("contains(string: name, macth: name)", "'contains' has the parameters (string, match)"),
    ],
)
def test_notes_say_why_the_result_is_null(notes_of: Callable[..., list[str]], text: str, note: str) -> None:
    assert note in notes_of(text, {"name": "Ada", "order": {"total": 1}, "nothing": None})


def test_notes_are_few_however_often_something_is_null() -> None:
    notes: list[str] = []

    feel.compile_expression("for i in 1..1000 return get value({}, string(i)) + unknown").evaluate(
        {}, now=NOW, notes=notes
    )

    assert "no variable 'unknown'" in notes
    assert len(notes) <= 20
