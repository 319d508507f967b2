"""Context functions, conversions and tests for what is there at all."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm.errors import ExpressionError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('get value({a: 1}, "a")', 1),
        ('get value({a: 1}, "b")', None),
        ('get value({a: {b: 2}}, ["a", "b"])', 2),
        ('get value({a: 1}, ["a", "b"])', None),
        ("get entries({a: 1, b: 2})", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
        ('context([{key: "a", value: 1}, {key: "b", value: null}])', {"a": 1, "b": None}),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
        ('context([{key: "a"}])', None),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
        ('context put({a: 1}, ["a", "b"], 2)', None),
        ("context put({a: 1}, [], 2)", None),
        ('put({a: 1}, "a", 2)', {"a": 2}),
        ("put all({a: 1}, {b: 2}, {a: 3})", {"a": 3, "b": 2}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ("context merge([{a: 1}, 5])", None),
        ("{a: 1}.b", None),
    ],
)
def test_context_functions_give(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string(1.50)", "1.5"),
        ("string(1e3)", "1000"),
        ("string(null)", None),
        ("string(true)", "true"),
        ('string("a")', "a"),
        ('string([1, "a\\"b", null, {b: @"2026-01-01"}])', '[1, "a\\"b", null, {b: @"2026-01-01"}]'),
        ('string({"a:b": 1})', '{"a:b": 1}'),
        ("string([1..2))", "[1..2)"),
        ('number("1 000,5", " ", ",")', Decimal("1000.5")),
        ('number("1,000.5", ",", ".")', Decimal("1000.5")),
        ('number("1.000,5", ".", ",")', Decimal("1000.5")),
        ('number("-12")', -12),
        ('number("1e3")', 1000),
        ('number("abc")', None),
        ('number("1", ",", ",")', None),
        ('number("1", "x")', None),
        ('from json("{\\"a\\": [1, 2.50, null, true, \\"x\\"]}")', {"a": [1, Decimal("2.5"), None, True, "x"]}),
        ('from json("nope")', None),
        ('from json("NaN")', None),
        ('to json({a: [1.50, "x\\"y", null, true, @"2026-01-01"]})', '{"a":[1.5,"x\\"y",null,true,"2026-01-01"]}'),
        ("get or else(null, 3)", 3),
        ("get or else(false, 3)", False),
        ("assert(5, 5 > 4)", 5),
    ],
)
def test_conversions_give(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is defined(a)", True),
        ("is defined(nothing)", True),
        ("is defined(missing)", False),
        ("is defined(a.b)", True),
        ("is defined(a.c)", False),
        ("is defined(missing.c)", False),
        ("is defined(null)", True),
        ("for x in [1] return is defined(x)", [True]),
        ('is defined(@"2026-01-01".year)', True),
    ],
)
def test_is_defined_tells_missing_from_null(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text, {"a": {"b": None}, "nothing": None}) == expected


def test_a_failed_assertion_is_an_error(value_of: Callable[..., Any]) -> None:
    with pytest.raises(ExpressionError, match="not fulfilled: too small"):
        value_of('assert(1, 1 > 2, "too small")')
