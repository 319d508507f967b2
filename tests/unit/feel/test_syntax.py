"""What FEEL's texts mean, and what the reader says about those that mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions import feel


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1e3", 1000),
        ("1.5E-1", Decimal("0.15")),
        ("true", True),
        ("null", None),
        ('"a\\"b\\n\\u0041\\U01F600"', 'a"b\nA😀'),
        ('"C:\\d"', "C:\\d"),
        ("[]", []),
        ("[1, [2], {}]", [1, [2], {}]),
        ('{a: 1, "b c": 2, d e: 3}', {"a": 1, "b c": 2, "d e": 3}),
        ("// a comment\n1 /* and\nanother */ + 1", 2),
    ],
)
def test_literals_stand_for_their_values(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 5", 2),
        ("2 ** 3 * 2", 16),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("--2", 2),
        ("- 2 - -3", 1),
        ("1 + 1 = 2 and 2 < 3", True),
        ("false and true or true", True),
        ("true or true and false", True),
        ("1 = 1 = true", True),
        ("3 between 1 + 1 and 2 * 2 and true", True),
        ("-1 instance of number", None),
        ("[1, 2, 3][2] + 1", 3),
        ("{a: {b: [4, 5]}}.a.b[-1]", 5),
        ("if true then 1 else 2 + 10", 1),
        ("1 + if false then 1 else 2", 3),
        ("if false then 1 else if false then 2 else 3", 3),
    ],
)
def test_operators_bind_as_the_grammar_says(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order total > 5", True),
        ("`order total` > 5", True),
        ("customer.first name", "Ada"),
        ("customer.`first name`", "Ada"),
        ("for order in [customer] return order.first name", ["Ada"]),
        ("{net price: 10, gross: net price * 2}.gross", 20),
        ("some big one in [1, 5] satisfies big one > 4", True),
        ("(function(first number, b) first number - b)(5, 3)", 2),
        ("straße + ünïcode_1", 3),
    ],
)
def test_names_may_hold_blanks(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    variables = {"order total": 6, "customer": {"first name": "Ada"}, "straße": 1, "ünïcode_1": 2}

    assert value_of(text, variables) == expected


@pytest.mark.parametrize("name", ["if urgent", "a-b", "date and time", "R&D".replace("&", "/"), "Person.Name", "x+1"])
def test_a_name_given_as_known_may_hold_keywords_and_operators(name: str) -> None:
    compiled = feel.compile_expression(f"{name} = 7", names=[name])

    assert compiled.evaluate({name: 7}, now=None) is True  # type: ignore[arg-type]


def test_a_known_name_with_dots_is_a_path_where_nothing_has_that_name(value_of: Callable[..., Any]) -> None:
    compiled = feel.compile_expression("Person.Name", names=["Person.Name"])

    assert compiled.evaluate({"Person": {"Name": "Ada"}}, now=None) == "Ada"  # type: ignore[arg-type]
    assert compiled.evaluate({"Person.Name": "Bo", "Person": {"Name": "Ada"}}, now=None) == "Bo"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["date", "time", "count", "duration", "string", "sort", "is", "range", "partial", "item"]
)
def test_a_variable_may_have_the_name_of_a_function(value_of: Callable[..., Any], name: str) -> None:
    assert value_of(f"{name} + 1", {name: 41}) == 42
    assert value_of("count([1, 2]) + count", {"count": 1}) == 3


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "an expression, found end of the expression"),
        ("1 +", 3, "an expression, found end of the expression"),
        ("amount > > 5", 9, "an expression, found '>'"),
        ("(1", 2, "')', found end of the expression"),
        ("[1, 2", 5, "']', found end of the expression"),
        ("{a 1}", 4, "':', found '}'"),
        ("if a then b", 11, "'else', found end of the expression"),
        ("for x in [1] x", 13, "'return', found 'x'"),
        ("1 2", 2, "an operator or the end of the expression, found '2'"),
        ("f(a: 1, 2)", 9, "either named or positional arguments, not both"),
        ("[1..2", 5, "']', ')' or '[' at the end of the range"),
        ('"abc', 0, "a closing quote"),
        ("a $ b", 2, "a name, number, string or operator, found '$'"),
        ("x instance of", 13, "a type, found end of the expression"),
        ("1e99999", 0, "a number below 10**6145"),
        ("a == 5", 3, "an expression, found '=' at column 4. FEEL compares with one '='."),
        ("a && b", 2, "a name, number, string or operator, found '&' at column 3. FEEL writes 'and'."),
        ("not a", 4, "'(' after 'not', found 'a'"),
    ],
)
def test_a_syntax_error_names_the_position_and_what_was_expected(text: str, position: int, expected: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        feel.compile_expression(text)

    assert caught.value.position == position
    assert f"Expected {expected}" in caught.value.message


def test_free_names_are_those_that_no_part_of_the_text_binds() -> None:
    compiled = feel.compile_expression(
        "{k: a}.k + sum(for i in b return i * c) + (function(p) p + d)(1) + count(e[item > f]) + date"
    )

    assert compiled.names == {"a", "b", "c", "d", "e", "f", "date"}


def test_an_unknown_function_and_a_double_entry_are_warnings() -> None:
    assert feel.compile_expression("cuont([1])").warnings == ("no built-in function 'cuont'",)
    assert feel.compile_expression("{a: 1, a: 2}").warnings == ("a context has an entry twice and is null",)
    assert feel.compile_expression("count([1])").warnings == ()


def test_the_same_text_is_compiled_once() -> None:
    assert feel.compile_expression("a + b + 1") is feel.compile_expression("a + b + 1")
    assert feel.compile_expression("a + b + 1") is not feel.compile_expression("a + b + 1", names=["a + b"])
