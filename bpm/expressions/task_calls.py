"""What a listener may ask of its user task, in Camunda 7's words; the same for JUEL and scripts.

Nothing is changed while an expression runs: the calls are kept in order, and made when the listener succeeds.
"""

from __future__ import annotations

from typing import Any

from baton.bpm import errors

TaskCall = tuple[str, Any]
"""A method and its argument."""

METHODS = (
    "setAssignee",
    "setName",
    "setPriority",
    "setDueDate",
    "setFollowUpDate",
    "addCandidateUser",
    "addCandidateUsers",
    "addCandidateGroup",
    "addCandidateGroups",
    "deleteCandidateUser",
    "deleteCandidateGroup",
)
"""Each with one argument."""

MOST = 100
"""Calls of one listener."""


def add(calls: list[TaskCall] | None, method: str, argument: Any) -> None:
    """Keep the call. Raises `ExpressionError` where no task may be changed, `ExpressionLimitError` for too many."""
    if calls is None:
        raise errors.ExpressionError(f"Expected task.{method}() in a listener of the user task, found it elsewhere.")
    if len(calls) >= MOST:
        raise errors.ExpressionLimitError(f"Expected at most {MOST} changes of the task by one listener.")
    calls.append((method, argument))
