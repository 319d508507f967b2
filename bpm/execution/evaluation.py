"""Evaluating for a token: every failure becomes a `StepFailure` that tells all that is needed to mend it.

Its details are `expression`, `language`, `position` (line and column, null if not known), `variables` (what the
expression read) and `reason`. Values of sensitive variables are in none of them, and not in the message.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from baton.bpm import expressions, values
from baton.bpm.definition.elements import (
    DataMapping,
    Entries,
    Expression,
    Items,
    Listener,
    Script,
    Source,
    UserTask,
)
from baton.bpm.definition.language import DataStore, Text, Variable
from baton.bpm.errors import ExpressionError, Rejection, line_and_column
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase
from baton.bpm.expressions.task_calls import TaskCall

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.token import Token


class _Unusable(ExpressionError):
    """A value that does not fit; the message says of what."""


def context(
    instance: ProcessInstance, token: Token, extra: Mapping[str, Any] | None = None
) -> expressions.EvaluationContext:
    """What expressions of `token` may see; what they set is written when the step succeeds.

    `extra` hides variables of the same names.
    """
    scope = token.workflow
    # The outputs of a sub-process are made of what was in it.
    inner = token.details.inner or token.details.kept if token.phase is Phase.MAPPING else None
    seen = token.visible_variables() if inner is None else instance.scope(inner).visible_variables()
    return expressions.EvaluationContext(
        variables=ChainMap(dict(extra), dict(seen)) if extra else seen,
        now=instance.now,
        process_instance_id=str(instance.id),
        business_key=instance.business_key,
        process_definition_id=instance.definition_id,
        user=instance.user,
        groups=instance.groups,
        local=lambda: instance.local_variables(scope),
        activity_id=token.task_spec.name,
        activity_name=token.task_spec.title,
        execution_id=str(token.id),
        task=_task(token),
        writes=instance.writes_of(scope),
    )


def _reading(instance: ProcessInstance, variables: Mapping[str, Any]) -> expressions.EvaluationContext:
    """What is evaluated over these variables alone, and can set nothing."""
    return expressions.EvaluationContext(
        variables=variables,
        now=instance.now,
        process_instance_id=str(instance.id),
        business_key=instance.business_key,
        user=instance.user,
    )


def condition(
    instance: ProcessInstance, token: Token, flow: SequenceFlow, extra: Mapping[str, Any] | None = None
) -> bool:
    """The truth of a flow's condition; null and anything not Boolean is a failure, not false."""
    assert flow.condition is not None
    assert flow.expression is not None
    seen = context(instance, token, extra)
    try:
        return expressions.evaluate_condition(flow.condition, seen)
    except ExpressionError as error:
        _locate(error, flow.condition, seen)
        what = f"The condition of the sequence flow '{flow.name or flow.id}' could not be decided"
        details = _details(instance, seen, flow.expression, flow.condition.names, error)
        raise StepFailure("condition", f"{what}: {details['reason']}", {"flow": flow.id, **details}) from error


def text(
    instance: ProcessInstance,
    token: Token,
    value: str | Expression | Variable | None,
    *,
    type_: str,
    what: str,
    convert: Callable[[Any], Any] | None = None,
) -> Any:
    """A literal as it is, an expression's or variable's value; `what` names the attribute in the message.

    `convert` makes of it what the attribute needs; its `ExpressionError` or `StepFailure` is told like the
    evaluation's own.
    """
    if isinstance(value, Expression):
        return _evaluated(instance, value, context(instance, token), type_, what, convert)
    if isinstance(value, Variable):
        return _of_variable(instance, token, value, type_, what, convert)
    return value if convert is None else _converted(convert, value, type_, what)


def event_condition(
    instance: ProcessInstance, token: Token, value: Expression, what: str, extra: Mapping[str, Any] | None = None
) -> bool:
    """The truth of a conditional event's, loop's or gateway's condition; null is false, anything else a failure."""
    return _truth(instance, value, context(instance, token, extra), what)


def condition_in(instance: ProcessInstance, scope: Scope, value: Expression, what: str) -> bool:
    """The same, of a whole scope."""
    return _truth(instance, value, _reading(instance, scope.visible_variables()), what)


def _truth(instance: ProcessInstance, value: Expression, seen: expressions.EvaluationContext, what: str) -> bool:
    def truth(result: Any) -> bool:
        if result is None or isinstance(result, bool):
            return bool(result)
        raise ExpressionError(f"Expected true or false, but it yields {str(result)[:50]!r}")

    holds: bool = _evaluated(instance, value, seen, "condition", what, truth)
    return holds


