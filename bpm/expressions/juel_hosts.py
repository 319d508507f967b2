"""What the words `execution` and `task` offer to JUEL: a table of methods and properties each, nothing else.

They are no values: no variable can hold one, and none leaves an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from baton.bpm.errors import ExpressionError
from baton.bpm.expressions import task_calls
from baton.bpm.expressions.context import EvaluationContext, Task

Method = tuple[Callable[..., Any], int, int]
"""What to call with the target and the arguments, and how many arguments at least and at most."""


@dataclass(frozen=True, slots=True)
class Execution:
    """The step that the expression belongs to."""

    context: EvaluationContext


@dataclass(frozen=True, slots=True)
class TaskHost:
    """The user task that the expression is about."""

    context: EvaluationContext
    task: Task


Host = Execution | TaskHost


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ExpressionError("Expected the name of a variable as text.")
    return value


def _get(host: Host, name: Any) -> Any:
    try:
        return host.context.get(_name(name))
    except KeyError:
        return None


def _get_local(host: Host, name: Any) -> Any:
    writes = host.context.writes
    if writes and _name(name) in writes.local:
        return writes.local[name]
    return host.context.local().get(_name(name))


def _has_local(host: Host, name: Any) -> bool:
    writes = host.context.writes
    return _name(name) in host.context.local() or (writes is not None and name in writes.local)


def _all(host: Host) -> dict[str, Any]:
    writes = host.context.writes
    written = {**writes.outward, **writes.local} if writes else {}
    return {**host.context.variables, **written}


def _set(host: Host, name: Any, value: Any) -> None:
    _write(host, name, value, local=False)


def _set_local(host: Host, name: Any, value: Any) -> None:
    _write(host, name, value, local=True)


def _write(host: Host, name: Any, value: Any, *, local: bool) -> None:
    if isinstance(value, Execution | TaskHost):
        raise ExpressionError("Expected a value for the variable, but found execution or task itself.")
    if host.context.writes is None:
        raise ExpressionError(
            f"Expected no setting of the variable '{_name(name)}' here: this expression belongs to no step."
        )
    host.context.writes.add(_name(name), value, local=local)


def _remove(host: Host, name: Any) -> None:
    raise ExpressionError(
        f"Expected no removal of the variable '{_name(name)}': variables cannot be removed, set it to null."
    )


_VARIABLES: Mapping[str, Method] = {
    "getVariable": (_get, 1, 1),
    "getVariableLocal": (_get_local, 1, 1),
    "getVariables": (_all, 0, 0),
    "hasVariable": (lambda host, name: host.context.has(_name(name)), 1, 1),
    "hasVariableLocal": (_has_local, 1, 1),
    "removeVariable": (_remove, 1, 1),
    "setVariable": (_set, 2, 2),
    "setVariableLocal": (_set_local, 2, 2),
}

_EXECUTION_PROPERTIES = (
    "businessKey",
    "currentActivityId",
    "currentActivityName",
    "eventName",
    "id",
    "processBusinessKey",
    "processDefinitionId",
    "processInstanceId",
)

_TASK_PROPERTIES: Mapping[str, Callable[[TaskHost], Any]] = {
    "assignee": lambda host: host.task.assignee,
    "description": lambda host: host.task.description,
    "dueDate": lambda host: host.task.due_date,
    "eventName": lambda host: host.task.event_name or None,
    "id": lambda host: host.task.id or None,
    "name": lambda host: host.task.name,
    "owner": lambda host: host.task.owner,
    "priority": lambda host: host.task.priority,
    "processDefinitionId": lambda host: host.context.process_definition_id or None,
    "processInstanceId": lambda host: host.context.process_instance_id,
    "taskDefinitionKey": lambda host: host.task.definition_key or None,
}


def _of_context(name: str) -> Callable[[Execution], Any]:
    return lambda execution: execution.context.properties()[name]


def _caller(method: str) -> Callable[[TaskHost, Any], None]:
    def call(host: TaskHost, argument: Any) -> None:
        if isinstance(argument, Execution | TaskHost):
            raise ExpressionError(f"Expected a value for task.{method}(), but found execution or task itself.")
        task_calls.add(host.context.task_calls, method, argument)

    return call


def _getters(properties: Mapping[str, Callable[..., Any]]) -> dict[str, Method]:
    return {f"get{name[0].upper()}{name[1:]}": (read, 0, 0) for name, read in properties.items()}


EXECUTION_PROPERTIES: Mapping[str, Callable[[Any], Any]] = {name: _of_context(name) for name in _EXECUTION_PROPERTIES}
EXECUTION_METHODS: Mapping[str, Method] = {**_VARIABLES, **_getters(EXECUTION_PROPERTIES)}
TASK_PROPERTIES: Mapping[str, Callable[[Any], Any]] = {
    **_TASK_PROPERTIES,
    "execution": lambda host: Execution(host.context),
}
TASK_METHODS: Mapping[str, Method] = {
    **_VARIABLES,
    **_getters(TASK_PROPERTIES),
    **{method: (_caller(method), 1, 1) for method in task_calls.METHODS},
}
