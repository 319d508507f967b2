"""Boxed expressions: contexts, lists, relations, functions, invocations, conditionals, filters, iterators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., str]
Evaluate = Callable[..., Any]


def entry(name: str, logic: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_an_entry_of_a_context_sees_those_before_it(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    logic = f"<context>{entry('base price', literal('10'))}{entry('b', literal('base price * 2'))}</context>"

    assert evaluate(decision(logic)) == {"base price": 10, "b": 20}


def test_an_entry_without_a_name_is_the_result(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    logic = f"<context>{entry('a', literal('10'))}{entry('', literal('a + 1'))}</context>"

    assert evaluate(decision(logic)) == 11


def test_an_entry_of_another_type_than_its_own_is_null(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    logic = f"<context>{entry('a', literal('10'), 'string')}</context>"

    assert evaluate(decision(logic)) == {"a": None}


def test_a_list_and_a_relation(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    rows = f"<row>{literal('1')}{literal('x')}</row><row>{literal('2')}{literal('x + 1')}</row>"
    relation = f'<relation><column name="a"/><column name="b"/>{rows}</relation>'

    assert evaluate(decision(f"<list>{literal('x')}{literal('x * x')}</list>"), {"x": 3}) == [3, 9]
    assert evaluate(decision(relation), {"x": 5}) == [{"a": 1, "b": 5}, {"a": 2, "b": 6}]


def test_a_boxed_function_is_called_by_an_invocation(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    function = (
        f'<functionDefinition><formalParameter name="n" typeRef="number"/>{literal("n + y")}</functionDefinition>'
    )
    binding = f'<binding><parameter name="n"/>{literal("4")}</binding>'
    call = f"<invocation>{literal('f')}{binding}</invocation>"
    logic = f"<context>{entry('y', literal('1'))}{entry('f', function)}{entry('', call)}</context>"

    assert evaluate(decision(logic)) == 5


def test_an_invocation_with_other_parameters_is_null(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    function = f'<functionDefinition><formalParameter name="n"/>{literal("n")}</functionDefinition>'
    call = f'<invocation>{literal("f")}<binding><parameter name="m"/>{literal("4")}</binding></invocation>'

    assert evaluate(decision(f"<context>{entry('f', function)}{entry('', call)}</context>")) is None


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("<conditional><if>{0}</if><then>{1}</then><else>{2}</else></conditional>", "many"),
        ("<filter><in>{3}</in><match>{4}</match></filter>", [3, 4]),
        ('<for iteratorVariable="e"><in>{3}</in><return>{5}</return></for>', [2, 4, 6, 8]),
        ('<for iteratorVariable="e"><in>{3}</in><return>{6}</return></for>', [0, 1, 2, 3]),
        ('<some iteratorVariable="e"><in>{3}</in><satisfies>{7}</satisfies></some>', True),
        ('<every iteratorVariable="e"><in>{3}</in><satisfies>{7}</satisfies></every>', False),
    ],
)
def test_conditionals_filters_and_iterators(
    evaluate: Evaluate, decision: Make, literal: Make, logic: str, expected: Any
) -> None:
    texts = ["x > 2", '"many"', '"few"', "[1, 2, 3, 4]", "item >= x", "e * 2", "count(partial)", "e > x"]
    boxes = [literal(text) for text in texts]

    assert evaluate(decision(logic.format(*boxes)), {"x": 3}) == expected


def test_java_functions_are_refused(read: Callable[..., Any], decision: Make, literal: Make) -> None:
    function = f'<functionDefinition kind="Java">{literal("1")}</functionDefinition>'

    diagram = read(decision(f"<context>{entry('f', function)}</context>"))

    assert [problem.rule for problem in diagram.problems] == ["external-function"]
    assert not diagram.ok
