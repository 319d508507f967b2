"""Evaluating for a token: every failure becomes a `StepFailure` with the expression, the values and the reason."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm import expressions, values
from baton.bpm.definition.elements import DataMapping, Expression, Script
from baton.bpm.definition.language import DataStore, Variable
from baton.bpm.errors import ExpressionError, Rejection
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.token import Token


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
        user=instance.user,
        local=lambda: instance.local_variables(scope),
        activity_id=token.task_spec.name,
        activity_name=token.task_spec.title,
        execution_id=str(token.id),
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
    try:
        return expressions.evaluate_condition(flow.condition, context(instance, token, extra))
    except ExpressionError as error:
        raise StepFailure(
            "condition",
            f"The condition of the sequence flow '{flow.name or flow.id}' could not be decided: {error.message}",
            {
                "flow": flow.id,
                "expression": flow.expression.text,
                "language": flow.expression.language,
                "variables": values_used(token, (flow,)),
                "reason": error.message,
            },
        ) from error


def text(
    instance: ProcessInstance, token: Token, value: str | Expression | Variable | None, *, type_: str, what: str
) -> Any:
    """A literal as it is, an expression's or variable's value; `what` names the attribute in the message."""
    if isinstance(value, Variable):
        return token.visible_variables().get(value.name)
    if not isinstance(value, Expression):
        return value
    return _evaluated(value, context(instance, token), type_, what)


def _evaluated(value: Expression, seen: expressions.EvaluationContext, type_: str, what: str) -> Any:
    try:
        return expressions.compile_expression(value).evaluate(seen)
    except ExpressionError as error:
        raise StepFailure(
            type_,
            f"The {what} could not be evaluated: {error.message}",
            {"expression": value.text, "language": value.language, "reason": error.message},
        ) from error


def event_condition(
    instance: ProcessInstance, token: Token, value: Expression, what: str, extra: Mapping[str, Any] | None = None
) -> bool:
    """The truth of a conditional event's, loop's or gateway's condition; null is false, anything else a failure."""
    return _truth(value, _evaluated(value, context(instance, token, extra), "condition", what), what)


def condition_in(instance: ProcessInstance, scope: Scope, value: Expression, what: str) -> bool:
    """The same, of a whole scope."""
    return _truth(value, _evaluated(value, _reading(instance, scope.visible_variables()), "condition", what), what)


def _truth(value: Expression, result: Any, what: str) -> bool:
    if result is None or isinstance(result, bool):
        return bool(result)
    raise StepFailure(
        "condition",
        f"The {what} must yield true or false, found {str(result)[:50]!r}",
        {"expression": value.text, "language": value.language},
    )


def mapping(instance: ProcessInstance, token: Token, value: DataMapping, title: str) -> Any:
    """The value of an input or output; checked like what a caller sends."""
    return _mapped(instance, value, context(instance, token), title)


def mapping_over(
    instance: ProcessInstance, token: Token, value: DataMapping, title: str, variables: Mapping[str, Any]
) -> Any:
    """The same, seeing `variables` only: those of a called instance."""
    return _mapped(instance, value, _reading(instance, variables), title)


def _mapped(instance: ProcessInstance, value: DataMapping, seen: expressions.EvaluationContext, title: str) -> Any:
    what = f"mapping to '{value.target}' of '{title}'"
    result: Any = value.source
    if isinstance(value.source, Expression):
        result = _evaluated(value.source, seen, "mapping", what)
    elif isinstance(value.source, Variable):
        result = seen.variables.get(value.source.name)
    elif isinstance(value.source, DataStore):
        result = instance.read_store(value.source.name)
    try:
        values.check_limits({value.target: result})
    except Rejection as error:
        raise StepFailure("mapping", f"The {what} failed: {error.message}") from error
    return result


def names_read(value: Expression) -> frozenset[str] | None:
    """The variables an expression reads; None if that depends on values."""
    return expressions.compile_expression(value).names


def script(instance: ProcessInstance, token: Token, source: Script) -> Mapping[str, Any]:
    """The variables a script wants written outward, after it ran to its end; others go with the step's writes."""
    try:
        step = context(instance, token)
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
        raise StepFailure(
            "script",
            f"The script of '{token.task_spec.title}' failed: {error.message}",
            {"script": source.text, "language": source.language, "reason": error.message},
        ) from error
    return writes


def values_used(token: Token, flows: Iterable[SequenceFlow]) -> dict[str, Any]:
    """The variables that the conditions of `flows` read, with their values; unset ones are left out."""
    variables = token.visible_variables()
    names = {name for flow in flows if flow.condition for name in flow.condition.names or ()}
    return {name: variables[name] for name in sorted(names) if name in variables}
