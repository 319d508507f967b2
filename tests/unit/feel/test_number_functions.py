"""Numeric functions."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm.expressions import feel
from baton.bpm.values import YearsMonthsDuration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decimal(1/3, 2)", Decimal("0.33")),
        ("decimal(1.5, 0)", 2),
        ("decimal(2.5, 0)", 2),
        ("decimal(1234, -2)", 1200),
        ("decimal(1, 7000)", None),
        ("floor(-1.56, 1)", Decimal("-1.6")),
        ("floor(1.5)", 1),
        ("ceiling(-1.5)", -1),
        ("ceiling(1.56, 1)", Decimal("1.6")),
        ("round up(5.121, 2)", Decimal("5.13")),
        ("round down(-5.129, 2)", Decimal("-5.12")),
        ("round half up(-2.5, 0)", -3),
        ("round half down(-2.5, 0)", -2),
        ("abs(-10)", 10),
        ("abs(-0.5)", Decimal("0.5")),
        ('abs(@"-P1Y")', YearsMonthsDuration(12)),
        ('abs("a")', None),
        ("modulo(-12, 5)", 3),
        ("modulo(10.1, -4.5)", Decimal("-3.4")),
        ("modulo(1, 0)", None),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("log(10)", Decimal("2.302585092994045684017991454684364")),
        ("log(0)", None),
        ("exp(5)", Decimal("148.4131591025766034211155800405523")),
        ("odd(5)", True),
        ("odd(-5)", True),
        ("even(5.5)", None),
        ("even(2)", True),
    ],
)
def test_numeric_functions_give(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


def test_random_numbers_come_from_the_source_that_is_given() -> None:
    compiled = feel.compile_expression("random number()")
    now = datetime(2026, 1, 1, tzinfo=UTC)

    first = compiled.evaluate({}, now=now, random=random.Random(7))
    again = compiled.evaluate({}, now=now, random=random.Random(7))

    assert first == again
    assert 0 <= first < 1