def mapping(
    instance: ProcessInstance,
    token: Token,
    value: DataMapping,
    title: str,
    extra: Mapping[str, Any] | None = None,
    *,
    before: Mapping[str, Any] | None = None,
) -> Any:
    """What the target of an input or output holds afterwards; checked like what a caller sends.

    `extra` hides variables of the same names. `before` are the targets that a mapping of a member adds to, those that
    the token sees if not given.
    """
    seen = context(instance, token, extra)
    return _mapped(instance, value, seen, title, seen.variables if before is None else before)


def mapping_over(
    instance: ProcessInstance,
    value: DataMapping,
    title: str,
    variables: Mapping[str, Any],
    before: Mapping[str, Any],
) -> Any:
    """The same, seeing `variables` only: those of a called instance."""
    return _mapped(instance, value, _reading(instance, variables), title, before)


def _mapped(
    instance: ProcessInstance,
    value: DataMapping,
    seen: expressions.EvaluationContext,
    title: str,
    before: Mapping[str, Any],
) -> Any:
    what = f"mapping to '{'.'.join((value.target, *value.path))}' of '{title}'"
    result = _sourced(instance, value.source, seen, what)
    if value.path:
        result = value.placed(result, before.get(value.target))
    try:
        values.check_limits({value.target: result})
    except Rejection as error:
        raise StepFailure("mapping", f"The {what} failed: {error.message}", {"reason": error.message}) from error
    return result


def _sourced(instance: ProcessInstance, source: Source, seen: expressions.EvaluationContext, what: str) -> Any:
    match source:
        case Expression():
            return _evaluated(instance, source, seen, "mapping", what)
        case Variable():
            return seen.variables.get(source.name)
        case DataStore():
            return instance.read_store(source.name)
        case Script():
            return _run(instance, source, seen, "mapping", f"The {what} failed").result
        case Items():
            return [_sourced(instance, item, seen, what) for item in source.values]
        case Entries():
            return {
                _key(instance, key, seen, what): _sourced(instance, item, seen, what) for key, item in source.values
            }
        case _:
            return source


def _key(instance: ProcessInstance, key: Text, seen: expressions.EvaluationContext, what: str) -> str:
    found = _sourced(instance, key, seen, what)
    if found is None:
        raise StepFailure("mapping", f"A key of the {what} is null, expected a text", {"reason": "A key is null"})
    return str(found)


def names_read(value: Expression) -> frozenset[str] | None:
    """The variables an expression reads; None if that depends on values."""
    return expressions.compile_expression(value).names


def _evaluated(
    instance: ProcessInstance,
    value: Expression,
    seen: expressions.EvaluationContext,
    type_: str,
    what: str,
    convert: Callable[[Any], Any] | None = None,
) -> Any:
    notes: list[str] = []
    compiled: expressions.Compiled | None = None
    try:
        compiled = expressions.compile_expression(value)
        result = compiled.evaluate(seen, notes)
        return result if convert is None else _converted_result(convert, result, notes, what)
    except ExpressionError as error:
        if compiled is not None:
            _locate(error, compiled, seen)
        details = _details(instance, seen, value, compiled.names if compiled else (), error)
        start = "" if isinstance(error, _Unusable) else f"The {what} could not be evaluated: "
        raise StepFailure(type_, start + details["reason"], details) from error


def script(instance: ProcessInstance, token: Token, source: Script) -> Mapping[str, Any]:
    """The variables a script wants written outward, after it ran to its end; others go with the step's writes."""
    step = context(instance, token)
    outcome = _run(instance, source, step, "script", f"The script of '{token.task_spec.title}' failed")
    for name, value in outcome.local_assignments.items():
        assert step.writes is not None
        step.writes.add(name, value, local=True)
    result = {source.result_variable: outcome.result} if source.result_variable else {}
    return {**outcome.assignments, **result}


