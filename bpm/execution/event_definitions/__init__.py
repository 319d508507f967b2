"""Event definitions (BPMN 2.0.2, 10.5.5): what an event waits for, or what it does when it throws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from baton.bpm.definition import event_definitions as elements
from baton.bpm.execution.event_definitions.base import EventDefinition, Nothing
from baton.bpm.execution.event_definitions.cancel import Cancel
from baton.bpm.execution.event_definitions.compensate import Compensate
from baton.bpm.execution.event_definitions.conditional import Conditional
from baton.bpm.execution.event_definitions.error import Error
from baton.bpm.execution.event_definitions.escalation import Escalation
from baton.bpm.execution.event_definitions.link import Link
from baton.bpm.execution.event_definitions.message import Message
from baton.bpm.execution.event_definitions.multiple import Multiple
from baton.bpm.execution.event_definitions.signal import Signal
from baton.bpm.execution.event_definitions.terminate import Terminate
from baton.bpm.execution.event_definitions.timer import timer

_CLASSES: dict[type, Callable[[Any], EventDefinition]] = {
    elements.TimerEventDefinition: timer,
    elements.MessageEventDefinition: Message,
    elements.SignalEventDefinition: Signal,
    elements.ErrorEventDefinition: Error,
    elements.EscalationEventDefinition: Escalation,
    elements.ConditionalEventDefinition: Conditional,
    elements.LinkEventDefinition: Link,
    elements.CompensateEventDefinition: Compensate,
    elements.CancelEventDefinition: Cancel,
    elements.TerminateEventDefinition: Terminate,
}


def definition_of(event: elements.EventDefinition | None) -> EventDefinition:
    """What the event of the diagram does when it runs."""
    if event is None:
        return Nothing()
    if isinstance(event, elements.MultipleEventDefinition):
        return Multiple(event, [_CLASSES[type(part)](part) for part in event.parts])
    return _CLASSES[type(event)](event)


__all__ = ["EventDefinition", "definition_of"]
