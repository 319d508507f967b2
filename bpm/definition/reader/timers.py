"""Timer event definitions: date, duration or cycle, literal or expression."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression, TimerEventDefinition, TimerKind
from baton.bpm.definition.reader.context import Context, called, where
from baton.bpm.definition.texts import literal_or_expression, shown
from baton.bpm.definition.xml import Element
from baton.bpm.errors import ExpressionError

_KINDS = {"timeDate": TimerKind.DATE, "timeDuration": TimerKind.DURATION, "timeCycle": TimerKind.CYCLE}
_FIX = "Set a date (2026-12-24T18:00:00Z), a duration (PT15M) or a cycle (R3/PT10M) in the timer's properties."


def read_timer(definition: Element, event: Element, context: Context) -> TimerEventDefinition | None:
    """The timer of `event`; None if it has none (guided mode) or an error was recorded."""
    given = [
        (kind, _unquoted(xml.text(part))) for name, kind in _KINDS.items() for part in xml.children(definition, name)
    ]
    given = [(kind, value) for kind, value in given if value]
    if not given:
        _missing(event, context)
        return None
    if len(given) > 1:
        context.error(
            "timer-definition",
            f"The timer of the {called(event)} has {len(given)} definitions, expected one.",
            "Keep one of date, duration and cycle.",
            event,
        )
        return None
    kind, value = given[0]
    return _checked(TimerEventDefinition(kind, literal_or_expression(value), context.dialect.cron_form), event, context)


def _unquoted(text: str) -> str:
    """SpiffWorkflow's timers are Python, so that a time stands there in quotes."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if quoted and text.count(text[0]) == 2 else text


def _missing(event: Element, context: Context) -> None:
    if context.guided:
        context.note_once(
            "timer-definition",
            "timer-without-definition",
            f"The timer of the {called(event)} says no time: a person continues when it is time.",
            f"Nothing has to be done if a person shall continue. {_FIX}",
            event,
        )
        return
    context.error("timer-definition", f"The timer of the {called(event)} says no time.", _FIX, event)


def _checked(timer: TimerEventDefinition, event: Element, context: Context) -> TimerEventDefinition | None:
    if isinstance(timer.value, Expression):
        context.check_text(timer.value, f"timer of the {called(event)}", xml.place(event))
        return timer
    try:
        context.checks.check_timer(timer)
    except ExpressionError as error:
        reason = where(error, timer.value)
        if context.guided:
            context.warning(
                "timer-definition",
                f"A person continues at the {called(event)}, because its time {shown(timer.value)} "
                f"cannot be read: {reason}",
                _FIX,
                event,
            )
            return None
        context.error(
            "timer-definition",
            f"The {timer.kind} {shown(timer.value)} of the {called(event)} cannot be read: {reason}",
            _FIX,
            event,
        )
        return None
    return timer
