"""Code for lists, contexts and ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.expressions.feel import operators, syntax
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import OPEN, FeelRange, Value, type_name

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.compiler import Compiler


def compile_list(compiler: Compiler, node: syntax.ListLiteral) -> Code:
    items = [compiler.compile(item) for item in node.items]
    return lambda frame: [item(frame) for item in items]


def compile_context(compiler: Compiler, node: syntax.ContextLiteral) -> Code:
    entries: list[tuple[str, Code]] = []
    names: set[str] = set()
    compiler.bound.append(names)
    for name, expression in node.entries:
        entries.append((name, compiler.compile(expression)))
        names.add(name)
    compiler.bound.pop()
    if len(names) < len(entries):
        compiler.warnings.append("a context has an entry twice and is null")
        return lambda frame: None

    def run(frame: Frame) -> Value:
        context: dict[str, Value] = {}
        inner = frame.inner(context)
        for name, code in entries:
            context[name] = code(inner)
        return context

    return run


def compile_range(compiler: Compiler, node: syntax.Range) -> Code:
    start, end = compiler.compile(node.start), compiler.compile(node.end)
    start_included, end_included = node.start_included, node.end_included

    def run(frame: Frame) -> Value:
        low, high = start(frame), end(frame)
        if low is None and high is None:
            return None
        if low is not None and high is not None and operators.less_or_equal(low, high) is not True:
            frame.evaluation.note(f"no range from {type_name(low)} to {type_name(high)}: not in order")
            return None
        return FeelRange(low, high, start_included, end_included)

    return run


def compile_open_range(compiler: Compiler, node: syntax.OpenRange) -> Code:
    operand = compiler.compile(node.operand)
    match node.operator:
        case "<":
            return lambda frame: FeelRange(OPEN, operand(frame), False, False)
        case "<=":
            return lambda frame: FeelRange(OPEN, operand(frame), False, True)
        case ">":
            return lambda frame: FeelRange(operand(frame), OPEN, False, False)
        case ">=":
            return lambda frame: FeelRange(operand(frame), OPEN, True, False)
        case "=":
            return lambda frame: _point(operand(frame))
        case _:
            return lambda frame: None


def _point(value: Value) -> FeelRange:
    return FeelRange(value, value, True, True, is_point=True)
