"""What a job is for."""

from __future__ import annotations

from enum import StrEnum


class JobKind(StrEnum):
    """Only service jobs are handed to workers. A `continuation` goes on where a long run stopped, an
    `async_continuation` where the diagram divides it. `closing` ends what an interruption left to be ended.

    What crosses from one instance to another: `call` starts a called instance, `call_cancel` ends it, `return`,
    `call_failed`, `call_error` and `call_escalation` tell its caller; `message` and `signal` were thrown, or found
    who waits for them (`signal_delivery`, `signal_start`). `batch` does to one instance what was asked of many.
    """

    SERVICE = "service"
    TIMER = "timer"
    START_TIMER = "start_timer"
    CONTINUATION = "continuation"
    CLOSING = "closing"
    ASYNC_CONTINUATION = "async_continuation"
    CALL = "call"
    CALL_CANCEL = "call_cancel"
    RETURN = "return"
    CALL_FAILED = "call_failed"
    CALL_ERROR = "call_error"
    CALL_ESCALATION = "call_escalation"
    MESSAGE = "message"
    SIGNAL = "signal"
    SIGNAL_DELIVERY = "signal_delivery"
    SIGNAL_START = "signal_start"
    BATCH = "batch"


class Deed(StrEnum):
    """What a batch does to each of its instances; the type of its jobs."""

    TERMINATE = "terminate"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESOLVE_INCIDENTS = "resolve_incidents"


OWN_TYPES = frozenset({*(kind.value for kind in JobKind), *(deed.value for deed in Deed)})
"""The types of jobs that are not for workers; a service task may have a type of the same name."""
