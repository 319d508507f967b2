"""When a timer is due, now and again; the schedule itself is `expressions.timer`'s work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from baton.bpm import expressions
from baton.bpm.definition import elements
from baton.bpm.errors import ExpressionError
from baton.bpm.execution import evaluation
from baton.bpm.execution.failure import StepFailure

if TYPE_CHECKING:
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token


@dataclass(frozen=True, slots=True)
class OpenTimer:
    """`payload` is empty for a timer that fires once; else it says how to find the next time."""

    due_at: datetime
    payload: dict[str, Any]


def once(timer: OpenTimer) -> OpenTimer:
    """The same first time, and no other: cycles on interrupting boundary and catch events."""
    return replace(timer, payload={})


def schedule(instance: ProcessInstance, token: Token, event: elements.TimerEventDefinition, title: str) -> OpenTimer:
    """The timer of an event that begins to wait now; `StepFailure` if it cannot be understood."""

    def scheduled(value: Any) -> OpenTimer:
        return first(event, value, instance.now, instance.zone)

    timer: OpenTimer = evaluation.text(
        instance, token, event.value, type_="timer", what=f"timer of '{title}'", convert=scheduled
    )
    return timer


def first(event: elements.TimerEventDefinition, value: Any, now: datetime, zone: ZoneInfo) -> OpenTimer:
    """The first due time of `value`, the evaluated timer expression. Raises `ExpressionError`."""
    parsed = expressions.parse_timer(event.kind, value, cron_form=event.cron_form, zone=zone)
    due_at = parsed.first_due(now)
    if event.kind is not elements.TimerKind.CYCLE:
        return OpenTimer(due_at, {})
    payload = {
        "value": str(value),
        "cron_form": event.cron_form.value,
        "anchor": now.isoformat(),
        "previous": due_at.isoformat(),
        "fired": 0,
    }
    return OpenTimer(due_at, payload)


def following(payload: dict[str, Any], now: datetime, zone: ZoneInfo) -> OpenTimer | None:
    """The time after one that fired at `now`; times missed meanwhile fire once, not one by one. None: exhausted."""
    if not payload:
        return None
    parsed = expressions.parse_timer(
        elements.TimerKind.CYCLE, payload["value"], cron_form=elements.CronForm(payload["cron_form"]), zone=zone
    )
    due = parsed.catch_up(
        expressions.CatchUp.SKIP,
        anchor=datetime.fromisoformat(payload["anchor"]),
        fired=payload["fired"] + 1,
        previous=datetime.fromisoformat(payload["previous"]),
        now=now,
    )
    if due.at is None:
        return None
    return OpenTimer(due.at, {**payload, "previous": due.at.isoformat(), "fired": due.fired})


def instant(instance: ProcessInstance, value: Any, what: str) -> datetime | None:
    """A due or follow-up date: an ISO date-time, or a duration from now; None when not set."""
    if value is None or value == "":
        return None
    try:
        return expressions.parse_due(value, now=instance.now, zone=instance.zone)
    except ExpressionError as error:
        raise StepFailure("assignment", f"The {what} is not a date or duration: {error.message}") from error
