"""Start events (BPMN 2.0.2, 10.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs import defaults as spiff

from baton.bpm.definition import elements
from baton.bpm.execution.elements.catching import CatchingEvent
from baton.bpm.execution.event_definitions import definition_of

if TYPE_CHECKING:
    from baton.bpm.execution.specs import ProcessSpec


class StartEvent(CatchingEvent, spiff.StartEvent):
    """Where a process or sub-process begins. What starts a process is decided outside; in an event sub-process it
    waits while the scope around is alive.
    """

    element: elements.StartEvent

    def __init__(self, spec: ProcessSpec, element: elements.StartEvent) -> None:
        super().__init__(spec, element, definition_of(element.event))
        self.repeats = not element.interrupting
