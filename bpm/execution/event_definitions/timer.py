"""Timers: a job becomes due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions import timer as spiff

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution import timers, triggers
from baton.bpm.execution.event_definitions.base import EventDefinition
from baton.bpm.execution.work import tries_of

if TYPE_CHECKING:
    from baton.bpm.execution.elements.catching import CatchingEvent
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.token import Token
    from baton.bpm.execution.triggers import Opening


class Timer(EventDefinition):
    """What the three forms share."""

    opens = True
    element: elements.TimerEventDefinition

    def __init__(self, element: elements.TimerEventDefinition) -> None:
        text = element.value if isinstance(element.value, str) else element.value.text
        super().__init__(element.kind.value, text)  # type: ignore[call-arg]
        self.element = element

    def prepare(self, instance: ProcessInstance, host: Token, node: CatchingEvent, part: int = 0) -> Opening:
        """A cycle fires once where it cannot happen again: on interrupting and on catch events."""
        timer = timers.schedule(instance, host, self.element, node.title)
        if not node.repeats:
            timer = timers.once(timer)
        tries = tries_of(instance, host, node.element.job_rules)
        timer = replace(timer, payload=tries.keep_in(timer.payload))
        return lambda host: triggers.open_timer(instance, host, node, part, timer, tries)


class TimeDate(Timer, spiff.TimeDateEventDefinition):
    """`timeDate`."""


class TimeDuration(Timer, spiff.DurationTimerEventDefinition):
    """`timeDuration`."""


class TimeCycle(Timer, spiff.CycleTimerEventDefinition):
    """`timeCycle`."""


_CLASSES: dict[elements.TimerKind, type[Timer]] = {
    elements.TimerKind.DATE: TimeDate,
    elements.TimerKind.DURATION: TimeDuration,
    elements.TimerKind.CYCLE: TimeCycle,
}


def timer(element: elements.TimerEventDefinition) -> Timer:
    """The timer in its form."""
    return _CLASSES[element.kind](element)
