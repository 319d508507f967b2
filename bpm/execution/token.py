"""A token: one live flow node instance, or one token waiting on a sequence flow before a join."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from baton.bpm.execution.events import UserTaskChanges
from baton.bpm.execution.inherited import refused

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.scope import Scope


class Phase(StrEnum):
    """Where a token is in the life of its flow node."""

    READY = "ready"
    """about to execute (again, after an incident)"""
    WAITING = "waiting"
    """for a person, a worker, an event or its own scope"""
    SPAWNING = "spawning"
    """creating the instances of its loop, some at a time"""
    MAPPING = "mapping"
    """done, about to write its outputs"""
    LEAVING = "leaving"
    """done, about to choose its outgoing flows"""
    JOINING = "joining"
    """on the sequence flow `flow`, before a join"""
    ARMED = "armed"
    """an event that a person may say happened (guided mode), beside its host"""
    OPENING = "opening"
    """an event sub-process about to listen (again, after an incident)"""
    DEFERRED = "deferred"
    """where its run is divided, until the job of that continuation runs"""
    LISTENING = "listening"
    """an event sub-process whose start events may happen; not live: it does not keep its scope open"""


# Looking a member up costs ten times as much as a name of the module, and every step does it.
READY, WAITING, LEAVING, ARMED = Phase.READY, Phase.WAITING, Phase.LEAVING, Phase.ARMED

_TASK_STATE = {
    Phase.READY: TaskState.READY,
    Phase.WAITING: TaskState.WAITING,
    Phase.SPAWNING: TaskState.WAITING,
    Phase.MAPPING: TaskState.STARTED,
    Phase.LEAVING: TaskState.STARTED,
    Phase.JOINING: TaskState.WAITING,
    Phase.ARMED: TaskState.WAITING,
    Phase.DEFERRED: TaskState.WAITING,
    Phase.OPENING: TaskState.READY,
    Phase.LISTENING: TaskState.WAITING,
}


class TriggerKind(StrEnum):
    """What kind of happening a trigger waits for."""

    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"


class Trigger(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Something that may happen to a waiting token.

    `id` is that of the timer's job or of the subscription; `element_id` the event it is drawn as (the token's own
    node, a boundary event, the catch event behind a gateway, or a start event of an event sub-process); `part` its
    place in a multiple event; `name` the message's or signal's; `held` the condition's last value.
    """

    id: int
    element_id: str
    kind: TriggerKind = TriggerKind.TIMER
    part: int = 0
    name: str | None = None
    held: bool = False


class Loop(msgspec.Struct, omit_defaults=True):
    """How far a loop or multi-instance activity has come.

    `total` is None for a standard loop; `items` and `outputs` are collections: scopes that hold only variables, named
    by their index. `over`: the completion condition came true.
    """

    total: int | None = None
    created: int = 0
    completed: int = 0
    terminated: int = 0
    items: int | None = None
    outputs: int | None = None
    over: bool = False

    @property
    def active(self) -> int:
        """Instances that are alive."""
        return self.created - self.completed - self.terminated


class Compensable(msgspec.Struct, frozen=True, array_like=True):
    """A completed activity of the scope `scope_id` that can be compensated.

    `kept` is its own scope, kept with its variables for the handlers inside it.
    """

    scope_id: int
    element_id: str
    kept: int | None = None


class Details(msgspec.Struct, omit_defaults=True):
    """What only some tokens have.

    `called` is the process instance a call activity waits for; `local` the scope of the activity's own variables;
    `index` is that of an instance in its loop;
    `entry` the start event of an event sub-process that happened; `pending` what is still to be compensated;
    `compensator` is `(scope id, token id)` of the token whose compensation this handler is part of;
    `kept` the scope of a sub-process, kept for compensation, `inner` the same until its outputs are written.
    `heard` counts the listeners that were called, by stage; `listening` is the stage whose listener a worker is at.
    `came` is the part of a parallel multiple start event that began the process. `assignee` is whose user task it is,
    as far as its listeners have to know, `asked` what they want changed before the task is there. `divided` are the
    stages at which the run was divided, the last one now if the token is deferred; `resumes` is the phase it then goes
    on with.
    """

    called: int | None = None
    local: int | None = None
    loop: Loop | None = None
    index: int | None = None
    entry: str | None = None
    pending: list[Compensable] | None = None
    compensator: tuple[int, int] | None = None
    kept: int | None = None
    inner: int | None = None
    heard: dict[str, int] = {}
    listening: str | None = None
    came: int | None = None
    divided: tuple[str, ...] = ()
    resumes: str | None = None
    assignee: str | None = None
    asked: UserTaskChanges | None = None


_NO_DETAILS = Details()
_FIELDS = 11
_TRIGGERS = tuple[Trigger, ...]


