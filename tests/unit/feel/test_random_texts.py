"""Random texts and values: no exception but the reader's own, no hang, and laws that always hold."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from baton.bpm.errors import ExpressionError
from baton.bpm.expressions import feel
from baton.bpm.expressions.feel.builtins import FUNCTIONS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PIECES = [
    "a", "b", "item", "?", "1", "2.5", '"x"', '@"2026-01-01"', '@"P1D"', "null", "true", "(", ")", "[", "]", "{", "}",
    ",", ":", ".", "..", "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "not", "in", "between",
    "if", "then", "else", "for", "some", "every", "return", "satisfies", "function", "instance of", "list<number>",
    "external", "partial", "`q r`", "//", "/*", "*/", "->", "!", "@", "'", '"', "`", *FUNCTIONS,
]  # fmt: skip
SMALL = {"steps": 5_000, "memory": 1_000_000, "depth": 100}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.floats()
    | st.text(max_size=10)
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas()
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner))


def evaluate_any(text: str, variables: dict[str, Any]) -> None:
    """Only the errors of the tree may come out."""
    for compile_text in (feel.compile_expression, feel.compile_unary_tests):
        with suppress(ExpressionError):
            compile_text(text).evaluate(variables, now=NOW, budget=feel.Budget(**SMALL), notes=[])


@given(st.lists(st.sampled_from(PIECES), max_size=25), values)
def test_pieces_of_feel_in_any_order_give_a_value_or_an_error_of_ours(pieces: list[str], value: Any) -> None:
    evaluate_any(" ".join(pieces), {"a": value, "b": [1, 2], "?": value})


@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_an_error_of_ours(text: str) -> None:
    evaluate_any(text, {"?": 1})


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(values, max_size=4))
def test_every_function_takes_anything(name: str, arguments: list[Any]) -> None:
    names = [f"v{index}" for index in range(len(arguments))]

    evaluate_any(f"{name}({', '.join(names)})", dict(zip(names, arguments, strict=True)))


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_pattern_on_any_text_gives_a_value_or_an_error_of_ours(text: str, pattern: str) -> None:
    evaluate_any('matches(t, p) = (replace(t, p, "$0") = t) and count(split(t, p)) > 0', {"t": text, "p": pattern})


@given(st.integers(-(10**33), 10**33), st.integers(-(10**15), 10**15))
def test_integers_calculate_as_integers_do(left: int, right: int) -> None:
    result = feel.compile_expression("[a + b, a - b, a < b, a = b]").evaluate({"a": left, "b": right}, now=NOW)

    assert result == [left + right, left - right, left < right, left == right]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-10_000, 10_000))
def test_dates_and_days_calculate_as_python_does(day: date, days: int) -> None:
    result = feel.compile_expression("[d + n, (d + n) - d, d.weekday, day of year(d)]").evaluate(
        {"d": day, "n": timedelta(days=days)}, now=NOW
    )

    expected = day + timedelta(days=days)
    assert result == [expected, timedelta(days=days), day.isoweekday(), day.timetuple().tm_yday]


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=20))
def test_aggregates_agree_with_python(numbers: list[Decimal]) -> None:
    result = feel.compile_expression("[sum(l), min(l), max(l), count(distinct values(l)), sort(l)]").evaluate(
        {"l": numbers}, now=NOW
    )

    assert result == [sum(numbers), min(numbers), max(numbers), len(set(numbers)), sorted(numbers)]
