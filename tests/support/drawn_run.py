"""A process instance whose neighbours the test plays: messages come, and called processes end, when it says so."""

from __future__ import annotations

from typing import Any

from baton.bpm.errors import NotFound
from baton.bpm.execution import commands, events
from baton.bpm.testing import OpenItem, ProcessRun

_CALL_ENDED = (events.CalledProcessInstanceReturned, events.CalledProcessInstanceCancelled)


class DrawnRun(ProcessRun):
    """Called processes are not run: the test lets them return, fail or throw."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._failed_calls: set[int] = set()

    def _call(self, event: events.ProcessInstanceCalled) -> None:
        """The test plays what is called."""

    @property
    def open_calls(self) -> list[OpenItem]:
        """The calls that have not ended, oldest first."""
        ended = {event.called_id for event in self.events if isinstance(event, _CALL_ENDED)} | self._failed_calls
        return [
            self._item(event.called_id, event)
            for event in self.events
            if isinstance(event, events.ProcessInstanceCalled) and event.called_id not in ended
        ]

    @property
    def waiting_for(self) -> list[tuple[str, str | None]]:
        """Element ids and names of the messages, signals and conditions (name None) that are waited for."""
        return [(opened.element_id, opened.event.name) for opened in self.subscriptions]

    def receive(self, message: str, /, **variables: Any) -> None:
        """A message for the oldest subscription of that message name or element id."""
        self.message(message, **variables)

    def broadcast(self, signal: str, /, **variables: Any) -> None:
        """A signal from outside; rejected if nobody waits for it."""
        self.handle(commands.BroadcastSignal(name=signal, variables=variables))

    def set_variables(self, **variables: Any) -> None:
        """Write variables of the process from outside."""
        self.handle(commands.SetVariables(scope_id=self._id, variables=variables))

    def throw_error(self, job: str, /, code: str, message: str = "", **variables: Any) -> None:
        """The worker of the oldest open job of that element id, name or type throws a BPMN error."""
        item = self._find(self._open.jobs, job, "job")
        self.handle(
            commands.ThrowBpmnError(
                token_id=item.event.token_id,
                scope_id=item.event.scope_id,
                job_id=item.id,
                code=code,
                message=message,
                variables=variables,
            )
        )

    def return_from(self, element: str, /, **variables: Any) -> None:
        """The process that the oldest open call of that call activity called completes with variables."""
        self._cross(commands.ReturnFromCall, element, variables=variables)

    def fail_call(self, element: str, /, message: str) -> None:
        """It could not be started, or was ended from outside."""
        self._failed_calls.add(self._cross(commands.FailCall, element, message=message))

    def throw_error_of(self, element: str, /, code: str) -> None:
        """A BPMN error leaves it."""
        self._failed_calls.add(self._cross(commands.ThrowErrorOfCall, element, code=code))

    def throw_escalation_of(self, element: str, /, code: str) -> None:
        """An escalation leaves it; it goes on."""
        self._cross(commands.ThrowEscalationOfCall, element, code=code)

    def _cross(self, command: type[commands.Command], element: str, **more: Any) -> int:
        for item in self.open_calls:
            if item.element_id == element:
                call = item.event
                self.handle(command(token_id=call.token_id, scope_id=call.scope_id, called_id=call.called_id, **more))
                return item.id
        raise NotFound(f"Expected an open call of '{element}', found none")
