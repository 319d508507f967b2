"""What crosses from one process instance to another: which job kind is carried out by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row

from baton.bpm.runtime import called_instances, signals, thrown_messages
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind

CROSSINGS: Mapping[str, Callable[[Engine, Row[Any]], bool]] = {
    JobKind.CALL: called_instances.start,
    JobKind.CALL_CANCEL: called_instances.cancel,
    JobKind.RETURN: called_instances.tell,
    JobKind.CALL_FAILED: called_instances.tell,
    JobKind.CALL_ERROR: called_instances.tell,
    JobKind.CALL_ESCALATION: called_instances.tell,
    JobKind.MESSAGE: thrown_messages.deliver,
    JobKind.SIGNAL: signals.spread,
    JobKind.SIGNAL_DELIVERY: signals.deliver,
    JobKind.SIGNAL_START: signals.start,
}