def listener(instance: ProcessInstance, token: Token, called: Listener) -> list[TaskCall]:
    """Run a listener for its effects; variables are written when the step succeeds. What it asks of its user task."""
    seen = context(instance, token)
    calls: list[TaskCall] = []
    seen = replace(seen, event_name=called.event.value)
    if seen.task is not None:
        seen = replace(seen, task=replace(seen.task, event_name=called.event.value), task_calls=calls)
    what = f"{called.event} listener of '{token.task_spec.title}'"
    if isinstance(called.work, Script):
        outcome = _run(instance, called.work, seen, "listener", f"The {what} failed")
        assert seen.writes is not None
        for name, value in outcome.assignments.items():
            seen.writes.add(name, value)
        for name, value in outcome.local_assignments.items():
            seen.writes.add(name, value, local=True)
        calls.extend(outcome.task_calls)
    elif isinstance(called.work, Expression):
        _evaluated(instance, called.work, seen, "listener", what)
    return calls


def _task(token: Token) -> expressions.Task | None:
    """Of a user task what is known before it is created: expressions about it decide the rest."""
    node = token.task_spec
    if not isinstance(node.element, UserTask):
        return None
    about = node.element.documentation or None
    return expressions.Task(
        name=node.title,
        id=str(token.id),
        definition_key=node.name,
        assignee=token.details.assignee,
        description=about,
    )


def _run(
    instance: ProcessInstance, source: Script, seen: expressions.EvaluationContext, type_: str, what: str
) -> expressions.ScriptResult:
    """What a script computes is held to the same limits as what a caller sends."""
    try:
        outcome = expressions.run_script(source, seen)
        values.check_limits({"result": outcome.result, **outcome.assignments, **outcome.local_assignments})
    except (ExpressionError, Rejection) as error:
        failure = error if isinstance(error, ExpressionError) else ExpressionError(error.message)
        details = _details(instance, seen, source, expressions.script_names(source), failure)
        raise StepFailure(type_, f"{what}: {details['reason']}", {"script": source.text, **details}) from error
    return outcome


def _of_variable(
    instance: ProcessInstance,
    token: Token,
    variable: Variable,
    type_: str,
    what: str,
    convert: Callable[[Any], Any] | None,
) -> Any:
    found = token.visible_variables().get(variable.name)
    if convert is None:
        return found
    try:
        return _converted(convert, found, type_, what)
    except StepFailure as error:
        message = error.message
        if instance.sensitive.covers(variable.name):
            message = f"The {what} is not usable: it is {expressions.type_word(found)}"
        details = {"expression": variable.name, "variables": {variable.name: found}, "reason": message}
        raise StepFailure(type_, message, details) from error


def values_used(token: Token, flows: Iterable[SequenceFlow]) -> dict[str, Any]:
    """The variables that the conditions of `flows` read, with their values; unset ones are left out."""
    names = {name for flow in flows if flow.condition for name in flow.condition.names or ()}
    return _variables(token.visible_variables(), names)


def _converted(convert: Callable[[Any], Any], value: Any, type_: str, what: str) -> Any:
    try:
        return convert(value)
    except ExpressionError as error:
        raise StepFailure(type_, f"The {what} is not usable: {error.message}", {"reason": error.message}) from error


def _converted_result(convert: Callable[[Any], Any], value: Any, notes: list[str], what: str) -> Any:
    reasons = f" ({'; '.join(notes[:3])})" if notes else ""
    try:
        return convert(value)
    except StepFailure as error:
        message = error.message
        cause: Exception = error
    except ExpressionError as error:
        message = f"The {what} is not usable: {error.message.rstrip('.')}"
        cause = error
    raise _Unusable(
        f"{message}{reasons}", bare=f"The {what} is not usable: it is {expressions.type_word(value)}{reasons}"
    ) from cause


def _locate(error: ExpressionError, compiled: expressions.Compiled, seen: expressions.EvaluationContext) -> None:
    if error.position is None:
        error.position = compiled.failing_position(seen)


def _details(
    instance: ProcessInstance,
    seen: expressions.EvaluationContext,
    source: Expression | Script,
    names: Collection[str] | None,
    error: ExpressionError,
) -> dict[str, Any]:
    variables = _variables(seen.variables, names)
    return {
        "expression": source.text,
        "language": source.language,
        "position": _position(source.text, error),
        "variables": variables,
        "reason": instance.sensitive.reason(error, variables),
    }


def _variables(variables: Mapping[str, Any], names: Collection[str] | None) -> dict[str, Any]:
    """Those of `names` that are set; all where the names depend on values."""
    return {name: variables[name] for name in sorted(variables if names is None else names) if name in variables}


def _position(text: str, error: ExpressionError) -> dict[str, int] | None:
    if error.position is not None:
        line, column = line_and_column(text, error.position)
        return {"line": line, "column": column}
    return None if error.line is None else {"line": error.line}
