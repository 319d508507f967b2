"""What a process instance can be told: imperative, one class each, answered with events.

Ids are integers here (strings only outside, at HTTP). `scope_id` and `token_id` locate the flow node
instance the command is about. Variables are plain values as in `bpm.values`.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all."""


class StartProcessInstance(Command, frozen=True, kw_only=True):
    """`start_event_id` None: the none start event, or the nodes without incoming flow.

    With one that waits for something, that has happened: a message with these variables, a signal, a time.
    `part` of a parallel multiple one: only this has happened yet.
    """

    variables: dict[str, Any] = {}
    start_event_id: str | None = None
    part: int | None = None


class CompleteUserTask(Command, frozen=True, kw_only=True):
    """The user task's id is its token's id. `decision`: ids of the chosen options, for kind `decision`.

    `assignee` is whose task it was.
    """

    token_id: int
    scope_id: int
    variables: dict[str, Any] = {}
    decision: tuple[str, ...] = ()
    assignee: str | None = None


class AssignUserTask(Command, frozen=True, kw_only=True):
    """The task is somebody's, or nobody's: its listeners are called."""

    token_id: int
    scope_id: int
    assignee: str | None


class UpdateUserTask(Command, frozen=True, kw_only=True):
    """Dates or priority of the task changed: its listeners are called."""

    token_id: int
    scope_id: int


class CompleteJob(Command, frozen=True, kw_only=True):
    """A worker did the service task."""

    token_id: int
    scope_id: int
    job_id: int
    variables: dict[str, Any] = {}


class FailJob(Command, frozen=True, kw_only=True):
    """A job has no retries left: the token waits with an incident until it is resolved."""

    token_id: int
    scope_id: int
    job_id: int
    message: str


class ThrowBpmnError(Command, frozen=True, kw_only=True):
    """A worker threw a BPMN error at its service task."""

    token_id: int
    scope_id: int
    job_id: int
    code: str
    message: str = ""
    variables: dict[str, Any] = {}


class FireTimer(Command, frozen=True, kw_only=True):
    """A due timer: `element_id` is the catch event or the boundary event, `token_id` the waiting token or host."""

    token_id: int
    scope_id: int
    job_id: int
    element_id: str
    payload: dict[str, Any] = {}


class CorrelateMessage(Command, frozen=True, kw_only=True):
    """A message for an open subscription; `token_id` is the waiting token or the event's host."""

    token_id: int
    scope_id: int
    subscription_id: int
    variables: dict[str, Any] = {}


class BroadcastSignal(Command, frozen=True, kw_only=True):
    """A signal for every open subscription of that name in this instance."""

    name: str
    variables: dict[str, Any] = {}


class ReturnFromCall(Command, frozen=True, kw_only=True):
    """The called process instance completed with these variables."""

    token_id: int
    scope_id: int
    called_id: int
    variables: dict[str, Any] = {}


class FailCall(Command, frozen=True, kw_only=True):
    """The called process instance could not be started, or was ended from outside."""

    token_id: int
    scope_id: int
    called_id: int
    message: str


class ThrowErrorOfCall(Command, frozen=True, kw_only=True):
    """A BPMN error left the called process instance, which had the variables `returned`."""

    token_id: int
    scope_id: int
    called_id: int
    code: str
    message: str = ""
    variables: dict[str, Any] = {}
    returned: dict[str, Any] = {}


class ThrowEscalationOfCall(Command, frozen=True, kw_only=True):
    """An escalation left the called process instance, which goes on and has the variables `returned`."""

    token_id: int
    scope_id: int
    called_id: int
    code: str
    returned: dict[str, Any] = {}


class ContinueProcessInstance(Command, frozen=True, kw_only=True):
    """Go on with tokens that a bounded run left ready."""


class CloseScopes(Command, frozen=True, kw_only=True):
    """End the next of the scopes that `token_id` had opened before it was interrupted."""

    token_id: int


class StartAsyncContinuation(Command, frozen=True, kw_only=True):
    """It is the turn of a token that waits where its run was divided."""

    token_id: int
    scope_id: int
    job_id: int


class SetVariables(Command, frozen=True, kw_only=True):
    """Write variables from outside into one scope, exactly there."""

    scope_id: int
    variables: dict[str, Any]


class ResolveIncident(Command, frozen=True, kw_only=True):
    """Try the failed step again, after writing `variables` (if any) outward from the token's scope."""

    incident_id: int
    token_id: int
    scope_id: int
    variables: dict[str, Any] = {}


class TerminateProcessInstance(Command, frozen=True, kw_only=True):
    """Cancel everything that is live."""

    reason: str = ""
