"""`/summary`: the state of everything in a few numbers."""

from __future__ import annotations

from baton.app.api.blueprint import noun
from baton.app.api.contract import OPERATORS, Call, operation
from baton.app.api.shapes import Answer, Id, optional_id
from baton.bpm.runtime import summary

blueprint = noun("summary")


class Throughput(Answer, frozen=True, kw_only=True):
    """Process instances."""

    started: int
    ended: int

    @classmethod
    def of(cls, view: summary.ThroughputView) -> Throughput:
        return cls(started=view.started, ended=view.ended)


class Summary(Answer, frozen=True, kw_only=True):
    """Counts go up to 1000, which then means "or more". `lastEventId` rises with everything that happens.

    `active` instances are `running` where a step is due, else `waiting`: for people, messages, timers, workers.
    """

    active: int
    running: int
    waiting: int
    suspended: int
    incidents: int
    open_tasks: int
    overdue_tasks: int
    last_minute: Throughput
    last_hour: Throughput
    last_event_id: Id | None


@blueprint.get("")
@operation(answer=Summary, roles=OPERATORS)
def get_summary(call: Call) -> Summary:
    """Count what runs, what is in trouble, what is overdue, and what began and ended of late."""
    view = summary.get(call.engine, actor=call.actor)
    return Summary(
        active=view.active,
        running=view.running,
        waiting=view.waiting,
        suspended=view.suspended,
        incidents=view.incidents,
        open_tasks=view.open_tasks,
        overdue_tasks=view.overdue_tasks,
        last_minute=Throughput.of(view.last_minute),
        last_hour=Throughput.of(view.last_hour),
        last_event_id=optional_id(view.last_event_id),
    )
