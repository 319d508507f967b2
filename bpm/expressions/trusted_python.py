"""TRUSTED PYTHON: scripts of diagrams run in the engine's own process, with everything Python can do.

This file is the one exception to "no text of a user ever reaches exec" (ARCHITECTURE.md, invariant 9). It is reached
only if the operator started the server with BATON_TRUSTED_PYTHON=true; neither a diagram nor the API can ask for it.
There is no sandbox and no limit of time or memory: who may deploy may then do whatever the server's user may.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from baton.bpm import errors
from baton.bpm.expressions.python_source import RESULT, prepare
from baton.bpm.expressions.python_values import from_sandbox, to_sandbox
from baton.bpm.expressions.script_result import ScriptResult, check_values

_FILE = "script.py"


@lru_cache(maxsize=200)
def _compiled(body: str) -> CodeType:
    return compile(body, _FILE, "exec", dont_inherit=True)


def run(text: str, variables: Mapping[str, Any]) -> ScriptResult:
    """As `python_script.run`, but here. Raises `ExpressionError` for whatever the script raises."""
    source = prepare(text)
    world: dict[str, Any] = {
        name: to_sandbox(variables[name], f"the variable {name!r}") for name in source.reads if name in variables
    }
    world["__name__"] = "__script__"
    changeable = {name for name, value in world.items() if isinstance(value, list | dict)}
    try:
        # One dictionary, so that functions of the script see its names.
        exec(_compiled(source.body), world)  # noqa: S102
    except (Exception, SystemExit) as error:
        raise errors.ExpressionError(
            f"The script failed{_place(error)}: {type(error).__name__}: {error}"[:500]
        ) from error
    return _result(world, variables, source.writes | (source.changes & changeable))


def _result(world: Mapping[str, Any], variables: Mapping[str, Any], names: frozenset[str]) -> ScriptResult:
    result = from_sandbox(world.get(RESULT), "the script's result")
    found = {name: from_sandbox(world[name], f"the script's variable {name!r}") for name in names if name in world}
    changed = {
        name: value
        for name, value in found.items()
        if name not in variables or type(value) is not type(variables[name]) or value != variables[name]
    }
    check_values(result, changed)
    return ScriptResult(result, changed)


def _place(error: BaseException) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _FILE]
    return f" in line {lines[-1]}" if lines else ""
