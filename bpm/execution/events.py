"""What happened: past participles, in order. Rows, audit, jobs and pages are made from these alone.

`token_id` identifies one flow node instance, from its activation to its end (a user task's id is the
same number). Time, actor and the number within the instance are added by whoever writes them down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False):
    """Base of all."""


class ProcessInstanceStarted(Event):
    """Its first variables follow as `VariableCreated`."""


class ProcessInstanceCompleted(Event):
    pass


class ProcessInstanceTerminated(Event):
    reason: str


class ScopeOpened(Event):
    """A sub-process began; `token_id` is the sub-process's own token in the parent scope."""

    scope_id: int
    parent_scope_id: int
    token_id: int
    element_id: str


class ScopeClosed(Event):
    scope_id: int
    element_id: str


class FlowNodeActivated(Event):
    token_id: int
    scope_id: int
    element_id: str


class FlowNodeCompleted(Event):
    token_id: int
    scope_id: int
    element_id: str


class FlowNodeCancelled(Event):
    token_id: int
    scope_id: int
    element_id: str


class SequenceFlowTaken(Event):
    flow_id: str
    scope_id: int


class UserTaskCreated(Event):
    """`kind` is `user_task`, `todo`, `decision` or `continue`; `options` are `{"id", "name"}` for decisions.

    `choose` is `one` or `many` for decisions. Times are aware UTC.
    """

    token_id: int
    scope_id: int
    element_id: str
    kind: str
    name: str
    assignee: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    form: str | None = None
    options: tuple[dict[str, str], ...] = ()
    choose: str = "one"


class UserTaskCompleted(Event):
    token_id: int
    scope_id: int
    element_id: str
    decision: tuple[str, ...]


class UserTaskCancelled(Event):
    token_id: int
    scope_id: int
    element_id: str


class JobCreated(Event):
    """A service task waits for a worker of `type`."""

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    type: str
    retries: int
    headers: dict[str, str]


class JobCompleted(Event):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class JobCancelled(Event):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class BpmnErrorThrown(Event):
    token_id: int
    scope_id: int
    element_id: str
    code: str
    message: str


class TimerScheduled(Event):
    """`payload` is the kernel's own: hand it back in `FireTimer`. `catch_up` says what to do with missed cycles."""

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    due_at: datetime
    payload: dict[str, Any]


class TimerFired(Event):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class TimerCancelled(Event):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class ContinuationScheduled(Event):
    """The run reached its bound with tokens still ready: a job must send `ContinueProcessInstance`."""

    job_id: int


class VariableCreated(Event):
    scope_id: int
    name: str
    value: Any


class VariableUpdated(Event):
    scope_id: int
    name: str
    old_value: Any
    value: Any


class IncidentRaised(Event):
    """`type` is `condition`, `script`, `timer`, `assignment`, `job`, `bpmn_error`, `stuck` or `endless_loop`."""

    incident_id: int
    token_id: int
    scope_id: int
    element_id: str
    type: str
    message: str
    details: dict[str, Any]


class IncidentResolved(Event):
    incident_id: int
    token_id: int
    scope_id: int
    element_id: str


class IncidentCancelled(Event):
    """The token that had it is gone."""

    incident_id: int
    token_id: int
    scope_id: int
    element_id: str
