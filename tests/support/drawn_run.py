"""A process instance whose neighbours the test plays: messages come, and called processes end, when it says so."""

from __future__ import annotations

from typing import Any

from baton.bpm.execution import commands, events
from baton.bpm.testing import ProcessRun


class DrawnRun(ProcessRun):
    """Called processes are not run: the test lets them return, fail or throw."""

    def _call(self, event: events.ProcessInstanceCalled) -> None:
        """The test plays what is called."""

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
