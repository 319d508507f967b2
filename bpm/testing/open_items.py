"""What waits in a run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baton.bpm.testing.process_run import ProcessRun


@dataclass(slots=True)
class OpenItem:
    """Something that waits: a user task (any kind), a job, a timer, a subscription or an incident of `run`.

    `event` says how it began.
    """

    id: int
    element_id: str
    name: str
    event: Any
    run: ProcessRun = field(repr=False)


@dataclass(slots=True)
class OpenItems:
    """All that waits, by id, oldest first; and what is to be done next."""

    user_tasks: dict[int, OpenItem] = field(default_factory=dict)
    jobs: dict[int, OpenItem] = field(default_factory=dict)
    timers: dict[int, OpenItem] = field(default_factory=dict)
    incidents: dict[int, OpenItem] = field(default_factory=dict)
    subscriptions: dict[int, OpenItem] = field(default_factory=dict)
    crossings: deque[Callable[[], None]] = field(default_factory=deque)
    calls: dict[int, OpenItem] = field(default_factory=dict)
    continuations: list[int] = field(default_factory=list)
    closings: deque[int] = field(default_factory=deque)
    async_continuations: dict[int, OpenItem] = field(default_factory=dict)
