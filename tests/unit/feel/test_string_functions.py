"""String functions and XPath's regular expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 0)', None),
        ('substring("foobar", 7)', None),
        ('substring("foobar", 3, 0)', None),
        ('substring("😀bc", 2)', "bc"),
        ('substring(string: "foobar", start position: 4)', "bar"),
        ('substring("a")', None),
        ('substring(["foobar"], 4)', "bar"),
        ('string length("😀")', 1),
        ('upper case("aBc4")', "ABC4"),
        ('lower case("aBc4")', "abc4"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring before("foobar", "x")', ""),
        ('substring before("foobar", "")', ""),
        ('substring after("foobar", "ob")', "ar"),
        ('substring after("foobar", "")', "foobar"),
        ('substring after("", "a")', ""),
        ('contains("foobar", "ob")', True),
        ('starts with("foobar", "fo")', True),
        ('ends with("foobar", "r")', True),
        ('contains("foobar", null)', None),
        ('trim("  a b ")', "a b"),
        ('is blank(" \t ")', True),
        ('is blank("a")', False),
        ('string join(["a", "b", null, "c"])', "abc"),
        ('string join(["a", "b"], ", ")', "a, b"),
        ('string join(["a", "b"], ", ", "[", "]")', "[a, b]"),
        ('string join(["a", 1], "-")', None),
        ('to base64("FEEL")', "RkVFTA=="),
    ],
)
def test_string_functions_give(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('matches("foobar", "^fo*b")', True),
        ('matches("FoObar", "foo", "i")', True),
        ('matches("a\\nb", "a.b")', False),
        ('matches("a\\nb", "a.b", "s")', True),
        ('matches("a\\nb", "^b$", "m")', True),
        ('matches("ab", "a b", "x")', True),
        ('matches("a.b", "a.b", "q")', True),
        ('matches("axb", "a.b", "q")', False),
        ('matches("é", "\\\\p{L}")', True),
        ('matches("é", "\\\\p{IsBasicLatin}")', False),
        ('matches("é", "\\\\P{IsBasicLatin}")', True),
        ('matches("b", "[a-z-[aeiou]]")', True),
        ('matches("e", "^[a-z-[aeiou]]$")', False),
        ('matches("E", "^[^a-z-[A-D]]$")', True),
        ('matches("-", "^[a\\\\-z]$")', True),
        ('matches("abab", "^(ab)\\\\1$")', True),
        ('matches("a1_", "^\\\\i\\\\c*$")', True),
        ('matches("a\\n", "a$")', False),
        ('matches("x", "(?=x)")', None),
        ('matches("x", "(?<n>x)")', None),
        ('matches("x", "(?:x){e<=3}")', None),
        ('matches("x", "x**")', None),
        ('matches("x", "[")', None),
        ('matches("x", "(x")', None),
        ('matches("x", "\\\\z")', None),
        ('matches("x", "\\\\2(x)")', None),
        ('matches("x", "x{3,1}")', None),
        ('matches("x", "x", "z")', None),
        ('matches("x", "x", null)', True),
        ('replace("abracadabra", "bra", "*")', "a*cada*"),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("a.b", "\\\\.", "\\\\$")', "a$b"),
        ('replace("abc", "b", "$x")', None),
        ('replace("abc", "b", "\\\\x")', None),
        ('replace("abc", "[a-z]", "#")', "###"),
        ('split("John Doe", "\\\\s")', ["John", "Doe"]),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('extract("references are 1234, 1256, 1378", "12[0-9]*")', ["1234", "1256"]),
    ],
)
def test_regular_expressions_are_those_of_xpath(value_of: Callable[..., Any], text: str, expected: Any) -> None:
    assert value_of(text) == expected


def test_an_invalid_pattern_is_explained(notes_of: Callable[..., list[str]]) -> None:
    assert notes_of('matches("x", "(x")')[0] == (
        "the regular expression is not valid: expected ')', found the end at position 2"
    )


def test_uuid_has_version_4_and_follows_the_source_of_chance(value_of: Callable[..., Any]) -> None:
    assert value_of('matches(uuid(), "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")') is True
    assert value_of("uuid() = uuid()") is False
