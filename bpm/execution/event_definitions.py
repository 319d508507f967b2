"""SpiffWorkflow's timer definitions as descriptions only: they never evaluate and never look at a clock."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)

from baton.bpm.definition import elements
from baton.bpm.execution.inherited import refused

_INSTEAD = "the command FireTimer"


class _Described:
    has_fired = refused("TimerEventDefinition.has_fired", _INSTEAD)
    update_task = refused("TimerEventDefinition.update_task", _INSTEAD)
    timer_value = refused("TimerEventDefinition.timer_value", _INSTEAD)
    catch = refused("TimerEventDefinition.catch", _INSTEAD)
    throw = refused("TimerEventDefinition.throw", _INSTEAD)


class TimeDate(_Described, TimeDateEventDefinition):
    """`timeDate`."""


class TimeDuration(_Described, DurationTimerEventDefinition):
    """`timeDuration`."""


class TimeCycle(_Described, CycleTimerEventDefinition):
    """`timeCycle`."""


_CLASSES: dict[elements.TimerKind, type[TimerEventDefinition]] = {
    elements.TimerKind.DATE: TimeDate,
    elements.TimerKind.DURATION: TimeDuration,
    elements.TimerKind.CYCLE: TimeCycle,
}


def timer_definition(event: elements.TimerEventDefinition) -> TimerEventDefinition:
    """SpiffWorkflow's description of `event`."""
    text = event.value.text if isinstance(event.value, elements.Expression) else event.value
    return _CLASSES[event.kind](event.kind.value, text)
