"""Python scripts of script tasks: variables in, the last expression's value and assigned names out.

Runs in sandbox processes (`python_workers`), never in this one. What a script may do is what
pydantic-monty's Python has; there are no files, network, environment, or other modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from baton.bpm import errors
from baton.bpm.expressions import trusted_python
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.python_source import prepare
from baton.bpm.expressions.python_values import from_sandbox, to_sandbox
from baton.bpm.expressions.python_workers import PythonWorkers
from baton.bpm.expressions.script_result import ScriptResult, check_values
from baton.bpm.expressions.worker_processes import ScriptLimits

_shared = PythonWorkers()
"""The workers of this process; they start with the first script."""

_trusted = False
"""Whether the operator said that scripts of diagrams may do everything (`trusted_python`)."""


class CompiledPython:
    """A condition or mapping written in Python; shared by threads. What it assigns is not kept."""

    __slots__ = ("names", "text")

    def __init__(self, text: str) -> None:
        source = prepare(text)
        if not source.has_result:
            raise errors.ExpressionSyntaxError("Expected an expression that yields a value; Python compares with '=='")
        self.text = text
        self.names: frozenset[str] | None = source.reads

    def evaluate(self, context: EvaluationContext, notes: list[str] | None = None) -> Any:
        """Its value. Raises as `run` does."""
        return run(self.text, context.variables, now=context.now).result

    def failing_position(self, context: EvaluationContext) -> int | None:
        """Its errors say their line."""
        return None


def check(text: str) -> None:
    """Raises `ExpressionSyntaxError` for what is no Python; starts nothing."""
    prepare(text)


def names(text: str) -> frozenset[str]:
    """The names whose values it reads. Raises `ExpressionSyntaxError`."""
    return prepare(text).reads


def run(
    text: str, variables: Mapping[str, Any], *, now: datetime, workers: PythonWorkers | None = None
) -> ScriptResult:
    """Run a script. A list or object that it changes in place counts as assigned.

    Raises `ExpressionError` for what the script did wrong, `ExpressionLimitError` for its budget.
    """
    if _trusted and workers is None:
        return trusted_python.run(text, variables)
    source = prepare(text)
    inputs = {name: to_sandbox(variables[name], f"the variable {name!r}") for name in source.reads if name in variables}
    changeable = [name for name, value in inputs.items() if isinstance(value, list | dict)]
    answer = (workers or _shared).run(source.code(changeable), inputs, now=now)
    result = from_sandbox(answer[0], "the script's result")
    written = answer[1].items()
    assignments = {
        name: from_sandbox(value, f"the script's variable {name!r}")
        for name, value in written
        if name not in variables or not _same(value, variables[name])
    }
    check_values(result, assignments)
    return ScriptResult(result, assignments)


def trust(*, trusted: bool = True) -> None:
    """From now on run all scripts in this process, without sandbox. Only for the server's own start."""
    global _trusted
    _trusted = trusted


def configure(limits: ScriptLimits) -> None:
    """Other limits for all scripts from the next one on; to be called once, when the server starts."""
    _shared.configure(limits)


def close() -> None:
    """End the workers; the next script starts new ones."""
    _shared.close()


def _same(value: Any, before: Any) -> bool:
    return type(value) is type(before) and bool(value == before)
