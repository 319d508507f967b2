"""Evaluating for a token: every failure becomes a `StepFailure` that tells all that is needed to mend it.

Its details are `expression`, `language`, `position` (line and column, null if not known), `variables` (what the
expression read) and `reason`. Values of sensitive variables are in none of them, and not in the message.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm import expressions, values
from baton.bpm.definition.elements import Expression, Script
from baton.bpm.errors import ExpressionError, Rejection, line_and_column
from baton.bpm.execution.failure import StepFailure

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


class _Unusable(ExpressionError):
    """A value that does not fit; the message says of what."""


def context(instance: ProcessInstance, token: Token) -> expressions.EvaluationContext:
    """What expressions of `token` may see; what they set is written when the step succeeds."""
    scope = token.workflow
    return expressions.EvaluationContext(
        variables=scope.visible_variables(),
        now=instance.now,
        process_instance_id=str(instance.id),
        business_key=instance.business_key,
        user=instance.user,
        local=lambda: instance.local_variables(scope),
        activity_id=token.task_spec.name,
        activity_name=token.task_spec.title,
        execution_id=str(token.id),
        writes=instance.writes_of(scope),
    )


def condition(instance: ProcessInstance, token: Token, flow: SequenceFlow) -> bool:
    """The truth of a flow's condition; null and anything not Boolean is a failure, not false."""
    assert flow.condition is not None
    assert flow.expression is not None
    seen = context(instance, token)
    try:
        return expressions.evaluate_condition(flow.condition, seen)
    except ExpressionError as error:
        _locate(error, flow.condition, seen)
        what = f"The condition of the sequence flow '{flow.name or flow.id}' could not be decided"
        details = _details(instance, token, flow.expression, flow.condition.names, error)
        raise StepFailure("condition", f"{what}: {details['reason']}", {"flow": flow.id, **details}) from error


def text(
    instance: ProcessInstance,
    token: Token,
    value: str | Expression | None,
    *,
    type_: str,
    what: str,
    convert: Callable[[Any], Any] | None = None,
) -> Any:
    """A literal as it is, an expression's value; `what` names the attribute in the message.

    `convert` makes of it what the attribute needs; its `ExpressionError` or `StepFailure` is told like the
    evaluation's own.
    """
    if not isinstance(value, Expression):
        return value if convert is None else _converted(convert, value, type_, what)
    seen = context(instance, token)
    notes: list[str] = []
    compiled: expressions.Compiled | None = None
    try:
        compiled = expressions.compile_expression(value)
        result = compiled.evaluate(seen, notes)
        return result if convert is None else _converted_result(convert, result, notes, what)
    except ExpressionError as error:
        if compiled is not None:
            _locate(error, compiled, seen)
        details = _details(instance, token, value, compiled.names if compiled else (), error)
        start = "" if isinstance(error, _Unusable) else f"The {what} could not be evaluated: "
        raise StepFailure(type_, start + details["reason"], details) from error


def script(instance: ProcessInstance, token: Token, source: Script) -> Mapping[str, Any]:
    """The variables a script wants written outward, after it ran to its end; others go with the step's writes."""
    step = context(instance, token)
    try:
        outcome = expressions.run_script(source, step)
        writes = dict(outcome.assignments)
        for name, value in outcome.local_assignments.items():
            assert step.writes is not None
            step.writes.add(name, value, local=True)
        if source.result_variable:
            writes[source.result_variable] = outcome.result
        # What a script computes is held to the same limits as what a caller sends.
        values.check_limits(writes)
    except (ExpressionError, Rejection) as error:
        failure = error if isinstance(error, ExpressionError) else ExpressionError(error.message)
        details = _details(instance, token, source, expressions.script_names(source), failure)
        message = f"The script of '{token.task_spec.title}' failed: {details['reason']}"
        raise StepFailure("script", message, {"script": source.text, **details}) from error
    return writes


def values_used(token: Token, flows: Iterable[SequenceFlow]) -> dict[str, Any]:
    """The variables that the conditions of `flows` read, with their values; unset ones are left out."""
    names = {name for flow in flows if flow.condition for name in flow.condition.names or ()}
    return _variables(token, names)


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
    token: Token,
    source: Expression | Script,
    names: Collection[str] | None,
    error: ExpressionError,
) -> dict[str, Any]:
    variables = _variables(token, names)
    return {
        "expression": source.text,
        "language": source.language,
        "position": _position(source.text, error),
        "variables": variables,
        "reason": _reason(error, instance.sensitive.among(variables)),
    }


def _variables(token: Token, names: Collection[str] | None) -> dict[str, Any]:
    """Those of `names` that are set; all where the names depend on values."""
    variables = token.workflow.visible_variables()
    return {name: variables[name] for name in sorted(variables if names is None else names) if name in variables}


def _position(text: str, error: ExpressionError) -> dict[str, int] | None:
    if error.position is not None:
        line, column = line_and_column(text, error.position)
        return {"line": line, "column": column}
    return None if error.line is None else {"line": error.line}


def _reason(error: ExpressionError, sensitive: list[str]) -> str:
    """The error's own words, unless they may repeat a value that must not be shown."""
    if not sensitive:
        return error.message
    if error.bare is not None:
        return error.bare
    named = ", ".join(f"'{name}'" for name in sensitive)
    return f"It failed; the reason is not shown, for it may repeat a value of the sensitive {named}."
