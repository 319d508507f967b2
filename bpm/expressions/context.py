"""What an expression may see besides its own text, and what it may ask to be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from baton.bpm import errors, values
from baton.bpm.expressions.task_calls import TaskCall


@dataclass(slots=True)
class VariableWrites:
    """What `execution.setVariable` asked for, in order. The caller writes it when the whole step succeeds, or never.

    `outward` goes to the nearest scope that has the name, else to the process; `local` exactly into the step's scope.
    """

    outward: dict[str, Any] = field(default_factory=dict)
    local: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, value: Any, *, local: bool = False) -> None:
        """Raises `ExpressionError` for what cannot be kept as a variable."""
        try:
            values.check_limits({name: value})
        except errors.TooLarge as error:
            raise errors.ExpressionLimitError(error.message) from error
        except errors.InvalidCommand as error:
            raise errors.ExpressionError(error.message) from error
        (self.local if local else self.outward)[name] = value

    def __bool__(self) -> bool:
        return bool(self.outward or self.local)


@dataclass(frozen=True, slots=True)
class Task:
    """The user task that an expression is about: what the word `task` offers in assignments and listeners."""

    name: str
    id: str = ""
    definition_key: str = ""
    assignee: str | None = None
    owner: str | None = None
    description: str | None = None
    priority: int | None = None
    due_date: datetime | None = None
    event_name: str = ""

    def properties(self) -> dict[str, Any]:
        """What `task` knows of itself in scripts, by the name of its getter without `get`."""
        return {
            "assignee": self.assignee,
            "description": self.description,
            "eventName": self.event_name or None,
            "id": self.id or None,
            "name": self.name,
            "owner": self.owner,
            "priority": self.priority,
            "taskDefinitionKey": self.definition_key or None,
        }


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """`now` is aware UTC; `user` is who is at work, None for the engine itself, `groups` are theirs.

    `local()` are the variables of the step's own scope; `activity_id` and `activity_name` the flow node that is worked
    on, `event_name` what a listener was called for. Without `writes` nothing can be set. `task` None: there is none.
    `task_calls` collects what a listener asks of its task; None: nothing may be asked.
    """

    variables: Mapping[str, Any]
    now: datetime
    process_instance_id: str = ""
    business_key: str | None = None
    user: str | None = None
    groups: tuple[str, ...] = ()
    local: Callable[[], Mapping[str, Any]] = dict
    process_definition_id: str = ""
    activity_id: str = ""
    activity_name: str = ""
    execution_id: str = ""
    event_name: str = ""
    task: Task | None = None
    writes: VariableWrites | None = None
    task_calls: list[TaskCall] | None = None

    def has(self, name: str) -> bool:
        """Whether there is such a variable, or would be after the writes so far."""
        writes = self.writes
        return name in self.variables or (writes is not None and (name in writes.outward or name in writes.local))

    def get(self, name: str) -> Any:
        """The variable with the writes so far. Raises KeyError if there is none."""
        writes = self.writes
        if writes:
            for written in (writes.local, writes.outward):
                if name in written:
                    return written[name]
        return self.variables[name]

    def properties(self) -> dict[str, Any]:
        """What `execution` knows of itself, by the name of its getter without `get`."""
        return {
            "businessKey": self.business_key,
            "currentActivityId": self.activity_id or None,
            "currentActivityName": self.activity_name or None,
            "eventName": self.event_name or None,
            "id": self.execution_id or self.process_instance_id,
            "processBusinessKey": self.business_key,
            "processDefinitionId": self.process_definition_id or None,
            "processInstanceId": self.process_instance_id,
        }
