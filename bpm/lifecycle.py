"""States of the things that live, and which change may follow which: one table each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ProcessInstanceState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class FlowNodeState(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class UserTaskState(StrEnum):
    """Claimed and assigned differ in who did it; both are `assigned` to somebody."""

    CREATED = "created"
    ASSIGNED = "assigned"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class JobState(StrEnum):
    """`failed` waits for its next retry to come due; `incident` has none left."""

    CREATED = "created"
    ACTIVATED = "activated"
    FAILED = "failed"
    INCIDENT = "incident"


class IncidentState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]] = {
    ProcessInstanceState: {
        ProcessInstanceState.ACTIVE: frozenset(
            {ProcessInstanceState.SUSPENDED, ProcessInstanceState.COMPLETED, ProcessInstanceState.TERMINATED}
        ),
        ProcessInstanceState.SUSPENDED: frozenset({ProcessInstanceState.ACTIVE, ProcessInstanceState.TERMINATED}),
    },
    UserTaskState: {
        UserTaskState.CREATED: frozenset({UserTaskState.ASSIGNED, UserTaskState.COMPLETED, UserTaskState.CANCELLED}),
        UserTaskState.ASSIGNED: frozenset(
            {UserTaskState.ASSIGNED, UserTaskState.CREATED, UserTaskState.COMPLETED, UserTaskState.CANCELLED}
        ),
    },
    JobState: {
        JobState.CREATED: frozenset({JobState.ACTIVATED}),
        JobState.ACTIVATED: frozenset({JobState.ACTIVATED, JobState.FAILED, JobState.INCIDENT, JobState.CREATED}),
        JobState.FAILED: frozenset({JobState.ACTIVATED, JobState.CREATED}),
        JobState.INCIDENT: frozenset({JobState.CREATED}),
    },
    IncidentState: {
        IncidentState.OPEN: frozenset({IncidentState.RESOLVED, IncidentState.CANCELLED}),
    },
}


def can_transition(current: StrEnum, target: StrEnum) -> bool:
    """True if `target` may follow `current`; both of one enum."""
    return target in TRANSITIONS.get(type(current), {}).get(current, frozenset())
