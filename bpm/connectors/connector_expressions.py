"""The FEEL of Camunda 8's connectors: `resultExpression`, and `errorExpression` with its three functions.

bpmnError(code, message, variables)                 a BPMN error at the task
jobError(message, variables, retries, retryBackoff) the try fails with that message
ignoreError(variables)                              the task is done with these variables
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from baton.bpm import errors, expressions
from baton.bpm.connectors.http_client import Unusable
from baton.bpm.definition.elements import Expression, Language
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import FeelFunction, Value
from baton.bpm.job_answers import BpmnError, JobFailure
from baton.bpm.runtime.job_views import JobView
from baton.bpm.values.durations import parse_duration

_KIND = "errorType"
_MAXIMUM_BACKOFF = 30 * 86_400.0


def result(job: JobView, seen: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The variables of `resultExpression`, none without one. Raises `JobFailure`."""
    made = _evaluate(job, "resultExpression", seen, now)
    if made is None:
        return {}
    if not isinstance(made, dict):
        raise _unusable(
            "resultExpression", f"it must yield a context of variables, found {expressions.type_word(made)}"
        )
    return made


def judge(job: JobView, seen: Mapping[str, Any], now: datetime, pause: float | None) -> dict[str, Any] | None:
    """What `errorExpression` makes of the answer: the variables to go on with, None if it says nothing.

    Raises `BpmnError`, `JobFailure`. `pause` in seconds is the failure's unless the expression has its own.
    """
    words = {**seen, "job": {"retries": job.retries}, **_FUNCTIONS}
    made = _evaluate(job, "errorExpression", words, now)
    if made is None:
        return None
    kind = made.get(_KIND) if isinstance(made, dict) else None
    variables = made.get("variables") or {} if isinstance(made, dict) else {}
    if not isinstance(variables, dict):
        raise _unusable("errorExpression", f"the variables must be a context, found {expressions.type_word(variables)}")
    match kind:
        case "bpmnError":
            raise BpmnError(_text(made, "code"), _text(made, "message", ""), variables)
        case "jobError":
            raise _job_error(job, made, pause)
        case "ignoreError":
            return variables
    raise _unusable("errorExpression", "it must yield bpmnError(...), jobError(...), ignoreError(...) or null")


def seconds(text: Any, what: str) -> float | None:
    """The length of an ISO 8601 duration of days or less; None without one. Raises `Unusable`."""
    if isinstance(text, timedelta):
        return min(max(text.total_seconds(), 0.0), _MAXIMUM_BACKOFF)
    if text is None or text == "":
        return None
    try:
        duration = parse_duration(str(text).strip())
        if duration.months or duration.is_negative:
            raise ValueError(text)
    except ValueError as error:
        raise Unusable(f"Expected {what} to be a duration such as PT10S, found {str(text)[:40]!r}") from error
    return min(duration.days * 86_400 + duration.time.total_seconds(), _MAXIMUM_BACKOFF)


def _job_error(job: JobView, made: Mapping[str, Any], pause: float | None) -> JobFailure:
    retries = made.get("retries")
    if retries is not None and not (type(retries) is int and 0 <= retries <= 1000):
        return _unusable("errorExpression", "the retries of jobError must be a whole number from 0 to 1000")
    try:
        backoff = seconds(made.get("retryBackoff"), "retryBackoff")
    except Unusable as error:
        return _unusable("errorExpression", error.message)
    return JobFailure(_text(made, "message"), retries=retries, backoff_seconds=pause if backoff is None else backoff)


def _evaluate(job: JobView, header: str, seen: Mapping[str, Any], now: datetime) -> Any:
    text = job.headers.get(header, "").strip().removeprefix("=").strip()
    if not text:
        return None
    try:
        compiled = expressions.compile_expression(Expression(text, Language.FEEL))
        return compiled.evaluate(expressions.EvaluationContext(seen, now))
    except errors.ExpressionError as error:
        # The reason may repeat what the other side answered; `bare` has the kind of trouble only.
        raise _unusable(header, (error.bare or error.message).rstrip(".")) from error


def _unusable(header: str, reason: str) -> JobFailure:
    return JobFailure(f"The {header} of the connector is not usable: {reason}", retries=0)


def _text(made: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = made.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value:
        raise _unusable("errorExpression", f"'{name}' must be a text, found {expressions.type_word(value)}")
    return value


def _function(kind: str, needed: int, *parameters: str) -> FeelFunction:
    """A FEEL function of which the last parameters may be left out; its value is a context that says what it was."""

    def by_name(evaluation: Evaluation, given: Mapping[str, Value]) -> Value:
        return {_KIND: kind, **{name: given.get(name) for name in parameters}}

    def invoke(evaluation: Evaluation, given: Sequence[Value]) -> Value:
        if not needed <= len(given) <= len(parameters):
            evaluation.note(f"'{kind}' takes {needed} to {len(parameters)} arguments, found {len(given)}")
            return None
        return by_name(evaluation, dict(zip(parameters, given, strict=False)))

    return FeelFunction(parameters, invoke, by_name=by_name)


_FUNCTIONS: Mapping[str, FeelFunction] = {
    "bpmnError": _function("bpmnError", 1, "code", "message", "variables"),
    "jobError": _function("jobError", 1, "message", "variables", "retries", "retryBackoff"),
    "ignoreError": _function("ignoreError", 0, "variables"),
}
