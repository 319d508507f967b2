"""Text to compiled FEEL, cached: the same text with the same known names is compiled once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel.builtins import FUNCTIONS
from baton.bpm.expressions.feel.cache import CompiledTexts
from baton.bpm.expressions.feel.compiler import Compiler
from baton.bpm.expressions.feel.expression import CompiledFeel
from baton.bpm.expressions.feel.parser import Parser
from baton.bpm.expressions.feel.types import TypeTest
from baton.bpm.expressions.feel.unary_tests import CompiledUnaryTests

_EXPRESSIONS: Final[CompiledTexts[CompiledFeel]] = CompiledTexts()
_UNARY_TESTS: Final[CompiledTexts[CompiledUnaryTests]] = CompiledTexts()


def compile_expression(
    text: str, names: Collection[str] = (), *, types: Mapping[str, TypeTest] | None = None
) -> CompiledFeel:
    """Compiles one expression. `names` are names in scope that hold blanks, keywords or operators, or functions.

    `types` are the model's own types for `instance of`: name to a test of FEEL values. Raises ExpressionSyntaxError.
    """
    known = frozenset(names)
    if types:
        return _compile_expression(text, known, types)
    return _EXPRESSIONS.get(text, known, lambda: _compile_expression(text, known, None))


def compile_unary_tests(
    text: str, names: Collection[str] = (), *, types: Mapping[str, TypeTest] | None = None
) -> CompiledUnaryTests:
    """Compiles a cell: `< 5`, `"a", "b"`, `not(...)`, `[1..5]`, `? > x`, `-` or nothing.

    Raises ExpressionSyntaxError.
    """
    known = frozenset(names)
    if types:
        return _compile_unary_tests(text, known, types)
    return _UNARY_TESTS.get(text, known, lambda: _compile_unary_tests(text, known, None))


def _compile_expression(text: str, names: frozenset[str], types: Mapping[str, TypeTest] | None) -> CompiledFeel:
    try:
        tree = Parser(text, names=names, functions=FUNCTIONS, types=types).whole_expression()
        compiler = Compiler(FUNCTIONS, names)
        code = compiler.compile(tree)
    except RecursionError as error:
        raise ExpressionSyntaxError("The expression is nested too deeply.") from error
    return CompiledFeel(text, code, frozenset(compiler.free), tuple(compiler.warnings))


def _compile_unary_tests(text: str, names: frozenset[str], types: Mapping[str, TypeTest] | None) -> CompiledUnaryTests:
    try:
        tree = Parser(text if text.strip() else "-", names=names, functions=FUNCTIONS, types=types).whole_unary_tests()
        compiler = Compiler(FUNCTIONS, names)
        test = compiler.compile_tests(tree)
    except RecursionError as error:
        raise ExpressionSyntaxError("The tests are nested too deeply.") from error
    return CompiledUnaryTests(text, test, frozenset(compiler.free), tuple(compiler.warnings))
