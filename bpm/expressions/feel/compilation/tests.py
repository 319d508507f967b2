"""Code for `in` and for unary tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from baton.bpm.expressions.feel import operators, syntax
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.compilation.comparisons import (
    compile_comparison_test,
    compile_constant_test,
    compile_number_range_test,
)
from baton.bpm.expressions.feel.compilation.names import literal_number
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.compiler import Compiler

QUESTION: Final = "?"
"""In a unary test: the value that is tested."""


def compile_in(compiler: Compiler, node: syntax.In) -> Code:
    operand = compiler.compile(node.operand)
    with compiler.binding(QUESTION):
        tests = [_test(compiler, test) for test in node.tests]
    if len(tests) == 1:
        only = tests[0]
        return lambda frame: only(operand(frame), frame)

    def run(frame: Frame) -> Value:
        value = operand(frame)
        results = [test(value, frame) for test in tests]
        if True in results:
            return True
        return False if False in results else None

    return run


def compile_unary_tests(compiler: Compiler, tests: syntax.UnaryTests) -> TestCode:
    """The code that says whether a value passes: only True is yes."""
    with compiler.binding(QUESTION):
        compiled = [_test(compiler, test) for test in tests.tests]
    if not compiled:
        return lambda value, frame: True
    if tests.negated:
        return lambda value, frame: not any(test(value, frame) is True for test in compiled)
    if len(compiled) == 1:
        return compiled[0]
    return lambda value, frame: any(test(value, frame) is True for test in compiled)


def _test(compiler: Compiler, test: syntax.Test) -> TestCode:
    compiler.nodes += 1
    match test:
        case syntax.ComparisonTest(operator=operator, operand=operand):
            return compile_comparison_test(operator, compiler.compile(operand), literal_number(operand))
        case syntax.ExpressionTest(expression=expression, is_condition=True):
            condition = compiler.compile(expression)
            return lambda value, frame: _check(value, condition(frame.inner({QUESTION: value})), frame)
        case syntax.ExpressionTest(expression=expression):
            return _wanted(compiler, expression)


def _wanted(compiler: Compiler, expression: syntax.Node) -> TestCode:
    """A test by what the expression comes out as; what is written down needs no evaluation."""
    number = literal_number(expression)
    if number is not None:
        return compile_constant_test(number)
    if isinstance(expression, syntax.Literal) and type(expression.value) in (str, bool):
        return compile_constant_test(expression.value)
    if isinstance(expression, syntax.Range):
        low, high = literal_number(expression.start), literal_number(expression.end)
        if low is not None and high is not None and low <= high:
            return compile_number_range_test(
                low, high, start_included=expression.start_included, end_included=expression.end_included
            )
    wanted = compiler.compile(expression)
    return lambda value, frame: operators.satisfies(value, wanted(frame), frame.evaluation)


def _check(value: Value, result: Value, frame: Frame) -> bool | None:
    return result if type(result) is bool else operators.satisfies(value, result, frame.evaluation)
