"""A token: one live flow node instance, or one token waiting on a sequence flow before a join."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from baton.bpm.execution.inherited import refused

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.scope import Scope


class Phase(StrEnum):
    """Where a token is in the life of its flow node."""

    READY = "ready"
    """about to execute (again, after an incident)"""
    WAITING = "waiting"
    """for a person, a worker, a timer or its own scope"""
    LEAVING = "leaving"
    """done, about to choose its outgoing flows"""
    JOINING = "joining"
    """on the sequence flow `flow`, before a join"""
    ARMED = "armed"
    """a boundary event that a person may trigger (guided mode)"""


_TASK_STATE = {
    Phase.READY: TaskState.READY,
    Phase.WAITING: TaskState.WAITING,
    Phase.LEAVING: TaskState.STARTED,
    Phase.JOINING: TaskState.WAITING,
    Phase.ARMED: TaskState.WAITING,
}


class Token(Task):
    """SpiffWorkflow's task, outside its tree.

    `timers` are `(job id, id of the catch or boundary event)`; `job_id` the open service job;
    `armed` the ids of guided boundary tokens that go when this one goes, `host_id` the way back.
    """

    # Most tokens need none of these, and a token is made for every flow node: so they are not set one by one.
    flow: str | None = None
    incident_id: int | None = None
    job_id: int | None = None
    timers: tuple[tuple[int, str], ...] = ()
    armed: tuple[int, ...] = ()
    host_id: int | None = None
    decision: tuple[str, ...] = ()

    def __init__(self, scope: Scope, node: FlowNode, id: int, phase: Phase) -> None:
        # Task.__init__ would hang the token into the tree and copy data; neither exists here.
        self.id = id
        self.workflow = scope
        self.task_spec = node
        self.phase = phase
        scope.tokens[id] = self

    def record(self) -> list[Any]:
        """Plain data for the scope's state; trailing empty fields are cut."""
        fields: list[Any] = [
            self.id,
            self.task_spec.name,
            self.phase,
            self.flow,
            self.incident_id,
            self.job_id,
            self.timers or None,
            self.armed or None,
            self.host_id,
            self.decision or None,
        ]
        while fields[-1] is None:
            fields.pop()
        return fields

    @classmethod
    def restore(cls, scope: Scope, fields: list[Any]) -> Token:
        """The inverse of `record`."""
        fields = fields + [None] * (10 - len(fields))
        token = cls(scope, scope.spec.nodes[fields[1]], fields[0], Phase(fields[2]))
        token.flow = fields[3]
        token.incident_id = fields[4]
        token.job_id = fields[5]
        token.timers = tuple((job_id, element_id) for job_id, element_id in fields[6] or ())
        token.armed = tuple(fields[7] or ())
        token.host_id = fields[8]
        token.decision = tuple(fields[9] or ())
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
        return self.workflow.visible_variables()

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
