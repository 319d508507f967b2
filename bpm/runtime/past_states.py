"""The fold over an instance's audit events, read a window at a time, with states on the way kept ready.

Events are only ever appended, so a state after one of them stays true. It is as large as what was live then; nothing
else of the events read is held.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from baton.bpm.replay import TOLD_BY, InstanceState
from baton.bpm.runtime.recently_used import MEGABYTE, RecentlyUsed
from baton.models import audit_event

WINDOW = 5_000
"""Events between two states that are kept, and read at once."""
_ENTRY_BYTES = 300
_data = msgspec.json.Decoder(dict[str, Any]).decode
_event = audit_event.c


class PastStates:
    """States after each `WINDOW` events, of the instances that were looked at last. Safe between threads."""

    def __init__(self) -> None:
        self._kept: RecentlyUsed[InstanceState] = RecentlyUsed(entries=2_000, size=64 * MEGABYTE)

    def before(self, process_instance_id: int, key: str, wanted: int) -> tuple[int, InstanceState]:
        """The last state that is kept at or before event `wanted`, and the number of its event; 0 for the beginning."""
        for number in range(wanted - wanted % WINDOW, 0, -WINDOW):
            found = self._kept.get((process_instance_id, number))
            if found is not None:
                return number, found.copy()
        return 0, InstanceState.before(process_instance_id, key)

    def read_on(
        self, connection: Connection, process_instance_id: int, state: InstanceState, number: int, last: int
    ) -> None:
        """Apply the events after `number` up to `last` to `state`, and keep it at each end of a window."""
        while number < last:
            end = min(number - number % WINDOW + WINDOW, last)
            query = (
                select(_event.sequence, _event.type, _event.element_id, _event.data)
                .where(_event.process_instance_id == process_instance_id)
                .where(_event.sequence > number, _event.sequence <= end)
                .where(_event.type.in_(TOLD_BY))
                .order_by(_event.sequence)
            )
            for sequence, type_, element_id, data in connection.execute(query):
                state.apply(sequence, type_, element_id, _data(data))
            number = end
            if number % WINDOW == 0:
                self._kept.put((process_instance_id, number), state.copy(), _size(state))


def _size(state: InstanceState) -> int:
    """About how many bytes it takes."""
    entries = sum(len(each) for each in (state.scopes, state.tokens, state.visits, state.flows, state.incidents))
    held = sum(len(name) + len(str(value)) for each in state.variables.values() for name, value in each.items())
    return _ENTRY_BYTES * (entries + sum(len(each) for each in state.variables.values())) + held
