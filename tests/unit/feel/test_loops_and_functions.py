"""Iterations, quantified expressions, filters, contexts and function definitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for x in [1, 2, 3] return x * 2", [2, 4, 6]),
        ("for x in 1..3 return x", [1, 2, 3]),
        ("for x in 3..1 return x", [3, 2, 1]),
        ("for x in [1..3) return x", [1, 2]),
        ("for x in 1..2, y in x..2 return [x, y]", [[1, 1], [1, 2], [2, 2]]),
        ("for x in 5 return x", [5]),
        ("for x in null return x", None),
        ("for x in 1.5..3 return x", None),
        ("for x in [] return x", []),
        ('for d in @"2026-02-28"..@"2026-03-01" return d', [date(2026, 2, 28), date(2026, 3, 1)]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("for i in 1..3 return partial", [[], [[]], [[], [[]]]]),
        ("for i in 1..3 return count(partial)", [0, 1, 2]),
        ("for partial in 1..2 return 5", [5, 5]),
        ("for i in 1..2 return (function(partial) partial)(i)", [1, 2]),
        ("for i in 1..2 return {partial: i, x: partial}.x", [1, 2]),
        ("for i in 1..2 return [{partial: i}][partial = i].partial[1]", [1, 2]),
        ("for i in partial return i", [7]),
        ("for i in 1..2 return for j in 1..2 return count(partial)", [[0, 1], [0, 1]]),
    ],
)
def test_for_gives_one_result_for_each_combination(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text, {"partial": 7}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("some x in [1, 2] satisfies x > 1", True),
        ("some x in [1, 2] satisfies x > 2", False),
        ("every x in [1, 2] satisfies x > 0", True),
        ("every x in [] satisfies false", True),
        ("some x in [] satisfies true", False),
        ("some x in [1, null] satisfies x > 1", None),
        ("every x in [null, 0] satisfies x > 1", False),
        ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
        ("some x in null satisfies true", None),
    ],
)
def test_quantified_expressions_have_three_values(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[10, 20, 30][1]", 10),
        ("[10, 20, 30][-1]", 30),
        ("[10, 20, 30][4]", None),
        ("[10, 20, 30][0]", None),
        ("[10, 20, 30][item > 15]", [20, 30]),
        ("[{a: 1}, {a: 2}][a > 1]", [{"a": 2}]),
        ("[{a: 1}, {a: 2}][a > limit - 1].a", [1, 2]),
        ("[{a: 1}, {b: 2}].a", [1, None]),
        ("[{item: 1}][item = 1]", [{"item": 1}]),
        ("5[1]", 5),
        ("5[item = 5]", [5]),
        ("null[1]", None),
        ("null[true]", []),
        ("[1, 2, 3][limit]", 1),
        ('[1, 2]["a"]', None),
        ("[][true]", []),
        ("[[1, 2], [3]][1][2]", 2),
    ],
)
def test_filters_pick_by_position_or_condition(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text, {"limit": 1}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{add: function(a, b) a + b, r: add(1, 2)}.r", 3),
        ("{add: function(a, b) a - b, r: add(b: 1, a: 3)}.r", 2),
        ("{f: function(a) a, r: f()}.r", None),
        ("{f: function(a) a, r: f(b: 1)}.r", None),
        ('{f: function(a: number) a, r: f("x")}.r', None),
        ("{f: function(a: number) a, r: f(null)}.r", None),
        ("{n: 2, times: function(a) a * n, r: times(4)}.r", 8),
        ("{f: function(g, n) if n = 0 then 0 else n + g(g, n - 1), r: f(f, 4)}.r", 10),
        ("(function(f) f(3))(function(x) x * x)", 9),
        ("for f in [floor, ceiling] return f(1.5)", [1, 2]),
        ("{count: function(x) 42, r: count([])}.r", 42),
        ('(function(x) external {java: {class: "a"}})(1)', None),
        ("5(1)", None),
    ],
)
def test_functions_are_values(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


def test_context_entries_see_those_before_them_and_hide_variables(value_of: Callable[..., Any]) -> None:
    assert value_of("{a: 1, b: a + 1, c: {a: 10, d: a + b}}", {"a": 99}) == {"a": 1, "b": 2, "c": {"a": 10, "d": 12}}


def test_a_result_is_a_copy_that_shares_nothing_with_the_variables(value_of: Callable[..., Any]) -> None:
    variables = {"order": {"lines": [1, 2]}}

    result = value_of("order", variables)
    result["lines"].append(3)

    assert variables == {"order": {"lines": [1, 2]}}
