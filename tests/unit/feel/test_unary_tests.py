"""Cells of decision tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions import feel


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("-", None, True),
        ("", 1, True),
        ("5", 5, True),
        ("-5", -5, True),
        ("< 5", 4, True),
        (">= 5", 4, False),
        ("!= 5", 4, True),
        ("[1..5]", 5, True),
        ("[1..5[", 5, False),
        ("]1..5], [7..9]", 8, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("not(< 5)", 6, True),
        ("not(true)", False, True),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", 1, True),
        ("< 5", None, False),
        ("? > 3 and ? < 6", 5, True),
        ("? > 3 and ? < 6", 6, False),
        ('contains(?, "x")', "axb", True),
        ("limit", 7, True),
        ("> limit", 8, True),
        ("[limit..limit + 3]", 9, True),
        ("list", 2, True),
        ("list[1], 9", 1, True),
        ("count(?) > 1", [1, 2], True),
        ("? in list", 2, True),
        ('@"2026-01-01"', date(2026, 1, 1), True),
        ('< date("2026-01-01")', date(2025, 1, 1), True),
        ("every x in ? satisfies x > 0", [1, 2], True),
        ("not(?)", False, True),
        ("true", True, True),
    ],
)
def test_a_cell_passes_or_not(passes: Callable[..., bool], text: str, value: Any, expected: bool) -> None:
    assert passes(text, value, {"limit": 7, "list": [1, 2]}) is expected


def test_the_names_of_a_cell_leave_out_the_value_it_tests() -> None:
    assert feel.compile_unary_tests("? > limit, [low..high]").names == {"limit", "low", "high"}


@pytest.mark.parametrize("text", ["<", "5,", "not(5", "5 6", "[1..", "- 5 -"])
def test_a_malformed_cell_is_a_syntax_error(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError, match="Expected"):
        feel.compile_unary_tests(text)
