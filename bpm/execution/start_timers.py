"""Times that start a process: timer start events and timers among the causes of multiple ones (BPMN 2.0.2, 10.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from baton.bpm.definition.event_definitions import TimerEventDefinition
from baton.bpm.definition.language import Expression
from baton.bpm.execution import timers
from baton.bpm.execution.specs import ProcessSpec
from baton.bpm.execution.start_subscriptions import evaluate, starting_events
from baton.bpm.execution.timers import OpenTimer


@dataclass(frozen=True, slots=True)
class StartTimer:
    """`part` of a parallel multiple event, counted from 0."""

    element_id: str
    part: int | None
    timer: OpenTimer


def start_timers(spec: ProcessSpec, now: datetime, zone: ZoneInfo) -> list[StartTimer]:
    """First due times of everything timed that starts the process. Raises `ExpressionError`.

    No instance exists yet, so expressions see no variables.
    """
    found = []
    for element_id, part, event in starting_events(spec):
        if not isinstance(event, TimerEventDefinition):
            continue
        value = event.value
        if isinstance(value, Expression):
            value = evaluate(value, {}, now)
        found.append(StartTimer(element_id, part, timers.first(event, value, now, zone)))
    return found
