"""Code for names, paths and filters, and for what is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from baton.bpm.expressions.feel import operators, syntax
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.compilation.filters import compile_index, compile_selection
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.properties import get_property
from baton.bpm.expressions.feel.values import Value, is_number

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.compiler import Compiler

PARTIAL: Final = "partial"
"""In the body of a `for`: the list of the results so far."""


def compile_literal(compiler: Compiler, node: syntax.Literal) -> Code:
    value = node.value
    return lambda frame: value


def compile_name(compiler: Compiler, node: syntax.Name) -> Code:
    name = node.name
    fallback = compiler.functions.get(name)
    is_bound = compiler.is_bound(name)
    if not is_bound:
        compiler.free.add(name)
    if name == PARTIAL and is_bound:
        compiler.partial_uses += 1
        return _partial_copy

    def run(frame: Frame) -> Value:
        names = frame.names
        if name in names:
            return names[name]
        if frame.parent is None:
            return frame.evaluation.variable(name, fallback)
        return frame.parent.lookup(name, fallback)

    return run


def compile_dotted_name(compiler: Compiler, node: syntax.DottedName) -> Code:
    name, whole, path = node.name.name, compiler.compile(node.name), compiler.compile(node.path)
    return lambda frame: whole(frame) if frame.has(name) else path(frame)


def compile_path(compiler: Compiler, node: syntax.Path) -> Code:
    base = compiler.compile(node.base)
    name = node.name

    def run(frame: Frame) -> Value:
        value = base(frame)
        if type(value) is dict and name in value:
            return value[name]
        return get_property(value, name, frame.evaluation)

    return run


def compile_filter(compiler: Compiler, node: syntax.Filter) -> Code:
    if isinstance(node.base, syntax.Name) and node.base.name == PARTIAL and compiler.is_bound(PARTIAL):
        # Reading one item of the results so far needs no copy of them.
        compiler.nodes += 1
        compiler.partial_uses += 1
        base: Code = _partial_itself
    else:
        base = compiler.compile(node.base)
    literal = literal_number(node.condition)
    if literal is not None:
        return compile_index(base, literal)
    with compiler.binding("item"):
        condition, cost = compiler.measured(node.condition)
    return compile_selection(base, condition, cost.steps)


def _partial_itself(frame: Frame) -> Value:
    return frame.lookup(PARTIAL)


def _partial_copy(frame: Frame) -> Value:
    """The results so far as they are now; the list itself goes on growing."""
    results = frame.lookup(PARTIAL)
    if type(results) is not list:
        return results
    frame.evaluation.budget.elements(len(results))
    return list(results)


def literal_number(node: syntax.Node) -> Any:
    """The number that is written down, with or without a sign, else None."""
    if isinstance(node, syntax.Literal) and is_number(node.value):
        return node.value
    if isinstance(node, syntax.Negation) and node.count == 1:
        number = literal_number(node.operand)
        return None if number is None else operators.negate(number)
    return None
