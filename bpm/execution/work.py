"""Work for a worker: the job of a service task, or of an event that a worker throws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.continuations import JobRules
from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.definition.language import Text
from baton.bpm.execution import evaluation
from baton.bpm.execution.events import JobCreated
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.token import Phase
from baton.bpm.values.retry_cycles import RetryCycle, read_retry_cycle

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token

DEFAULT_RETRIES = 3
LONGEST_TEXT = 255
LARGEST_NUMBER = 999_999_999


def begin_job(instance: ProcessInstance, token: Token, job: JobDefinition) -> None:
    """The token waits for a worker. `StepFailure` if type or retries make no sense."""

    type_ = _value(instance, token, job.type, "job type", _job_type)
    tries = tries_of(instance, token, job)
    token.phase = Phase.WAITING
    token.job_id = instance.next_id()
    instance.emit(
        JobCreated(
            token.job_id,
            token.id,
            token.workflow.id,
            token.task_spec.name,
            type=type_,
            retries=tries.retries or DEFAULT_RETRIES,
            headers=dict(job.headers),
            pauses=tries.pauses,
            priority=tries.priority,
        )
    )


@dataclass(frozen=True, slots=True)
class Tries:
    """How a job is tried and ordered; `retries` and `priority` None where the diagram says nothing."""

    retries: int | None = None
    pauses: tuple[float, ...] = ()
    priority: int | None = None

    def keep_in(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload of a timer that may come again, with these in it; they are not evaluated anew."""
        if not payload or self is ONE_TRY:
            return payload
        return {**payload, "tries": [self.retries, self.pauses, self.priority]}

    @classmethod
    def kept_in(cls, payload: Mapping[str, Any]) -> Tries:
        """The inverse of `keep_in`."""
        if "tries" not in payload:
            return ONE_TRY
        retries, pauses, priority = payload["tries"]
        return cls(retries, tuple(pauses), priority)


ONE_TRY = Tries()


def tries_of(instance: ProcessInstance, token: Token, rules: JobDefinition | JobRules | None) -> Tries:
    """The rules evaluated. `StepFailure` if they make no sense."""
    if rules is None:
        return ONE_TRY
    priority = None if rules.priority is None else _value(instance, token, rules.priority, "job priority", _priority)
    if rules.retry_cycle is not None:
        cycle = _value(instance, token, rules.retry_cycle, "retry cycle", _cycle)
        return Tries(cycle.tries, cycle.pauses, priority)
    retries = None if rules.retries is None else _value(instance, token, rules.retries, "retries", _retries)
    return Tries(retries, rules.retry_pauses, priority)


def _value(
    instance: ProcessInstance, token: Token, attribute: Text | None, what: str, convert: Callable[[Any, str], Any]
) -> Any:
    what = f"{what} of '{token.task_spec.title}'"
    return evaluation.text(
        instance, token, attribute, type_="job", what=what, convert=lambda found: convert(found, what)
    )


def _cycle(value: Any, what: str) -> RetryCycle:
    cycle = read_retry_cycle(value) if isinstance(value, str) else None
    if cycle is None or not cycle.is_read:
        raise StepFailure("job", f"The {what} must be a text such as R3/PT5M or PT1M,PT5M, found {str(value)[:50]!r}")
    return cycle


def _priority(value: Any, what: str) -> int:
    return whole_number(value, what, 0, "job")


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


def names(value: object) -> Iterable[str]:
    """Users or groups of an attribute: a text with commas, or a list."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        return tuple(str(item) for item in value)
    return tuple(part.strip() for part in str(value).split(",") if part.strip())
