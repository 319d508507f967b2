"""What happened: past participles, in order. Rows, audit, jobs and pages are made from these alone.

`token_id` identifies one flow node instance, from its activation to its end (a user task's id is the
same number). Time, actor and the number within the instance are added by whoever writes them down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from baton.bpm.decisions import DecisionEvaluation


class Event(msgspec.Struct, frozen=True, gc=False):
    """Base of all."""


class ProcessInstanceStarted(Event, frozen=True, gc=False):
    """Its first variables follow as `VariableCreated`."""


class ProcessInstanceCompleted(Event, frozen=True, gc=False):
    pass


class ProcessInstanceTerminated(Event, frozen=True, gc=False):
    reason: str


class ScopeOpened(Event, frozen=True, gc=False):
    """A sub-process began; `token_id` is the sub-process's own token in the parent scope."""

    scope_id: int
    parent_scope_id: int
    token_id: int
    element_id: str


class ScopeClosed(Event, frozen=True, gc=False):
    scope_id: int
    element_id: str


class FlowNodeActivated(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str


class FlowNodeCompleted(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str


class FlowNodeCancelled(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str


class SequenceFlowTaken(Event, frozen=True, gc=False):
    flow_id: str
    scope_id: int


class UserTaskCreated(Event, frozen=True, gc=False):
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


class UserTaskChanges(msgspec.Struct, omit_defaults=True):
    """New values of what is set; `users` and `groups` are candidates by name: true comes, false goes."""

    assignee: str | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    due_at: datetime | UnsetType | None = UNSET
    follow_up_at: datetime | UnsetType | None = UNSET
    users: dict[str, bool] = {}
    groups: dict[str, bool] = {}

    def attributes(self) -> dict[str, Any]:
        """What is set, but for the candidates."""
        found = {name: getattr(self, name) for name in ("assignee", "name", "priority", "due_at", "follow_up_at")}
        return {name: value for name, value in found.items() if value is not UNSET}


class UserTaskChanged(Event, frozen=True, gc=False):
    """A listener changed it, open or ended."""

    token_id: int
    scope_id: int
    element_id: str
    changes: UserTaskChanges


class UserTaskCompleted(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str
    decision: tuple[str, ...]


class UserTaskCancelled(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str


class JobCreated(Event, frozen=True, gc=False):
    """A service task waits for a worker of `type`."""

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    type: str
    retries: int
    headers: dict[str, str]
    # Seconds between tries, the last one again and again; empty: the server's own.
    pauses: tuple[float, ...] = ()
    # Higher ones first; None is 0.
    priority: int | None = None


class JobCompleted(Event, frozen=True, gc=False):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class JobCancelled(Event, frozen=True, gc=False):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class SubscriptionOpened(Event, frozen=True, gc=False):
    """A token waits for a message, a signal or a condition (`kind`); `token_id` is the token or the event's host.

    `flows` (guided mode) are the message flows that arrive at the element.
    """

    subscription_id: int
    token_id: int
    scope_id: int
    element_id: str
    kind: str
    name: str | None = None
    correlation_key: Any = None
    flows: tuple[str, ...] = ()


class SubscriptionClosed(Event, frozen=True, gc=False):
    subscription_id: int
    token_id: int
    scope_id: int
    element_id: str


class MessageReceived(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str
    name: str


class MessageThrown(Event, frozen=True, gc=False):
    """Goes to other instances by a job of the id `job_id`. `flows` (guided mode) are the message flows it takes."""

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    name: str
    correlation_key: Any = None
    variables: dict[str, Any] = {}
    flows: tuple[str, ...] = ()


class SignalReceived(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str
    name: str


class SignalThrown(Event, frozen=True, gc=False):
    """This instance has got it already; the others and the signal start events get it by a job of the id `job_id`."""

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    name: str
    variables: dict[str, Any] = {}
    business_key: str | None = None


class ConditionFulfilled(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str


class BpmnErrorCaught(Event, frozen=True, gc=False):
    """`element_id` is the boundary event or start event that catches."""

    token_id: int
    scope_id: int
    element_id: str
    code: str


class ErrorPropagated(Event, frozen=True, gc=False):
    """The error left this instance for the process that called it, which gets it by a job of the id `job_id`."""

    job_id: int
    code: str
    message: str
    variables: dict[str, Any] = {}


class EscalationThrown(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str
    code: str


class EscalationCaught(Event, frozen=True, gc=False):
    token_id: int
    scope_id: int
    element_id: str
    code: str


class EscalationPropagated(Event, frozen=True, gc=False):
    """The escalation left this instance for the process that called it."""

    job_id: int
    code: str


class CompensationThrown(Event, frozen=True, gc=False):
    """`activity` None: of everything completed in the scope."""

    token_id: int
    scope_id: int
    element_id: str
    activity: str | None


class TransactionCancelled(Event, frozen=True, gc=False):
    """`token_id` is the transaction's own token."""

    token_id: int
    scope_id: int
    element_id: str


class ProcessInstanceCalled(Event, frozen=True, gc=False):
    """A call activity waits for the instance `called_id`, which a job of that id starts.

    `binding` is `latest`, `deployment`, `version` or `versionTag`.
    """

    called_id: int
    token_id: int
    scope_id: int
    element_id: str
    key: str
    binding: str
    version: str | None
    business_key: str | None
    variables: dict[str, Any]


class CalledProcessInstanceReturned(Event, frozen=True, gc=False):
    called_id: int
    token_id: int
    scope_id: int
    element_id: str


class CalledProcessInstanceCancelled(Event, frozen=True, gc=False):
    """The call activity was interrupted: the called instance is to be terminated."""

    called_id: int
    token_id: int
    scope_id: int
    element_id: str


class BpmnErrorThrown(Event, frozen=True, gc=False):
    """`variables` are for whoever catches it."""

    token_id: int
    scope_id: int
    element_id: str
    code: str
    message: str
    variables: dict[str, Any] = {}


class TimerScheduled(Event, frozen=True, gc=False):
    """`payload` is the kernel's own: hand it back in `FireTimer`.

    `retries` (the diagram's) is how often in all what follows is tried before its failure is an incident; None: once.
    """

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    due_at: datetime
    payload: dict[str, Any]
    retries: int | None = None
    pauses: tuple[float, ...] = ()
    priority: int | None = None


class TimerFired(Event, frozen=True, gc=False):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class TimerCancelled(Event, frozen=True, gc=False):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class ContinuationScheduled(Event, frozen=True, gc=False):
    """The run reached its bound with tokens still ready: a job must send `ContinueProcessInstance`."""

    job_id: int


class ClosingBegun(Event, frozen=True, gc=False):
    """What `token_id` had opened is interrupted, and is too much to end at once: a job must send `CloseScopes`."""

    token_id: int
    scope_id: int
    element_id: str


class ClosingContinued(Event, frozen=True, gc=False):
    """Some of it has ended: another job must send the same."""

    token_id: int
    scope_id: int
    element_id: str


class ClosingCompleted(Event, frozen=True, gc=False):
    """All of it has ended."""

    token_id: int
    scope_id: int
    element_id: str


class AsyncContinuationScheduled(Event, frozen=True, gc=False):
    """The run is divided here, `stage` before or after the node's work: a job goes on in a transaction of its own."""

    job_id: int
    token_id: int
    scope_id: int
    element_id: str
    stage: str
    retries: int
    pauses: tuple[float, ...] = ()
    priority: int | None = None


class AsyncContinuationStarted(Event, frozen=True, gc=False):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class AsyncContinuationCancelled(Event, frozen=True, gc=False):
    job_id: int
    token_id: int
    scope_id: int
    element_id: str


class VariableCreated(Event, frozen=True, gc=False):
    """`token_id`: the variable is that token's own, in a collection of its activity."""

    scope_id: int
    name: str
    value: Any
    token_id: int | None = None


class VariableUpdated(Event, frozen=True, gc=False):
    scope_id: int
    name: str
    old_value: Any
    value: Any


class DataStoreWritten(Event, frozen=True, gc=False):
    """The data store outlives the instance."""

    scope_id: int
    element_id: str
    name: str
    value: Any


class DecisionEvaluated(Event, frozen=True, gc=False):
    """A business rule task made a decision, or tried to: `evaluation` has inputs, rules and outputs, or the failure.

    `decision_definition_id` is None for a decision that is not deployed.
    """

    evaluation_id: int
    token_id: int
    scope_id: int
    element_id: str
    decision_definition_id: int | None
    key: str
    version: int
    evaluation: DecisionEvaluation


class IncidentRaised(Event, frozen=True, gc=False):
    """`type` is `condition`, `script`, `timer`, `assignment`, `decision`, `job`, `bpmn_error`, `message`, `signal`,
    `mapping`, `loop`, `call`, `cancel`, `stuck` or `endless_loop`; `details` say more, depending on it.
    """

    incident_id: int
    token_id: int
    scope_id: int
    element_id: str
    type: str
    message: str
    details: dict[str, Any]


class IncidentResolved(Event, frozen=True, gc=False):
    incident_id: int
    token_id: int
    scope_id: int
    element_id: str


class IncidentCancelled(Event, frozen=True, gc=False):
    """The token that had it is gone."""

    incident_id: int
    token_id: int
    scope_id: int
    element_id: str
