"""Error mappings of a job: asked when it is completed and whenever it fails, they end it with a BPMN error.

The expressions see the job as `externalTask` with `id`, `errorMessage` and `errorDetails` (Camunda 7, "External tasks:
error event definitions"); what a failing worker tells is both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.elements import ErrorMapping
from baton.bpm.execution import evaluation
from baton.bpm.execution.failure import StepFailure

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


def errors_of(token: Token) -> tuple[ErrorMapping, ...]:
    """Those of its node's job; a listener's job has none."""
    if token.details.listening is not None:
        return ()
    return getattr(token.task_spec.element, "errors", ())


def _holds(instance: ProcessInstance, token: Token, error: ErrorMapping, what: str, extra: Mapping[str, Any]) -> bool:
    """Of a job that failed one that cannot be decided does not hold: it may read what only a completed job has."""
    try:
        return evaluation.event_condition(instance, token, error.condition, f"condition of the {what}", extra)
    except StepFailure:
        if extra["externalTask"]["errorMessage"] is None:
            raise
        return False


def found(instance: ProcessInstance, token: Token, failure: str | None = None) -> tuple[str, str] | None:
    """Code and message of the first error whose condition holds, None if none does; `failure` is the worker's message.

    `StepFailure`.
    """
    title = token.task_spec.title
    task: dict[str, Any] = {"id": str(token.job_id), "errorMessage": failure, "errorDetails": failure}
    extra = {"externalTask": task}
    for error in errors_of(token):
        what = f"error mapping of '{title}'"
        if not _holds(instance, token, error, what, extra):
            continue
        code = evaluation.text(instance, token, error.code, type_="bpmn_error", what=f"code of the {what}")
        text = evaluation.text(instance, token, error.message, type_="bpmn_error", what=f"message of the {what}")
        return str(code or ""), str(text or failure or "")
    return None
