"""Retry cycles of jobs in Camunda 7's two forms: `R3/PT5M` and `PT1M,PT5M`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from baton.bpm.values.durations import DurationParts, parse_duration

_MAXIMUM_PAUSES = 100
_MAXIMUM_PAUSE_SECONDS = 30 * 86_400.0
_REPEATS = re.compile(r"R(\d{1,6})/")


@dataclass(frozen=True, slots=True)
class RetryCycle:
    """`tries` in all, None if not said; `pauses` in seconds, none if they cannot be read: then `is_read` is false."""

    tries: int | None
    pauses: tuple[float, ...]
    is_read: bool


def read_retry_cycle(text: str) -> RetryCycle:
    """`R3/PT5M`: three tries, five minutes apart. `PT1M,PT5M`: these pauses, so three tries. No try makes no sense."""
    text = text.strip()
    repeats = _REPEATS.match(text)
    pauses = _seconds(text[repeats.end() :] if repeats else text)
    if repeats and int(repeats.group(1)) == 0:
        return RetryCycle(None, (), False)
    if repeats:
        return RetryCycle(int(repeats.group(1)), pauses, bool(pauses))
    return RetryCycle(len(pauses) + 1 if pauses else None, pauses, bool(pauses))


def _seconds(text: str) -> tuple[float, ...]:
    """The pauses of a comma list of durations; none if one of them is not a duration of days or less."""
    try:
        durations = [parse_duration(part.strip()) for part in text.split(",")[:_MAXIMUM_PAUSES]]
    except ValueError:
        return ()
    if any(duration.months or duration.is_negative for duration in durations):
        return ()
    return tuple(min(_of(duration), _MAXIMUM_PAUSE_SECONDS) for duration in durations)


def _of(duration: DurationParts) -> float:
    return duration.days * 86_400 + duration.time.total_seconds()
