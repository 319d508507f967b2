"""What an event waits for or does: BPMN's event definitions (10.5.5) as frozen values.

A text that may be a literal or an expression is `str` (literal) or `Expression`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from baton.bpm.definition.language import Expression, Text
from baton.bpm.definition.mappings import DataMapping


class TimerKind(StrEnum):
    """The three forms of BPMN 10.5.5 timers."""

    DATE = "date"
    DURATION = "duration"
    CYCLE = "cycle"


class CronForm(StrEnum):
    """Which cron words a cycle is written in: Quartz in Camunda 7 files, Spring in Camunda 8 files."""

    QUARTZ = "quartz"
    SPRING = "spring"


@dataclass(frozen=True, slots=True)
class TimerEventDefinition:
    """`value` is ISO 8601 or cron, or an expression that yields it."""

    kind: TimerKind
    value: Text
    cron_form: CronForm = CronForm.QUARTZ


@dataclass(frozen=True, slots=True)
class JobDefinition:
    """Work for a worker. `retry_pauses`: seconds before the second try, the third, ..., the last again and again.

    `retry_cycle` yields retries and pauses when the job begins. Higher `priority` first, 0 where nothing is said.
    """

    type: Text
    retries: Text | None = None
    retry_pauses: tuple[float, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_cycle: Expression | None = None
    priority: Text | None = None


@dataclass(frozen=True, slots=True)
class SignalContent:
    """`all_variables`: all that the thrower sees, besides `mappings`; `all_local`: only what its own scope holds.

    `business_key` is that of the instances which the signal starts.
    """

    mappings: tuple[DataMapping, ...] = ()
    all_variables: bool = False
    all_local: bool = False
    business_key: Text | None = None


@dataclass(frozen=True, slots=True)
class InProcess:
    """Work that the engine does itself by evaluating `expression`; its value goes to `result_variable`.

    `bean` is the name whose method the expression calls: while that is neither a variable nor a registered bean, the
    work is a worker's job instead.
    """

    expression: Text
    result_variable: str | None = None
    bean: str = ""


@dataclass(frozen=True, slots=True)
class MessageEventDefinition:
    """`correlation_key` None: the sender's business key, instance id or variables decide who gets it.

    `flows` (guided mode) are the ids of the message flows that arrive here, or leave here. `job` sends the message
    by a worker, `in_process` by an expression.
    """

    name: Text
    correlation_key: Text | None = None
    flows: tuple[str, ...] = ()
    job: JobDefinition | None = None
    in_process: InProcess | None = None


@dataclass(frozen=True, slots=True)
class SignalEventDefinition:
    """Goes to everybody who waits for `name`. `asks` (guided mode): a person may say too that it came.

    `content` is what a thrown one carries; None: everything that its thrower sees.
    """

    name: Text
    asks: bool = False
    content: SignalContent | None = None


@dataclass(frozen=True, slots=True)
class ErrorEventDefinition:
    """`code` None catches every error; a thrown error without one has the code ``""``.

    With `and_others` the code is only a name: the event catches errors of this name first, and every other too.
    `code_variable` and `message_variable` get what was caught.
    """

    code: Text | None = None
    message: Text | None = None
    code_variable: str | None = None
    message_variable: str | None = None
    and_others: bool = False


@dataclass(frozen=True, slots=True)
class EscalationEventDefinition:
    """`code` None catches every escalation; `and_others` as for errors."""

    code: Text | None = None
    code_variable: str | None = None
    and_others: bool = False


@dataclass(frozen=True, slots=True)
class ConditionalEventDefinition:
    """`variables` names those whose change asks the condition again; empty: those it reads.

    `changes` are the kinds of change that ask it, `create` and `update`; empty: both.
    """

    condition: Expression
    variables: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LinkEventDefinition:
    """Several throws may lead to one catch of the same name in the same scope."""

    name: str


@dataclass(frozen=True, slots=True)
class CompensateEventDefinition:
    """`activity` None compensates everything that was completed in the scope."""

    activity: str | None = None
    wait_for_completion: bool = True


@dataclass(frozen=True, slots=True)
class CancelEventDefinition:
    """Ends a transaction by compensating it."""


@dataclass(frozen=True, slots=True)
class TerminateEventDefinition:
    """Ends the enclosing process or sub-process with all that is live in it."""


@dataclass(frozen=True, slots=True)
class MultipleEventDefinition:
    """Any of `parts`; with `parallel` all of them. Throwing, all are thrown."""

    parts: tuple[EventDefinition, ...]
    parallel: bool = False


EventDefinition = (
    TimerEventDefinition
    | MessageEventDefinition
    | SignalEventDefinition
    | ErrorEventDefinition
    | EscalationEventDefinition
    | ConditionalEventDefinition
    | LinkEventDefinition
    | CompensateEventDefinition
    | CancelEventDefinition
    | TerminateEventDefinition
    | MultipleEventDefinition
)
