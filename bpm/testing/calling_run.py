"""The other side of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.bpm.definition.event_definitions import ErrorEventDefinition, EscalationEventDefinition
from baton.bpm.execution import events, propagation
from baton.bpm.execution.state import Caller

if TYPE_CHECKING:
    from baton.bpm.testing.process_run import ProcessRun


class CallingRun(Caller):
    """The run whose call activity waits for another."""

    def __init__(self, run: ProcessRun, call: events.ProcessInstanceCalled, depth: int) -> None:
        self.run = run
        self.call = call
        self.element_id = call.element_id
        self.depth = depth

    def catches_error(self, code: str) -> bool:
        return self._catches(ErrorEventDefinition, code) or bool(
            self.run._caller and self.run._caller.catches_error(code)
        )

    def catches_escalation(self, code: str) -> bool:
        return self._catches(EscalationEventDefinition, code) or bool(
            self.run._caller and self.run._caller.catches_escalation(code)
        )

    def _catches(self, kind: propagation.Kind, code: str) -> bool:
        return propagation.catches(self.run.spec.by_id[self.element_id], kind, code)
