"""What a listener changes about its user task by `task.setAssignee(...)` and the like (Camunda 7).

Before the task is there, the changes are kept with its token, and it is created with them; later they are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from baton.bpm.execution import timers
from baton.bpm.execution.events import UserTaskChanges, UserTaskCreated
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.work import names, short_text, whole_number

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.expressions.task_calls import TaskCall

DEFAULT_PRIORITY = 50
_TYPE = "listener"


def read(
    instance: ProcessInstance, token: Token, calls: Iterable[TaskCall], before: UserTaskChanges | None = None
) -> UserTaskChanges:
    """The calls as changes, after those `before`. `StepFailure` for an argument that makes no sense."""
    changes = msgspec.structs.replace(before) if before else UserTaskChanges()
    for method, argument in calls:
        _call(instance, changes, method, argument, f"argument of task.{method}() at '{token.task_spec.title}'")
    return changes


def _call(instance: ProcessInstance, changes: UserTaskChanges, method: str, argument: Any, what: str) -> None:
    match method:
        case "setAssignee":
            changes.assignee = short_text(argument, what, _TYPE)
        case "setName":
            changes.name = _some_text(argument, what)
        case "setPriority":
            changes.priority = whole_number(argument, what, DEFAULT_PRIORITY, _TYPE)
        case "setDueDate":
            changes.due_at = timers.instant(instance, argument, what)
        case "setFollowUpDate":
            changes.follow_up_at = timers.instant(instance, argument, what)
        case _:
            comes = method.startswith("add")
            wanted = {_some_text(name, what): comes for name in names(argument)}
            if "User" in method:
                changes.users = {**changes.users, **wanted}
            else:
                changes.groups = {**changes.groups, **wanted}


def _some_text(value: Any, what: str) -> str:
    text = short_text(value, what, _TYPE)
    if text is None:
        raise StepFailure(_TYPE, f"The {what} must be a text, found nothing")
    return text


def asked_before(token: Token, created: UserTaskCreated) -> UserTaskCreated:
    """The task as it is created, with what its listeners asked before."""
    changes = token.details.asked
    if changes is None:
        return created
    token.detail().asked = None
    return changed(created, changes)


def changed(task: UserTaskCreated, changes: UserTaskChanges) -> UserTaskCreated:
    """What would have been told of a task that had begun with the changes."""
    return msgspec.structs.replace(
        task,
        **changes.attributes(),
        candidate_users=candidates(task.candidate_users, changes.users),
        candidate_groups=candidates(task.candidate_groups, changes.groups),
    )


def candidates(before: Iterable[str], changes: dict[str, bool]) -> tuple[str, ...]:
    """Those that are left, in their order, then those that come."""
    left = [name for name in before if changes.get(name, True)]
    return tuple(dict.fromkeys([*left, *(name for name, comes in changes.items() if comes)]))
