"""Syntax tree to closures. Done once per text; a closure only reads the frame it is given, so threads may share it.

The compiler also finds which names are free, how many steps a body costs (its number of nodes) and how many Python
calls deep it goes, so that loops and functions can be charged for their bodies before they run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel import syntax
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.compilation import functions, loops, names, operations, tests, values
from baton.bpm.expressions.feel.values import FeelFunction

MAX_LEVEL: Final = 150


@dataclass(frozen=True, slots=True)
class Cost:
    """`steps` to run a piece of code once without its loops, `frames` of Python it goes deep."""

    steps: int
    frames: int


class Compiler:
    """Compiles one tree. `declared` names may hold functions that hide built-in ones of the same name.

    For the code of each kind of syntax: `bound` are the names that enclosing syntax binds, innermost last, `free` those
    that nothing binds, `nodes` counts what was compiled so far and `partial_uses` how often `partial` was.
    """

    def __init__(self, functions: Mapping[str, FeelFunction], declared: Collection[str] = ()) -> None:
        self.functions = functions
        self.declared = frozenset(declared)
        self.bound: list[Set[str]] = []
        self.free: set[str] = set()
        self.warnings: list[str] = []
        self.nodes = 0
        self.partial_uses = 0
        self._level = 0
        self._deepest = 0

    def compile(self, node: syntax.Node) -> Code:
        """The code of a node. Raises ExpressionSyntaxError if the tree is too deep."""
        self.nodes += 1
        self._level += 1
        self._deepest = max(self._deepest, self._level)
        if self._level > MAX_LEVEL:
            raise ExpressionSyntaxError(f"The expression is nested in more than {MAX_LEVEL} levels.")
        code = _COMPILERS[type(node)](self, node)
        self._level -= 1
        return code

    def compile_tests(self, node: syntax.UnaryTests) -> TestCode:
        """The code that says whether a value passes; null counts as no."""
        return tests.compile_unary_tests(self, node)

    def measured(self, node: syntax.Node) -> tuple[Code, Cost]:
        """The code of a body and what running it once costs."""
        nodes, deepest = self.nodes, self._deepest
        self._deepest = self._level
        code = self.compile(node)
        cost = Cost(self.nodes - nodes, self._deepest - self._level + 2)
        self._deepest = max(deepest, self._deepest)
        return code, cost

    @contextmanager
    def binding(self, *names: str) -> Iterator[None]:
        """While it lasts, the names are bound."""
        self.bound.append(frozenset(names))
        yield
        self.bound.pop()

    def is_bound(self, name: str) -> bool:
        """True if enclosing syntax binds the name."""
        return any(name in names for names in self.bound)


_COMPILERS: Final[Mapping[type, Callable[[Compiler, Any], Code]]] = {
    syntax.Literal: names.compile_literal,
    syntax.Name: names.compile_name,
    syntax.DottedName: names.compile_dotted_name,
    syntax.Path: names.compile_path,
    syntax.Filter: names.compile_filter,
    syntax.ListLiteral: values.compile_list,
    syntax.ContextLiteral: values.compile_context,
    syntax.Range: values.compile_range,
    syntax.OpenRange: values.compile_open_range,
    syntax.Arithmetic: operations.compile_arithmetic,
    syntax.Negation: operations.compile_negation,
    syntax.Comparison: operations.compile_comparison,
    syntax.Between: operations.compile_between,
    syntax.Conjunction: operations.compile_conjunction,
    syntax.Disjunction: operations.compile_disjunction,
    syntax.InstanceOf: operations.compile_instance_of,
    syntax.If: operations.compile_if,
    syntax.In: tests.compile_in,
    syntax.For: loops.compile_for,
    syntax.Quantified: loops.compile_quantified,
    syntax.Function: functions.compile_function,
    syntax.Call: functions.compile_call,
}
