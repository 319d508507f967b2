"""Code for operators, `if` and `instance of`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import DecimalException
from typing import TYPE_CHECKING, Final

from baton.bpm.expressions.feel import operators, syntax
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.compilation.comparisons import COMPARE, compile_comparison_of
from baton.bpm.expressions.feel.compilation.names import literal_number
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.types import is_instance
from baton.bpm.expressions.feel.values import Value, is_number, type_name

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.compiler import Compiler


_POWER_STEPS: Final = 50
"""A power of 34 digits takes as long as this many additions."""


def compile_arithmetic(compiler: Compiler, node: syntax.Arithmetic) -> Code:
    first = compiler.compile(node.first)
    rest = [(_operation(operator), compiler.compile(operand)) for operator, operand in node.rest]
    if len(rest) == 1:
        operation, second = rest[0]
        return lambda frame: operation(frame, first(frame), second(frame))

    def run(frame: Frame) -> Value:
        value = first(frame)
        for operation, operand in rest:
            value = operation(frame, value, operand(frame))
        return value

    return run


def compile_negation(compiler: Compiler, node: syntax.Negation) -> Code:
    if isinstance(node.operand, syntax.Literal) and is_number(node.operand.value):
        value = operators.negate(node.operand.value) if node.count % 2 else node.operand.value
        return lambda frame: value
    operand = compiler.compile(node.operand)
    changes_sign = node.count % 2 == 1

    def run(frame: Frame) -> Value:
        value = operand(frame)
        negated = operators.negate(value)
        if negated is None and value is not None:
            frame.evaluation.note(f"cannot negate a {type_name(value)}")
        return value if negated is not None and not changes_sign else negated

    return run


def compile_comparison(compiler: Compiler, node: syntax.Comparison) -> Code:
    return compile_comparison_of(
        node.operator, compiler.compile(node.left), compiler.compile(node.right), literal_number(node.right)
    )


def compile_between(compiler: Compiler, node: syntax.Between) -> Code:
    operand, low, high = (compiler.compile(part) for part in (node.operand, node.low, node.high))
    at_least, at_most = COMPARE[">="], COMPARE["<="]

    def run(frame: Frame) -> Value:
        value = operand(frame)
        above = at_least(value, low(frame), frame)
        below = at_most(value, high(frame), frame)
        return None if above is None or below is None else above and below

    return run


def compile_conjunction(compiler: Compiler, node: syntax.Conjunction) -> Code:
    return _logical([compiler.compile(part) for part in node.parts], decided_by=False)


def compile_disjunction(compiler: Compiler, node: syntax.Disjunction) -> Code:
    return _logical([compiler.compile(part) for part in node.parts], decided_by=True)


def compile_instance_of(compiler: Compiler, node: syntax.InstanceOf) -> Code:
    operand = compiler.compile(node.operand)
    expected = node.type

    def run(frame: Frame) -> Value:
        result = is_instance(operand(frame), expected, frame.evaluation)
        if result is None:
            frame.evaluation.note("the type after 'instance of' is not known")
        return result

    return run


def compile_if(compiler: Compiler, node: syntax.If) -> Code:
    branches = [(compiler.compile(condition), compiler.compile(result)) for condition, result in node.branches]
    otherwise = compiler.compile(node.otherwise)

    def run(frame: Frame) -> Value:
        for condition, result in branches:
            if condition(frame) is True:
                return result(frame)
        return otherwise(frame)

    return run


def _operation(symbol: str) -> Callable[[Frame, Value, Value], Value]:
    operator, action = operators.ARITHMETIC[symbol]
    steps = _POWER_STEPS if symbol == "**" else 0

    def run(frame: Frame, left: Value, right: Value) -> Value:
        if left is None or right is None:
            return None
        if steps:
            frame.evaluation.budget.spend(steps)
        try:
            result = operator(left, right)
        except (DecimalException, OverflowError):
            result = None
        if result is None:
            frame.evaluation.mismatch(action, left, right)
        elif type(result) is str:
            frame.evaluation.budget.text(len(result))
        return result

    return run


def _logical(parts: Sequence[Code], *, decided_by: bool) -> Code:
    """Three-valued: one deciding value decides, else null if any part is no Boolean."""

    def run(frame: Frame) -> Value:
        is_certain = True
        for part in parts:
            value = part(frame)
            if value is decided_by:
                return value
            if type(value) is not bool:
                is_certain = False
                if value is not None:
                    frame.evaluation.note(f"expected a boolean beside 'and' or 'or', found {type_name(value)}")
        return not decided_by if is_certain else None

    return run
