"""What a script gives back, in whatever language it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from baton.bpm import errors, values
from baton.bpm.expressions.task_calls import TaskCall


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """`result` is the value of the script, `assignments` the variables it set or changed.

    `local_assignments` are those it set in the scope of its own step, `task_calls` what it asked of its user task.
    """

    result: Any
    assignments: dict[str, Any] = field(default_factory=dict)
    local_assignments: dict[str, Any] = field(default_factory=dict)
    task_calls: tuple[TaskCall, ...] = ()


def check_values(result: Any, *assignments: Mapping[str, Any]) -> None:
    """Scripts are held to the limits of variables. Raises `ExpressionError`, `ExpressionLimitError`."""
    try:
        for written in ({"result": result}, *assignments):
            values.check_limits(written, field="script")
    except errors.TooLarge as error:
        raise errors.ExpressionLimitError(f"{error.message} It is {error.field}.") from error
    except errors.InvalidCommand as error:
        raise errors.ExpressionError(f"{error.message} It is {error.field}.") from error
