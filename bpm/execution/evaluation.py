"""Evaluating for a token: every failure becomes a `StepFailure` with the expression, the values and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm import expressions, values
from baton.bpm.definition.elements import Expression, Script
from baton.bpm.errors import ExpressionError, Rejection
from baton.bpm.execution.failure import StepFailure

if TYPE_CHECKING:
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


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
    try:
        return expressions.evaluate_condition(flow.condition, context(instance, token))
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


def text(instance: ProcessInstance, token: Token, value: str | Expression | None, *, type_: str, what: str) -> Any:
    """A literal as it is, an expression's value; `what` names the attribute in the message."""
    if not isinstance(value, Expression):
        return value
    try:
        compiled = expressions.compile_expression(value)
        return compiled.evaluate(context(instance, token))
    except ExpressionError as error:
        raise StepFailure(
            type_,
            f"The {what} could not be evaluated: {error.message}",
            {"expression": value.text, "language": value.language, "reason": error.message},
        ) from error


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
    variables = token.workflow.visible_variables()
    names = {name for flow in flows if flow.condition for name in flow.condition.names or ()}
    return {name: variables[name] for name in sorted(names) if name in variables}
