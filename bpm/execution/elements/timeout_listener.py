"""Timeout listeners of user tasks (Camunda 7): called while the task waits, by a timer that interrupts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.definition import elements
from baton.bpm.execution import listeners
from baton.bpm.execution.elements.boundary_event import BoundaryEvent
from baton.bpm.execution.failure import StepFailure

if TYPE_CHECKING:
    from baton.bpm.execution.elements.activities import Activity
    from baton.bpm.execution.process_instance import ProcessInstance
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class TimeoutListener(BoundaryEvent):
    """Waits as a boundary event does, but nothing leaves it. Its id is no NCName: no element of a diagram has it."""

    def __init__(self, spec: ProcessSpec, task: Activity, number: int, listener: elements.Listener) -> None:
        event = elements.BoundaryEvent(
            id=f"{task.name}:timeout-{number}",
            name=task.title,
            attached_to=task.name,
            interrupting=False,
            event=listener.timer,
        )
        super().__init__(spec, event)
        self.listener = listener

    def begin(self, instance: ProcessInstance, host: Token) -> None:
        """Time is up: the task goes on waiting, whatever the listener does."""
        try:
            listeners.call(instance, host, self.listener)
        except StepFailure as failure:
            if host.incident_id is None:
                instance.raise_incident(host, failure)
