"""The one door to the languages: conditions, mappings and scripts of a diagram, whatever they are written in.

`compile_expression` and `check_script` find what is wrong at upload; the others run it. What fails
while running is an `ExpressionError` and becomes an incident, never an end of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from baton.bpm.definition.elements import Expression, Language, Script, ScriptLanguage
from baton.bpm.errors import ExpressionError
from baton.bpm.expressions import feel, javascript_script, juel, python_script
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.juel_operators import shown
from baton.bpm.expressions.script_result import ScriptResult
from baton.bpm.expressions.worker_processes import ScriptLimits
from baton.bpm.values.types import TYPE_OF


class Compiled(Protocol):
    """An expression ready to be evaluated, shared by threads."""

    @property
    def text(self) -> str:
        """Its source."""
        ...

    @property
    def names(self) -> frozenset[str] | None:
        """The variables it reads; None if that depends on values."""
        ...

    def evaluate(self, context: EvaluationContext, notes: list[str] | None = None) -> Any:
        """Its value. `notes` collects why something became null, where the language keeps going.

        Raises `ExpressionError`, `ExpressionLimitError`.
        """
        ...

    def failing_position(self, context: EvaluationContext) -> int | None:
        """The 0-based position of what made it fail or yield an unusable value, where the error does not say it.

        May evaluate once more; for failures only. None if it cannot be known.
        """
        ...


class _Feel:
    __slots__ = ("_compiled",)

    def __init__(self, text: str) -> None:
        self._compiled = feel.compile_expression(text)

    @property
    def text(self) -> str:
        return self._compiled.text

    @property
    def names(self) -> frozenset[str] | None:
        return self._compiled.names

    def evaluate(self, context: EvaluationContext, notes: list[str] | None = None) -> Any:
        return self._compiled.evaluate(context.variables, now=context.now, notes=notes)

    def failing_position(self, context: EvaluationContext) -> int | None:
        return feel.failing_position(self.text, context.variables, now=context.now)


def compile_expression(expression: Expression) -> Compiled:
    """Read an expression; the languages keep what they compiled. Raises `ExpressionSyntaxError`.

    Of JavaScript only `check_expression` reads the syntax: that takes a worker.
    """
    match expression.language:
        case Language.FEEL:
            return _Feel(expression.text)
        case Language.JUEL:
            return juel.compile_expression(expression.text)
        case Language.JAVASCRIPT:
            return javascript_script.CompiledJavaScript(expression.text)
        case Language.PYTHON:
            return python_script.CompiledPython(expression.text)


def check_expression(expression: Expression) -> None:
    """Raises `ExpressionSyntaxError` for an expression that cannot be read; for the upload."""
    if expression.language is Language.JAVASCRIPT:
        javascript_script.check(expression.text)
    else:
        compile_expression(expression)


def evaluate_condition(compiled: Compiled, context: EvaluationContext) -> bool:
    """Whether a condition holds. Null or any other value is an `ExpressionError`, never false."""
    notes: list[str] = []
    value = compiled.evaluate(context, notes)
    if isinstance(value, bool):
        return value
    reasons = f" ({'; '.join(notes[:3])})" if notes else ""
    expected = f"Expected the condition '{compiled.text[:200]}' to yield true or false, but it yields"
    raise ExpressionError(f"{expected} {shown(value)}{reasons}.", bare=f"{expected} {type_word(value)}{reasons}.")


def type_word(value: Any) -> str:
    """The kind of a value in a message that must not show it: `null`, `a string`."""
    kind = TYPE_OF.get(type(value), "value")
    return "null" if value is None else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def script_names(script: Script) -> frozenset[str] | None:
    """The variables a script reads; None if that depends on values, or if it cannot be read."""
    try:
        match script.language:
            case ScriptLanguage.FEEL:
                return _Feel(script.text).names
            case ScriptLanguage.JUEL:
                return juel.compile_expression(script.text).names
            case ScriptLanguage.PYTHON:
                return python_script.names(script.text)
            case ScriptLanguage.JAVASCRIPT:
                return None
    except ExpressionError:
        return None


def check_script(script: Script) -> None:
    """Raises `ExpressionSyntaxError` for a script that cannot be read; runs none of it.

    Pure, but for JavaScript, which a worker reads (see `javascript_script.check`).
    """
    _SCRIPT_CHECKS[script.language](script.text)


def run_script(script: Script, context: EvaluationContext) -> ScriptResult:
    """Run a script; nothing is written, the caller decides over `result` and `assignments`.

    A Python script without a last value whose result variable it assigned itself has that as result.
    Raises `ExpressionError`, `ExpressionLimitError`.
    """
    match script.language:
        case ScriptLanguage.FEEL:
            return _run_feel(script, context)
        case ScriptLanguage.JUEL:
            return ScriptResult(juel.compile_expression(script.text).evaluate(context))
        case ScriptLanguage.JAVASCRIPT:
            return javascript_script.run(script.text, context)
        case ScriptLanguage.PYTHON:
            outcome = python_script.run(script.text, context.variables, now=context.now)
            return _with_own_result(outcome, script.result_variable)


def _run_feel(script: Script, context: EvaluationContext) -> ScriptResult:
    compiled = _Feel(script.text)
    try:
        return ScriptResult(compiled.evaluate(context))
    except ExpressionError as error:
        error.position = compiled.failing_position(context)
        raise


def _with_own_result(outcome: ScriptResult, result_variable: str | None) -> ScriptResult:
    if outcome.result is not None or result_variable is None or result_variable not in outcome.assignments:
        return outcome
    return ScriptResult(outcome.assignments[result_variable], outcome.assignments)


def configure_scripts(limits: ScriptLimits) -> None:
    """Limits of time, memory, depth and workers for scripts in processes; called once, when the server starts."""
    python_script.configure(limits)
    javascript_script.configure(limits)


def close() -> None:
    """End the worker processes of scripts; the next script starts new ones."""
    python_script.close()
    javascript_script.close()


def _check_feel(text: str) -> None:
    feel.compile_expression(text)


def _check_juel(text: str) -> None:
    juel.compile_expression(text)


_SCRIPT_CHECKS: Mapping[ScriptLanguage, Callable[[str], None]] = {
    ScriptLanguage.FEEL: _check_feel,
    ScriptLanguage.JUEL: _check_juel,
    ScriptLanguage.JAVASCRIPT: javascript_script.check,
    ScriptLanguage.PYTHON: python_script.check,
}
