"""Code for `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel import syntax
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.compilation.iteration import CompiledIteration, NoDomain, frames_of
from baton.bpm.expressions.feel.compilation.names import PARTIAL
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.compiler import Compiler

MAX_ITERATIONS: Final = 20


def compile_for(compiler: Compiler, node: syntax.For) -> Code:
    iterations = _iterations(compiler, node.iterations)
    partial_uses = compiler.partial_uses
    with compiler.binding(PARTIAL):
        body, cost = compiler.measured(node.body)
    _unbind(compiler, iterations)
    steps = cost.steps
    uses_partial = compiler.partial_uses > partial_uses

    def run(frame: Frame) -> Value:
        budget = frame.evaluation.budget
        results: list[Value] = []
        partial = {PARTIAL: results}
        try:
            for inner in frames_of(iterations, frame):
                budget.element(steps)
                results.append(body(inner.inner(partial) if uses_partial else inner))
        except NoDomain:
            return None
        return results

    return run


def compile_quantified(compiler: Compiler, node: syntax.Quantified) -> Code:
    iterations = _iterations(compiler, node.iterations)
    condition, cost = compiler.measured(node.condition)
    _unbind(compiler, iterations)
    steps = cost.steps
    decided_by = node.existential

    def run(frame: Frame) -> Value:
        budget = frame.evaluation.budget
        is_certain = True
        try:
            for inner in frames_of(iterations, frame):
                budget.spend(steps)
                result = condition(inner)
                if result is decided_by:
                    return result
                is_certain = is_certain and type(result) is bool
        except NoDomain:
            return None
        return not decided_by if is_certain else None

    return run


def _iterations(compiler: Compiler, iterations: Sequence[syntax.Iteration]) -> list[CompiledIteration]:
    """Compiles them and leaves their names bound, one level each; the caller unbinds."""
    if len(iterations) > MAX_ITERATIONS:
        raise ExpressionSyntaxError(f"Expected at most {MAX_ITERATIONS} iterations, found {len(iterations)}.")
    compiled = []
    for iteration in iterations:
        nodes = compiler.nodes
        domain = compiler.compile(iteration.domain)
        end = compiler.compile(iteration.end) if iteration.end is not None else None
        compiled.append(CompiledIteration(iteration.name, domain, end, compiler.nodes - nodes))
        compiler.bound.append(frozenset({iteration.name}))
    return compiled


def _unbind(compiler: Compiler, iterations: Sequence[CompiledIteration]) -> None:
    del compiler.bound[len(compiler.bound) - len(iterations) :]
