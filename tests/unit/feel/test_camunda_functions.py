"""Every function that DMN 1.5 and Camunda's documentation list is there, and does what its page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.bpm.expressions.feel.builtins import FUNCTIONS

LISTED = """
abs|after|all|any|append|assert|before|ceiling|coincides|concatenate|contains|context|context merge|context put
count|date|date and time|day of week|day of year|decimal|distinct values|duplicate values|duration|during
ends with|even|exp|extract|finished by|finishes|flatten|floor|from json|get entries|get or else|get value
includes|index of|insert before|is|is blank|is defined|is empty|last day of month|list contains|list replace|log
lower case|matches|max|mean|median|meets|met by|min|mode|modulo|month of year|not|now|number|odd|overlaps
overlaps after|overlaps before|partition|product|put|put all|random number|range|remove|replace|reverse
round down|round half down|round half up|round up|sort|split|sqrt|started by|starts|starts with|stddev|string
string join|string length|sublist|substring|substring after|substring before|sum|time|to base64|to json|today
trim|union|upper case|uuid|week of year|years and months duration
"""


@pytest.mark.parametrize("name", [name for line in LISTED.split("\n") for name in line.split("|") if name])
def test_a_listed_function_is_there(name: str) -> None:
    assert name in FUNCTIONS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is defined(1)", True),
        ("is defined(nothing)", False),
        ("is defined({a: null}.a)", True),
        ("is defined({a: 1}.b)", False),
        ('get or else(null, "x")', "x"),
        ('from json("{\\"a\\": [1, null]}")', {"a": [1, None]}),
        ('to json({a: [1, "x"], b: null})', '{"a":[1,"x"],"b":null}'),
        ("context put({a: 1}, [\"b\"], 2)", {"a": 1, "b": 2}),
        ("put({a: 1}, \"a\", 2)", {"a": 2}),
        ("put all({a: 1}, {b: 2}, {a: 3})", {"a": 3, "b": 2}),
        ("context merge([{a: 1}, {b: 2}])", {"a": 1, "b": 2}),
        ("partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
        ("is empty([])", True),
        ('is blank("  ")', True),
        ('extract("a1b22", "[0-9]+")', ["1", "22"]),
        ("duplicate values([1, 2, 1, 3, 2])", [1, 2]),
        ('trim("  a b ")', "a b"),
        ('to base64("FEEL")', "RkVFTA=="),
        ("string length(uuid())", 36),
        ("random number() < 1", True),
        ("get value({a: {b: 1}}, [\"a\", \"b\"])", 1),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ("string(last day of month(@\"2024-02-03\"))", "2024-02-29"),
        ("assert(1, true)", 1),
        ("1 / 3 = 0.3333333333333333333333333333333333", True),
        ("{total price: 3, r: total price + 1}.r", 4),
        ("every x in [1, 2] satisfies some y in [x] satisfies y = x", True),
        ("(function(a: number, b: number) a + b)(b: 1, a: 2)", 3),
        ("string(@\"2026-03-29T01:30:00@Europe/Berlin\" + @\"PT1H\")", "2026-03-29T02:30:00@Europe/Berlin"),
    ],
)  # fmt: skip
def test_a_function_or_construct_gives_what_the_standard_says(
    value_of: Callable[..., Any], text: str, expected: Any
) -> None:
    assert value_of(text) == expected
