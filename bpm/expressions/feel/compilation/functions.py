"""Code for function definitions and calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from baton.bpm.expressions.feel import syntax
from baton.bpm.expressions.feel.calls import call_function
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.lexer import shortened
from baton.bpm.expressions.feel.properties import get_property
from baton.bpm.expressions.feel.types import is_instance
from baton.bpm.expressions.feel.values import FeelFunction, Value, type_name

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.compiler import Compiler


def compile_function(compiler: Compiler, node: syntax.Function) -> Code:
    names = tuple(name for name, _ in node.parameters)
    types = tuple(declared for _, declared in node.parameters)
    if node.body is None:
        compiler.warnings.append("external functions are not supported; the result is null")
        return lambda frame: FeelFunction(names, _external, types)
    with compiler.binding(*names):
        body, cost = compiler.measured(node.body)

    def make(frame: Frame) -> Value:
        def invoke(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
            for argument, declared in zip(arguments, types, strict=False):
                if declared is not None and argument is not None and not is_instance(argument, declared, evaluation):
                    evaluation.note(f"an argument of a function is a {type_name(argument)}, as it must not be")
                    return None
            budget = evaluation.budget
            budget.spend(cost.steps)
            budget.enter(cost.frames)
            result = body(frame.inner(dict(zip(names, arguments, strict=True))))
            budget.leave(cost.frames)
            return result

        return FeelFunction(names, invoke, types)

    return make


def compile_call(compiler: Compiler, node: syntax.Call) -> Code:
    name = node.function.name if isinstance(node.function, syntax.Name) else None
    if name == "is defined" and len(node.arguments) == 1:
        return _is_defined(compiler, node.arguments[0])
    built_in = compiler.functions.get(name) if name is not None else None
    is_hidden = name is not None and (compiler.is_bound(name) or name in compiler.declared)
    if built_in is not None and not is_hidden:
        function: Code = lambda frame: built_in  # noqa: E731
    else:
        function = compiler.compile(node.function)
        if name is not None and built_in is None and not is_hidden:
            compiler.warnings.append(f"no built-in function '{shortened(name)}'")
    label = shortened(name) if name is not None else "the expression before '('"
    if node.named:
        return _call_by_name(compiler, function, node.named, label)
    arguments = [compiler.compile(argument) for argument in node.arguments]

    def run(frame: Frame) -> Value:
        called = function(frame)
        if type(called) is not FeelFunction:
            if built_in is None:
                frame.evaluation.note(f"'{label}' is not a function")
                return None
            called = built_in
        return call_function(called, frame.evaluation, [argument(frame) for argument in arguments], label)

    return run


def _call_by_name(compiler: Compiler, function: Code, named: Sequence[tuple[str, syntax.Node]], label: str) -> Code:
    arguments = [(name, compiler.compile(argument)) for name, argument in named]

    def run(frame: Frame) -> Value:
        called = function(frame)
        if type(called) is not FeelFunction:
            frame.evaluation.note(f"'{label}' is not a function")
            return None
        given = {name: argument(frame) for name, argument in arguments}
        if called.by_name is not None:
            return called.by_name(frame.evaluation, given)
        if given.keys() != set(called.parameters):
            frame.evaluation.note(f"'{label}' has the parameters {', '.join(called.parameters)}")
            return None
        return called.invoke(frame.evaluation, [given[name] for name in called.parameters])

    return run


def _is_defined(compiler: Compiler, argument: syntax.Node) -> Code:
    """Whether a name or an entry exists at all; every other expression is defined."""
    if isinstance(argument, syntax.Name):
        name = argument.name
        if not compiler.is_bound(name):
            compiler.free.add(name)
        return lambda frame: frame.has(name)
    if isinstance(argument, syntax.Path):
        base, entry = compiler.compile(argument.base), argument.name
        base_is_defined = _is_defined(compiler, argument.base)
        return lambda frame: base_is_defined(frame) and _has_entry(base(frame), entry, frame)
    compiler.compile(argument)
    return lambda frame: True


def _external(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
    evaluation.note("external functions are not supported")


def _has_entry(value: Value, name: str, frame: Frame) -> bool:
    return name in value if type(value) is dict else get_property(value, name, frame.evaluation) is not None
