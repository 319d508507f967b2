"""SpiffWorkflow's workflow without its task tree: every public method of it, right or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from baton.bpm.execution.inherited import refused

if TYPE_CHECKING:
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.specs import ProcessSpec
    from baton.bpm.execution.token import Token


class TreelessWorkflow(BpmnWorkflow):
    """What `ProcessInstance` is to code that knows SpiffWorkflow; it keeps the state."""

    id: int
    spec: ProcessSpec
    scopes: dict[int, Scope]

    def scope(self, scope_id: int) -> Scope:
        """The scope of that id."""
        raise LookupError(scope_id)

    def local_variables(self, scope: Scope) -> Mapping[str, Any]:
        """The variables held by `scope` itself."""
        raise LookupError(scope.id)

    def is_completed(self) -> bool:
        """True when no token is live anywhere; needs the root scope."""
        root = self.scopes.get(self.id)
        return root is None or not root.tokens

    def manual_input_required(self) -> bool:
        """True if a loaded scope waits for a person."""
        return any(scope.manual_input_required() for scope in self.scopes.values())

    def get_task_from_id(self, task_id: int) -> Token:
        """The live token of that id in a loaded scope; KeyError if there is none."""
        for scope in self.scopes.values():
            if task_id in scope.tokens:
                return scope.tokens[task_id]
        raise KeyError(task_id)

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ids for a log line; no variable values."""
        return {**(dct or {}), "process_instance_id": self.id, "element_id": self.spec.element_id}

    def get_data(self, name: str, default: Any = None) -> Any:
        """One variable of the process."""
        return self.local_variables(self.scope(self.id)).get(name, default)

    @property
    def data(self) -> Mapping[str, Any]:
        """The variables of the process."""
        return self.local_variables(self.scope(self.id))

    @property
    def top_workflow(self) -> TreelessWorkflow:
        return self

    @property
    def parent_task_id(self) -> None:
        return None

    @property
    def parent_workflow(self) -> None:
        return None

    @property
    def depth(self) -> int:
        return 0

    @property
    def script_engine(self) -> Any:
        return refused("BpmnWorkflow.script_engine", "baton.bpm.expressions")()

    @property
    def data_objects(self) -> Mapping[str, Any]:
        """Data objects are variables here."""
        return self.data

    set_data = refused("BpmnWorkflow.set_data", "the command SetVariables")
    cancel = refused("BpmnWorkflow.cancel", "the command TerminateProcessInstance")
    catch = refused("BpmnWorkflow.catch", "the command FireTimer")
    send_event = refused("BpmnWorkflow.send_event", "the command FireTimer")
    get_events = refused("BpmnWorkflow.get_events", "the events that handle returns")
    waiting_events = refused("BpmnWorkflow.waiting_events", "Token.details.triggers")
    create_subprocess = refused("BpmnWorkflow.create_subprocess", "ProcessInstance.open_scope")
    delete_subprocess = refused("BpmnWorkflow.delete_subprocess", "ProcessInstance.cancel_scopes_of")
    get_subprocess = refused("BpmnWorkflow.get_subprocess", "ProcessInstance.scope")
    get_active_subprocesses = refused("BpmnWorkflow.get_active_subprocesses", "ProcessInstance.scopes")
    do_engine_steps = refused("BpmnWorkflow.do_engine_steps", "ProcessInstance.handle")
    refresh_waiting_tasks = refused("BpmnWorkflow.refresh_waiting_tasks", "the command FireTimer")
    refresh_timers = refused("BpmnWorkflow.refresh_timers", "the command FireTimer")
    update_waiting_tasks = refused("BpmnWorkflow.update_waiting_tasks", "ProcessInstance.handle")
    run_all = refused("BpmnWorkflow.run_all", "ProcessInstance.handle")
    run_next = refused("BpmnWorkflow.run_next", "ProcessInstance.handle")
    run_task_from_id = refused("BpmnWorkflow.run_task_from_id", "ProcessInstance.handle")
    reset_from_task_id = refused("BpmnWorkflow.reset_from_task_id", "ProcessInstance.handle")
    get_next_task = refused("BpmnWorkflow.get_next_task", "Scope.tokens")
    get_tasks = refused("BpmnWorkflow.get_tasks", "Scope.tokens")
    get_tasks_iterator = refused("BpmnWorkflow.get_tasks_iterator", "Scope.tokens")
    get_task_mapping = refused("BpmnWorkflow.get_task_mapping", "Scope.tokens")
    dump = refused("BpmnWorkflow.dump", "ProcessInstance.take_changes")
    get_dump = refused("BpmnWorkflow.get_dump", "ProcessInstance.take_changes")
    serialize = refused("BpmnWorkflow.serialize", "ProcessInstance.take_changes")
    deserialize = refused("BpmnWorkflow.deserialize", "a StateSource")
