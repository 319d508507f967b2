"""List functions and functions of many values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm.values import YearsMonthsDuration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list contains([1, 2, null], null)", True),
        ("list contains([1, 2], 2.0)", True),
        ('list contains([1, 2], "2")', False),
        ("count([])", 0),
        ("count(null)", None),
        ("is empty([])", True),
        ("is empty([null])", False),
        ("sublist([4, 5, 6], 2)", [5, 6]),
        ("sublist([4, 5, 6], -2, 1)", [5]),
        ("sublist([4, 5, 6], 2, 3)", None),
        ("sublist([4, 5, 6], 0)", None),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("append([1])", None),
        ("concatenate([1, 2], [3])", [1, 2, 3]),
        ("concatenate([1], null)", None),
        ("insert before([1, 3], 1, 2)", [2, 1, 3]),
        ("insert before([1, 3], -1, 2)", [1, 2, 3]),
        ("insert before([1], 3, 2)", None),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("remove([1, 2, 3], 5)", None),
        ("reverse([1, 2, 3])", [3, 2, 1]),
        ("index of([1, 2, 3, 2], 2)", [2, 4]),
        ("index of([1], 5)", []),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ('distinct values([1, 2, 1.0, "1", [1], [1], {a: 1}, {a: 1}, null, null, true])',
         [1, 2, "1", [1], {"a": 1}, None, True]),
        ("duplicate values([1, 2, 3, 2, 1, [4], [4]])", [1, 2, [4]]),
        ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
        ("list replace([2, 4, 7], 2, 5)", [2, 5, 7]),
        ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
        ("list replace([1], function(a) true, 5)", None),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
        ('sort(["b", "a"])', ["a", "b"]),
        ('sort([1, "a"])', None),
        ("sort([])", []),
        ("partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
        ("partition([1], 0)", None),
    ],
)  # fmt: skip
def test_list_functions_give(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("min([3, 1, 2])", 1),
        ("min(3, 1, 2)", 1),
        ("max(list: [3, 1, 2])", 3),
        ('max("a", "c", "b")', "c"),
        ('min(1, "a")', None),
        ("min([])", None),
        ('max(@"P1Y", @"P13M")', YearsMonthsDuration(13)),
        ("sum([1, 2.5])", Decimal("3.5")),
        ("sum([])", None),
        ('sum([1, "a"])', None),
        ('sum([@"P1Y", @"P1M"])', YearsMonthsDuration(13)),
        ("mean([1, 2, 3, 4])", Decimal("2.5")),
        ("median([8, 2, 5, 3, 4])", 4),
        ("median([6, 1, 2, 3])", Decimal("2.5")),
        ("median([])", None),
        ("stddev([2, 4, 7, 5])", Decimal("2.081665999466132735282297706979931")),
        ("stddev([1])", None),
        ("mode([6, 3, 9, 6, 6])", [6]),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("mode([])", []),
        ("product([2, 3, 4])", 24),
        ("all([true, null, false])", False),
        ("all([true, null])", None),
        ("all([])", True),
        ("any([false, null])", None),
        ("any([false, true])", True),
        ("and(true, false)", False),
        ("or(false, true)", True),
    ],
)
def test_aggregates_take_one_list_or_many_arguments(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected
