"""Work for a worker: the job of a service task, or of an event that a worker throws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.definition.language import Text
from baton.bpm.execution import evaluation
from baton.bpm.execution.events import JobCreated
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token

DEFAULT_RETRIES = 3
LONGEST_TEXT = 255
LARGEST_NUMBER = 999_999_999


def begin_job(instance: ProcessInstance, token: Token, job: JobDefinition) -> None:
    """The token waits for a worker. `StepFailure` if type or retries make no sense."""

    def value(attribute: Text | None, what: str, convert: Callable[[Any, str], Any]) -> Any:
        what = f"{what} of '{token.task_spec.title}'"
        return evaluation.text(
            instance, token, attribute, type_="job", what=what, convert=lambda found: convert(found, what)
        )

    type_ = value(job.type, "job type", _job_type)
    count = value(job.retries, "retries", _retries)
    token.phase = Phase.WAITING
    token.job_id = instance.next_id()
    instance.emit(
        JobCreated(
            token.job_id,
            token.id,
            token.workflow.id,
            token.task_spec.name,
            type=type_,
            retries=count,
            headers=dict(job.headers),
            pauses=job.retry_pauses,
        )
    )


def _job_type(value: Any, what: str) -> str:
    type_ = short_text(value, what, "job")
    if type_ is None:
        raise StepFailure("job", f"The {what} must be a text, found nothing")
    return type_


def _retries(value: Any, what: str) -> int:
    count = whole_number(value, what, DEFAULT_RETRIES, "job")
    if count < 1:
        raise StepFailure("job", f"The {what} must be at least 1, found {count}")
    return count


def short_text(value: Any, what: str, type_: str) -> str | None:
    """An attribute that people and queries search by: bounded, and free of what no database takes."""
    if value is None or value == "":
        return None
    text = str(value)
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise StepFailure(
            type_, f"The {what} must be a text of at most {LONGEST_TEXT} characters without NUL, found {text[:50]!r}"
        )
    return text


def whole_number(value: Any, what: str, default: int, type_: str) -> int:
    """An attribute that must be a whole number, from a literal text or an expression's value."""
    if value is None or value == "":
        return default
    try:
        number = value if isinstance(value, int) else int(str(value))
    except ValueError as error:
        raise StepFailure(type_, f"The {what} must be a whole number, found {str(value)[:50]!r}") from error
    if not -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
        raise StepFailure(type_, f"The {what} must be a whole number of at most 9 digits")
    return number