class Token(Task):
    """SpiffWorkflow's task, outside its tree.

    `triggers` are what may happen to it; `job_id` the open service job; `armed` the ids of guided event tokens that
    go when this one goes, `host_id` the way back.
    """

    # Most tokens need none of these, and a token is made for every flow node: so they are not set one by one.
    flow: str | None = None
    incident_id: int | None = None
    job_id: int | None = None
    triggers: tuple[Trigger, ...] = ()
    armed: tuple[int, ...] = ()
    host_id: int | None = None
    decision: tuple[str, ...] = ()
    _details: Details | None = None
    task_spec: Any
    """The flow node; which methods it has depends on its kind."""

    def __init__(self, scope: Scope, node: FlowNode, id: int, phase: Phase) -> None:
        # Task.__init__ would hang the token into the tree and copy data; neither exists here.
        self.id = id
        self.workflow = scope
        self.task_spec = node
        self.phase = phase
        scope.tokens[id] = self

    @property
    def has_details(self) -> bool:
        """False for most tokens: nothing of `details` is set."""
        return self._details is not None

    @property
    def details(self) -> Details:
        """To read: what only some tokens have."""
        return self._details or _NO_DETAILS

    def detail(self) -> Details:
        """To write: the same, the token's own."""
        if self._details is None:
            self._details = Details()
        return self._details

    @property
    def is_listener(self) -> bool:
        """True for an event sub-process that has not begun, and for a question of guided mode beside it."""
        return self.id in self.workflow.listeners

    def record(self) -> list[Any]:
        """Plain data for the scope's state; trailing empty fields are cut."""
        fields: list[Any] = [
            self.id,
            self.task_spec.name,
            self.phase,
            self.flow,
            self.incident_id,
            self.job_id,
            self.triggers or None,
            self.armed or None,
            self.host_id,
            self.decision or None,
            self._details,
        ]
        while fields[-1] is None:
            fields.pop()
        return fields

    @classmethod
    def restore(cls, scope: Scope, fields: list[Any]) -> Token:
        """The inverse of `record`."""
        fields = fields + [None] * (_FIELDS - len(fields))
        token = cls(scope, scope.spec.node_of_token(fields[1]), fields[0], Phase(fields[2]))
        token.flow = fields[3]
        token.incident_id = fields[4]
        token.job_id = fields[5]
        if fields[6]:
            token.triggers = msgspec.convert(fields[6], _TRIGGERS)
        token.armed = tuple(fields[7] or ())
        token.host_id = fields[8]
        token.decision = tuple(fields[9] or ())
        if fields[10]:
            token._details = msgspec.convert(fields[10], Details)
        return token

    # --- what SpiffWorkflow's Task offers in public, right or refused ------------------------------------

    @property
    def state(self) -> int:
        """SpiffWorkflow's task state that fits the phase."""
        return int(_TASK_STATE[self.phase])

    def has_state(self, state: int) -> bool:
        """True if the task state is in the mask `state`."""
        return (self.state & state) != 0

    @property
    def data(self) -> Any:
        """The variables the token sees, looked up outward; read-only."""
        return self.visible_variables()

    def visible_variables(self) -> Mapping[str, Any]:
        """What an expression of the token sees: its own variables, then its scope's, outward."""
        return self.workflow.visible_variables(self.details.local)

    def carried_variables(self) -> dict[str, Any]:
        """What it sees, for another instance."""
        return self.workflow.carried_variables(self.details.local)

    def get_data(self, name: str, default: Any = None) -> Any:
        """One variable the token sees."""
        return self.data.get(name, default)

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ids for a log line; no variable values."""
        return {**(dct or {}), "token_id": self.id, "element_id": self.task_spec.name}

    @property
    def depth(self) -> int:
        """How many sub-processes the token is in."""
        return self.workflow.depth

    set_data = refused("Task.set_data", "the command SetVariables")
    run = refused("Task.run", "ProcessInstance.handle")
    cancel = refused("Task.cancel", "the command TerminateProcessInstance")
    complete = refused("Task.complete", "the commands CompleteUserTask and CompleteJob")
    error = refused("Task.error", "the command FailJob")
    trigger = refused("Task.trigger", "ProcessInstance.handle")
    reset_branch = refused("Task.reset_branch", "ProcessInstance.handle")
    find_ancestor = refused("Task.find_ancestor", "the audit's flow node instances")
    is_descendant_of = refused("Task.is_descendant_of", "the audit's flow node instances")
    get_dump = refused("Task.get_dump", "Token.record")
    dump = refused("Task.dump", "Token.record")

    @property
    def parent(self) -> Any:
        return refused("Task.parent", "the audit's flow node instances")()

    @property
    def children(self) -> Any:
        return refused("Task.children", "the audit's flow node instances")()
