"""Texts written to hang, to fill the memory, to overflow the stack or to reach the host."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from baton.bpm.errors import ExpressionError, ExpressionLimitError, ExpressionSyntaxError
from baton.bpm.expressions import feel

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 2.0
MEGABYTE = 1024 * 1024

DOUBLING = "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]"
DEEP = "for i in 1..10000 return [partial[-1]]"

TOO_MUCH = {
    "a long loop": "for i in 1..1000000000 return i",
    "nested loops": "count(for i in 1..100000, j in 1..100000 return 1)",
    "loops over nothing": "for i in 1..100000, j in 1..100000, k in [] return 1",
    "loops in loops": "for i in 1..10000 return for j in 1..10000 return for k in 1..10000 return 1",
    "a long existential": "some i in 1..1e30 satisfies false",
    "a long range": "every i in [1..1e30] satisfies true",
    "all days": 'count(for d in @"-99999-01-01"..@"99999-01-01" return d)',
    "many combinations": f"for {', '.join(f'a{i} in [1, 2, 3]' for i in range(20))} return 1",
    "a large body": f"for i in 1..100000 return {'+'.join(['i'] * 10000)}",
    "doubled text": 'for i in 1..100 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1]',
    "doubled lists": "for i in 1..100 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
    "joined text": 'for i in 1..100 return if i = 1 then "aaaaaaaaaa" else string join([partial[-1], partial[-1]])',
    "replaced text": 'for i in 1..100 return if i = 1 then "aaaaaaaaaa" else replace(partial[-1], "a", partial[-1])',
    "long sums of text": "+".join(['"a"'] * 24000),
    "a shared tree as result": DOUBLING,
    "a shared tree as text": f"string({DOUBLING})",
    "a shared tree as json": f"to json({DOUBLING})",
    "a shared tree compared": f"({DOUBLING})[-1] = ({DOUBLING})[-1]",
    "a shared tree flattened": f"flatten({DOUBLING})",
    "a shared tree made distinct": f"distinct values({DOUBLING})",
    "a deep tree as result": DEEP,
    "a deep tree as text": f"string({DEEP})",
    "a deep tree as json": f"to json({DEEP})",
    "a deep tree flattened": f"flatten({DEEP})",
    "a deep tree compared": f"({DEEP})[-1] = ({DEEP})[-1]",
    "a deep tree looked into": f"({DEEP}).a",
    "deep json": f'from json("{"[" * 20000}{"]" * 20000}")',
    "endless recursion": "{f: function(g) g(g), r: f(f)}.r",
    "deep recursion": "{f: function(g, n) if n = 0 then 0 else 1 + g(g, n - 1), r: f(f, 1000000)}.r",
    "branching recursion": "{f: function(g, n) if n < 2 then n else g(g, n - 1) + g(g, n - 2), r: f(f, 60)}.r",
    "recursion through sort": "{f: function(g) sort([1, 2], function(a, b) g(g)), r: f(f)}.r",
    "recursion through a filter": "{f: function(g) [1, 2][g(g)], r: f(f)}.r",
    "a slow sort": "sort(for i in 1..200000 return -i, function(a, b) a < b)",
    "many contexts": "for i in 1..10000 return put(if i = 1 then {} else partial[-1], string(i), i)",
    "copies of all results": "for i in 1..100000 return partial",
    "a quadratic search": "(for i in 1..100000 return i)[item in (for j in 1..1000 return j)]",
    "long texts again and again": f'for i in 1..100000 return upper case("{"a" * 50000}")',
    "a regular expression that backtracks": f'matches("{"a" * 60}!", "^(a|aa)+$")',
    "one that replaces slowly": f'replace("{"a" * 60}!", "(a|aa)+$", "x")',
    "many slow regular expressions": f'for i in 1..100000 return matches("{"a" * 24}!", "^(a|aa)+$")',
    "many regular expressions": 'for i in 1..100000 return matches("abc", "b" + string(i))',
    "long texts compared again and again": " and ".join(["long = same"] * 6_000),
    "long texts in order again and again": " and ".join(["long <= same"] * 5_500),
    "a long text among many": f"long in ({','.join(['same'] * 15_000)})",
    "long prefixes again and again": " and ".join(["starts with(long, same)"] * 3_500),
    "ranges read from text": f'for i in 1..100000 return range("[1..{"+".join(["1"] * 400)}]")',
    "much json": "count(from json(brackets))",
    "a regular expression on a long text": 'matches(long, "(a|b)+$")',
    "powers in a loop": "for i in 1..1000000 return 1.0000001 ** i",
    "a long regular expression": f'matches("a", "{"a" * 6000}")',
}

REFUSED = {
    "a text that is too long": "1" + " " * 100_000,
    "deep parentheses": "(" * 40000 + "1" + ")" * 40000,
    "deep lists": "[" * 50000,
    "deep contexts": "{a:" * 20000 + "1" + "}" * 20000,
    "deep functions": "function() " * 8000 + "1",
    "deep loops": "for i in [1] return " * 4000 + "1",
    "deep calls": "not(" * 10000 + "true" + ")" * 10000,
    "deep tests": "x in (" * 10000 + "1" + ")" * 10000,
    "deep ranges": "]" * 50000,
    "deep types": "1 instance of " + "list<" * 10000 + "number" + ">" * 10000,
    "a long chain of comparisons": "=".join(["1"] * 40000),
    "a long path": "a" + ".b" * 40000,
    "a long chain of filters": "a" + "[1]" * 30000,
    "a long chain of calls": "a" + "()" * 40000,
    "too many iterations": f"for {', '.join(f'a{i} in [1]' for i in range(1000))} return 1",
    "a long number": "1" * 5000,
    "a large exponent": "1e999999999",
    "quotes": '"' * 99999,
    "an open comment": "/*" * 40000,
    "a null character": "\0",
    "half a string of escapes": '"' + "\\" * 99_001,
}

HARMLESS = {
    "huge powers": ("9 ** 9 ** 9 ** 9 ** 9", None),
    "a tiny power": ("0.5 ** 1e6000", 0),
    "a huge exponential": ("exp(1e6000)", None),
    "many minus signs": ("-" * 99_999 + "1", -1),
    "a long sum": ("+".join(["1"] * 20_000), 20_000),
    "a long conjunction": (" and ".join(["true"] * 10_000), True),
    "many branches": ("if false then 1 else " * 4_000 + "2", 2),
    "a long list": (f"count([{','.join(['1'] * 20_000)}])", 20_000),
    "many entries": (f"count(get entries({{{','.join(f'a{i}:1' for i in range(5_000))}}}))", 5_000),
    "a huge scale": ("decimal(1e6000, 6000) = 1e6000", True),
    "a huge position": ('substring("abc", 1e300)', None),
    "a huge index": ("[1, 2][1e6000]", None),
    "a huge date": ("date(1e300, 1, 1)", None),
    "a huge duration": ('@"2026-01-01" + duration("P999999999999999D")', None),
    "a huge remainder": ("modulo(1e6000, 7.1e-6000)", None),
    "huge repetitions": ('matches("b", "((a{1,9000}){1,9000}){1,9000}")', False),
    "a zone that is a path": ('time("10:00:00@../../../../etc/passwd")', None),
    "a zone that is a folder": ('@"10:00:00@Europe"', None),
    "attributes of a string": ('"".__class__', None),
    "attributes of a function": ("(function(x) x).__globals__", None),
    "attributes of a variable": ("host.secret", None),
    "an import": ('__import__("os")', None),
    "eval": ('eval("1")', None),
    "a format string": ('"{0.__class__}" + "%s"', "{0.__class__}%s"),
    "an external function": ('(function(x) external {java: {class: "java.lang.Runtime", m: "exec"}})("ls")', None),
    "lone surrogates": ('"\\uD83D" + "\\uD83D\\uDE00"', "\ufffd😀"),
}  # fmt: skip


class Host:
    secret = "secret"


VARIABLES = {
    "host": Host(),
    "x": 1,
    "a": None,
    "long": "ab" * 1_000_000,
    "same": "".join(["ab"] * 1_000_000),
    "brackets": "[" + "[]," * 1_000_000 + "[]]",
}


@contextmanager
def bounded() -> Iterator[None]:
    """Fails when the block takes more processor time or leaves more memory than an evaluation may."""
    started = time.thread_time()
    yield
    assert time.thread_time() - started < SECONDS


def evaluate(text: str) -> Any:
    return feel.compile_expression(text).evaluate(VARIABLES, now=NOW)


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_goes_on_for_too_long_or_grows_too_large_is_stopped(text: str) -> None:
    with bounded(), pytest.raises(ExpressionLimitError):
        evaluate(text)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_too_long_or_too_deep_is_a_syntax_error(text: str) -> None:
    with bounded(), pytest.raises(ExpressionSyntaxError):
        evaluate(text)


@pytest.mark.parametrize(("text", "expected"), HARMLESS.values(), ids=HARMLESS)
def test_what_looks_dangerous_has_a_harmless_result(text: str, expected: Any) -> None:
    with bounded():
        assert evaluate(text) == expected


@pytest.mark.parametrize(
    "name", ["doubled text", "doubled lists", "joined text", "replaced text", "a shared tree as text", "many contexts"]
)
def test_a_stopped_evaluation_never_held_more_than_64_megabytes(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ExpressionLimitError):
            evaluate(TOO_MUCH[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 64 * MEGABYTE


@pytest.mark.parametrize("text", [TOO_MUCH["deep recursion"], TOO_MUCH["recursion through sort"], DEEP])
def test_limits_hold_however_deep_the_caller_is(text: str) -> None:
    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
            return
        with pytest.raises(ExpressionError):
            evaluate(text)

    deeper(700)


def test_a_smaller_budget_stops_earlier() -> None:
    compiled = feel.compile_expression("for i in 1..n return i")

    def run(n: int, budget: feel.Budget) -> Any:
        return compiled.evaluate({"n": n}, now=NOW, budget=budget)

    assert len(run(100, feel.Budget(steps=1_000))) == 100
    with pytest.raises(ExpressionLimitError, match="steps"):
        run(1_000, feel.Budget(steps=1_000))
    with pytest.raises(ExpressionLimitError, match="data"):
        run(1_000, feel.Budget(memory=10_000))
    with pytest.raises(ExpressionLimitError, match=r"longer than 0\.0 seconds"):
        run(100_000, feel.Budget(seconds=0.0))


def test_variables_that_are_too_deep_or_too_large_are_stopped_at_the_door() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]

    with bounded(), pytest.raises(ExpressionLimitError, match="nested in more than 200 levels"):
        feel.compile_expression("deep = 1").evaluate({"deep": deep}, now=NOW)
    with bounded(), pytest.raises(ExpressionLimitError, match="too much data"):
        feel.compile_expression("count(large)").evaluate({"large": [0] * 2_000_000}, now=NOW)
