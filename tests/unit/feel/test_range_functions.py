"""How ranges and points lie to each other, and what ranges are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before(1, 10)", True),
        ("before(1, [1..10])", False),
        ("before(1, (1..10])", True),
        ("before([1..5), [5..10])", True),
        ("before([1..5], [5..10])", False),
        ("after(10, [1..10))", True),
        ("after([5..10], [1..5))", True),
        ("meets([1..5], [5..10])", True),
        ("meets([1..5), [5..10])", False),
        ("met by([5..10], [1..5])", True),
        ("overlaps([1..5], [3..8])", True),
        ("overlaps([1..5], [6..8])", False),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps before([3..8], [1..5])", False),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(10, [1..10])", True),
        ("finishes(10, [1..10))", False),
        ("finishes([5..10], [1..10])", True),
        ("finished by([1..10], 10)", True),
        ("includes([1..10], 5)", True),
        ("includes([1..10], [1..10))", True),
        ("during(5, [1..10])", True),
        ("during([1..10], [1..10))", False),
        ("starts(1, [1..10])", True),
        ("starts([1..5], [1..10])", True),
        ("started by([1..10], 1)", True),
        ("coincides([1..5], [1..5])", True),
        ("coincides(5, 5)", True),
        ("coincides([1..5], [1..5))", False),
        ("before(point1: 1, point2: 2)", True),
        ("before(range1: [1..2], range2: [3..4])", True),
        ('before(1, "a")', None),
        ("before(null, 1)", None),
        ("includes([1..10], (> 5))", False),
        ("includes((> 1), [5..10])", True),
    ],
)
def test_relations_hold_as_in_the_standard(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1..5].start", 1),
        ("(< 5).start", None),
        ("(< 5).end", 5),
        ("[1..5).end included", False),
        ("(1..5].start included", False),
        ('range("[1..5)") = [1..5)', True),
        ('range("[date(\\"2026-01-01\\")..@\\"2026-02-01\\"]").start = @"2026-01-01"', True),
        ('range("[\\"a\\"..\\"b\\"]").end', "b"),
        ('range("[2..1]")', None),
        ('range("[a..b]")', None),
        ('range("[1..\\"a\\"]")', None),
        ('range("1")', None),
        ("[5..1]", None),
        ('[1.."a"]', None),
        ("[1..5]", {"start": 1, "end": 5, "start included": True, "end included": True}),
    ],
)
def test_ranges_have_two_ends_in_order(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected
