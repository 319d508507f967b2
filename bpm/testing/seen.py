"""What can be seen of a run."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from baton.bpm.execution.events import Event, FlowNodeActivated, MessageThrown, SequenceFlowTaken
from baton.bpm.execution.specs import ProcessSpec
from baton.bpm.execution.start_timers import start_timers
from baton.bpm.testing.clock import VirtualClock
from baton.bpm.testing.open_items import OpenItem, OpenItems
from baton.bpm.testing.store import InMemoryStore

UTC_ZONE = ZoneInfo("UTC")


class SeenRun:
    """What a test asks of a run; `events` are all that happened, oldest first."""

    spec: ProcessSpec
    clock: VirtualClock
    store: InMemoryStore
    events: list[Event]
    state: str
    _id: int
    _open: OpenItems

    @property
    def user_tasks(self) -> list[OpenItem]:
        """Open user tasks, to-dos, decisions and continues, oldest first."""
        return list(self._open.user_tasks.values())

    @property
    def jobs(self) -> list[OpenItem]:
        """Open jobs of service tasks."""
        return list(self._open.jobs.values())

    @property
    def async_continuations(self) -> list[OpenItem]:
        """Where the run was divided and has not gone on, oldest first."""
        return list(self._open.async_continuations.values())

    @property
    def timers(self) -> list[OpenItem]:
        """Open timers."""
        return list(self._open.timers.values())

    @property
    def incidents(self) -> list[OpenItem]:
        """Open incidents."""
        return list(self._open.incidents.values())

    @property
    def subscriptions(self) -> list[OpenItem]:
        """Open subscriptions for messages, signals and conditions; `event.kind` says which."""
        return list(self._open.subscriptions.values())

    @property
    def messages(self) -> list[MessageThrown]:
        """The messages it has thrown."""
        return [event for event in self.events if isinstance(event, MessageThrown)]

    @property
    def calls(self) -> list[OpenItem]:
        """Open calls of other processes; their `event` has the key and the variables."""
        return list(self._open.calls.values())

    @property
    def waiting_for(self) -> list[tuple[str, str | None]]:
        """Element ids and names of the messages, signals and conditions (name None) that are waited for."""
        return [(opened.element_id, opened.name) for opened in self.store.subscriptions.values()]

    @property
    def variables(self) -> dict[str, Any]:
        """The process's variables."""
        return dict(self.store.variables.get(self._id, {}))

    @property
    def path(self) -> list[str]:
        """Ids of the flow nodes in the order they were activated."""
        return [event.element_id for event in self.events if isinstance(event, FlowNodeActivated)]

    @property
    def flows(self) -> list[str]:
        """Ids of the sequence flows in the order they were taken."""
        return [event.flow_id for event in self.events if isinstance(event, SequenceFlowTaken)]

    @property
    def start_timers(self) -> dict[str, datetime]:
        """When the process's start events would first fire by their timers, by element id; of several the earliest."""
        due = start_timers(self.spec, self.clock.now, UTC_ZONE)
        latest_first = sorted(due, key=lambda each: each.timer.due_at, reverse=True)
        return {each.element_id: each.timer.due_at for each in latest_first}
