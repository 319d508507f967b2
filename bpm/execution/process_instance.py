"""A running process instance: the token game, one command at a time.

`handle(command, now)` changes the live state and returns what happened. Invariants:
1. A command either is rejected before anything changes, or all its events hold.
2. A step (one flow node's execution or leaving) evaluates first and changes after, so a failing step
   changes nothing; it leaves an incident on its token.
3. Only live tokens are kept. What happened is in the events and nowhere else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from baton.bpm import values
from baton.bpm.execution import command_handlers, events
from baton.bpm.execution.commands import Command
from baton.bpm.execution.decisions import NO_DECISIONS, DecisionSource
from baton.bpm.execution.elements.events import BoundaryEvent
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.elements.gateways import InclusiveGateway
from baton.bpm.execution.failure import StepFailure
from baton.bpm.execution.flows import SequenceFlow
from baton.bpm.execution.inherited import refused
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.specs import ProcessSpec
from baton.bpm.execution.state import StateChanges, StateSource
from baton.bpm.execution.timers import OpenTimer
from baton.bpm.execution.token import Phase, Token
from baton.bpm.expressions import VariableWrites

UTC = ZoneInfo("UTC")


class ProcessInstance(BpmnWorkflow):
    """SpiffWorkflow's workflow without its tree and scheduler.

    `id` is also the id of the root scope. `next_id` yields new ids; `source` yields stored scopes and variables when
    they are touched, `decisions` what business rule tasks call. After a rejection the instance is as before; after any
    other error throw it away.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        source: StateSource,
        *,
        id: int,
        next_id: Callable[[], int],
        business_key: str | None = None,
        limits: RunLimits | None = None,
        zone: ZoneInfo = UTC,
        sensitive: values.SensitiveNames = values.NONE_SENSITIVE,
        decisions: DecisionSource = NO_DECISIONS,
    ) -> None:
        # BpmnWorkflow.__init__ would build the task tree and an evaluating script engine.
        self.spec = spec
        self.id = id
        self.next_id = next_id
        self.business_key = business_key
        self.limits = limits or RunLimits()
        self.zone = zone
        self.sensitive = sensitive
        self.decisions = decisions
        self.now: datetime
        self.user: str | None = None
        self.scopes: dict[int, Scope] = {}
        self._source = source
        self._variables: dict[int, dict[str, Any]] = {}
        self._events: list[events.Event] = []
        self._ready: deque[Token] = deque()
        self._unsettled: dict[int, Scope] = {}
        self._removed: list[int] = []
        self._asked_writes: dict[int, tuple[Scope, VariableWrites]] = {}

    # --- the one entry -----------------------------------------------------------------------------------

    def handle(self, command: Command, now: datetime, user: str | None = None) -> list[events.Event]:
        """Do what `command` says at `now` (aware UTC) and return the events in order.

        Raises `WrongState`, `NotFound` or `InvalidCommand` (nothing changed) if the command does not fit.
        """
        self.now = now
        self.user = user
        self._events = []
        command_handlers.HANDLERS[type(command)](self, command)
        self._advance()
        return self._events

    def take_changes(self) -> StateChanges:
        """The scopes to write since the last call."""
        changed = [scope for scope in self.scopes.values() if scope.is_changed]
        changes = StateChanges(
            created=tuple(scope.record() for scope in changed if scope.is_new),
            updated=tuple(scope.record() for scope in changed if not scope.is_new),
            removed=tuple(self._removed),
        )
        for scope in changed:
            scope.is_new = scope.is_changed = False
        self._removed = []
        return changes

    # --- running -----------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Run ready tokens until none is left or the run's bound is reached."""
        ready, limits = self._ready, self.limits
        monotonic = limits.monotonic
        deadline = monotonic() + limits.seconds if monotonic else 0.0
        steps = 0
        while True:
            while ready:
                if steps >= limits.steps or (monotonic and not steps & 15 and steps and monotonic() > deadline):
                    self._pause(steps)
                    return
                token = ready.popleft()
                if token.id in token.workflow.tokens:
                    steps += 1
                    self._step(token)
            if not self._settle_joins():
                break
        self._find_stuck()
        self._unsettled.clear()
        root = self.scopes.get(self.id)
        if root is not None and root.steps:
            root.steps = 0
            root.is_changed = True

    def _step(self, token: Token) -> None:
        try:
            if token.phase is Phase.READY:
                token.task_spec.execute(self, token)
            else:
                self.leave(token)
            self.write_what_was_asked()
        except StepFailure as failure:
            self.raise_incident(token, failure)

    def _pause(self, steps: int) -> None:
        """Keep what is ready in the state, for a job to continue; or call it an endless loop."""
        self._settle_joins()
        self._find_stuck()
        self._unsettled.clear()
        root = self.scope(self.id)
        root.is_changed = True
        root.steps += steps
        pending = [token for token in self._ready if token.id in token.workflow.tokens]
        self._ready.clear()
        if root.steps >= self.limits.steps_without_wait:
            made, root.steps = root.steps, 0
            for token in pending:
                message = f"{made} steps without a wait state: '{token.task_spec.title}' is part of an endless loop"
                self.raise_incident(token, StepFailure("endless_loop", message, {"steps": made}))
            return
        root.ready += [(token.workflow.id, token.id) for token in pending]
        self.emit(events.ContinuationScheduled(self.next_id()))

    def emit(self, event: events.Event) -> None:
        """Tell what happened."""
        self._events.append(event)

    def make_ready(self, token: Token) -> None:
        """Let `token` take its next step in this run."""
        self.touch(token.workflow)
        self._ready.append(token)

    # --- tokens ------------------------------------------------------------------------------------------

    def activate(self, node: FlowNode, scope: Scope) -> Token:
        """A new flow node instance begins."""
        token = Token(scope, node, self.next_id(), Phase.READY)
        self.touch(scope)
        self._events.append(events.FlowNodeActivated(token.id, scope.id, node.name))
        self._ready.append(token)
        return token

    def leave(self, token: Token) -> None:
        """The flow node is done: its token goes out by the chosen flows. `StepFailure` if none can be chosen."""
        node, scope = token.task_spec, token.workflow
        chosen = node.choose(self, token)
        self.write_what_was_asked()
        self.remove(token)
        emit = self._events.append
        emit(events.FlowNodeCompleted(token.id, scope.id, node.name))
        for flow in chosen:
            emit(events.SequenceFlowTaken(flow.id, scope.id))
            flow.target.arrive(self, scope, flow)
        if not scope.tokens:
            self._close_scope(scope)

    def done(self, token: Token) -> None:
        """What the token waited for has come: nothing else of it stays open, and it leaves as the next step."""
        self.close_waiting(token)
        token.phase = Phase.LEAVING
        self.make_ready(token)

    def remove(self, token: Token) -> None:
        """Take the token out of its scope; its incident, if any, goes with it."""
        if token.incident_id is not None:
            self.emit(events.IncidentCancelled(token.incident_id, token.id, token.workflow.id, token.task_spec.name))
        token.workflow.remove(token)
        self.touch(token.workflow)

    def close_waiting(self, token: Token) -> None:
        """Cancel the timers and guided boundary events that wait beside `token`."""
        scope = token.workflow
        self.touch(scope)
        for job_id, element_id in token.timers:
            self.emit(events.TimerCancelled(job_id, token.id, scope.id, element_id))
        token.timers = ()
        for armed_id in token.armed:
            armed = scope.tokens[armed_id]
            armed.task_spec.cancel(self, armed)
            self.remove(armed)
        token.armed = ()

    # --- joins -------------------------------------------------------------------------------------------

    def wait_at_join(self, node: FlowNode, scope: Scope, flow: SequenceFlow) -> Mapping[str, list[Token]]:
        """A new token waits on `flow` before `node`; returns all who wait there, by flow."""
        token = Token(scope, node, self.next_id(), Phase.JOINING)
        self.touch(scope)
        return scope.add_joining(token, flow.id)

    def consume_join(self, node: FlowNode, scope: Scope) -> None:
        """One token of each flow that has any becomes one activation of `node`; surplus tokens stay."""
        for queue in list(scope.joins[node.name].values()):
            self.remove(queue[0])
        self.activate(node, scope)

    def _settle_joins(self) -> bool:
        """Decide waiting inclusive joins, everything else having moved; True if one went on."""
        moved = False
        for scope in list(self._unsettled.values()):
            for node_id in list(scope.joins):
                node = scope.spec.nodes[node_id]
                if isinstance(node, InclusiveGateway) and node.can_join(scope):
                    self.consume_join(node, scope)
                    moved = True
        return moved

    def _find_stuck(self) -> None:
        """A scope whose live tokens all wait at joins will never go on by itself."""
        for scope in self._unsettled.values():
            tokens = scope.tokens.values()
            if not tokens or any(token.phase is not Phase.JOINING or token.incident_id is not None for token in tokens):
                continue
            token = next(iter(tokens))
            missing = [{"flow": flow.id, "from": flow.source.title} for flow in scope.missing_flows(token.task_spec)]
            sources = ", ".join(f"'{entry['flow']}' from '{entry['from']}'" for entry in missing)
            message = (
                f"'{token.task_spec.title}' waits for a token on the sequence flow {sources}, "
                "but no other token is left that could come"
            )
            self.raise_incident(token, StepFailure("stuck", message, {"missing_flows": missing}))

    def touch(self, scope: Scope) -> None:
        """The scope changes: it is written, and its joins are decided again."""
        scope.is_changed = True
        self._unsettled[scope.id] = scope

    # --- scopes ------------------------------------------------------------------------------------------

    def scope(self, scope_id: int) -> Scope:
        """The scope of that id, loaded when first touched."""
        scope = self.scopes.get(scope_id)
        if scope is None:
            record = self._source.load_scope(scope_id)
            scope = Scope.restore(self, self.spec.scopes[record.element_id], record)
            self.scopes[scope_id] = scope
        return scope

    def open_root(self) -> Scope:
        """The process's own scope, new."""
        scope = Scope(self, self.spec, id=self.id, parent_id=None, parent_token_id=None)
        self.scopes[scope.id] = scope
        return scope

    def open_scope(self, token: Token, spec: ProcessSpec) -> None:
        """The sub-process of `token` begins."""
        parent = token.workflow
        scope = Scope(self, spec, id=self.next_id(), parent_id=parent.id, parent_token_id=token.id)
        self.scopes[scope.id] = scope
        self.emit(events.ScopeOpened(scope.id, parent.id, token.id, spec.element_id))
        for node in spec.starts:
            self.activate(node, scope)
        if not scope.tokens:
            self._close_scope(scope)

    def _close_scope(self, scope: Scope) -> None:
        """No live token is left: the scope is complete, and so is the activity or the process it belongs to."""
        self._forget(scope)
        if scope.parent_id is None:
            self.emit(events.ProcessInstanceCompleted())
            return
        self.emit(events.ScopeClosed(scope.id, scope.spec.element_id))
        assert scope.parent_token_id is not None
        self.done(self.scope(scope.parent_id).tokens[scope.parent_token_id])

    def _forget(self, scope: Scope) -> None:
        del self.scopes[scope.id]
        self._unsettled.pop(scope.id, None)
        if not scope.is_new:
            self._removed.append(scope.id)

    # --- cancelling --------------------------------------------------------------------------------------

    def cancel_token(self, token: Token) -> None:
        """The flow node is interrupted, with everything in it."""
        node, scope = token.task_spec, token.workflow
        self.close_waiting(token)
        node.cancel(self, token)
        self.remove(token)
        if token.phase not in (Phase.JOINING, Phase.ARMED):
            self.emit(events.FlowNodeCancelled(token.id, scope.id, node.name))

    def cancel_others(self, survivor: Token) -> None:
        """Everything in the survivor's scope but the survivor is interrupted."""
        self._cancel_all(survivor.workflow, survivor)

    def cancel_scope_of(self, token: Token) -> None:
        """Everything in the scope that `token` (a sub-process) opened is interrupted."""
        parent = token.workflow
        for scope_id in self.child_scope_ids(parent):
            scope = self.scope(scope_id)
            if scope.parent_token_id == token.id:
                self._cancel_all(scope, None)
                self._forget(scope)
                self.emit(events.ScopeClosed(scope.id, scope.spec.element_id))

    def terminate(self, reason: str) -> None:
        """Everything in the instance is interrupted."""
        root = self.scope(self.id)
        self._cancel_all(root, None)
        self._forget(root)
        self.emit(events.ProcessInstanceTerminated(reason))

    def _cancel_all(self, scope: Scope, survivor: Token | None) -> None:
        for token in list(scope.tokens.values()):
            # An armed boundary event goes with its activity.
            if token is not survivor and token.id in scope.tokens:
                self.cancel_token(token)

    def child_scope_ids(self, parent: Scope) -> Iterable[int]:
        """Ids of the scopes opened by tokens of `parent`, loaded or stored."""
        loaded = [scope.id for scope in self.scopes.values() if scope.parent_id == parent.id]
        if parent.is_new:
            return loaded
        gone = set(self._removed)
        stored = (scope_id for scope_id in self._source.child_scope_ids(parent.id) if scope_id not in gone)
        return list(dict.fromkeys([*loaded, *stored]))

    def cancel_user_task(self, token: Token) -> None:
        """The person need not do it any more."""
        self.emit(events.UserTaskCancelled(token.id, token.workflow.id, token.task_spec.name))

    # --- timers and guided boundary events -----------------------------------------------------------------

    def open_timer(self, token: Token, node: FlowNode, timer: OpenTimer) -> None:
        """A timer of `node` (the token's own, or a boundary event beside it) begins to run."""
        job_id = self.next_id()
        token.timers += ((job_id, node.name),)
        scope = token.workflow
        self.touch(scope)
        self.emit(
            events.TimerScheduled(job_id, token.id, scope.id, node.name, due_at=timer.due_at, payload=timer.payload)
        )

    def arm(self, host: Token, node: BoundaryEvent) -> None:
        """Guided: a person may say that the undefined boundary event happened."""
        armed = Token(host.workflow, node, self.next_id(), Phase.ARMED)
        armed.host_id = host.id
        host.armed += (armed.id,)
        self.emit(node.continue_task(armed))

    def interrupt_by(self, host: Token, node: BoundaryEvent) -> None:
        """The boundary event happened: it begins, and if it interrupts, its activity ends."""
        if node.element.interrupting:
            self.cancel_token(host)
        self.activate(node, host.workflow)

    # --- variables ---------------------------------------------------------------------------------------

    def local_variables(self, scope: Scope) -> dict[str, Any]:
        """The variables held by `scope` itself; those of the whole chain are loaded together."""
        local = self._variables.get(scope.id)
        if local is None:
            missing = [outer.id for outer in scope.chain() if outer.id not in self._variables]
            loaded = self._source.load_variables(missing)
            for scope_id in missing:
                self._variables[scope_id] = dict(loaded.get(scope_id, {}))
            local = self._variables[scope.id]
        return local

    def write_variable(self, scope: Scope, name: str, value: Any) -> None:
        """To the nearest scope outward that has the name, else to the process."""
        owner = scope
        for owner in scope.chain():
            if name in self.local_variables(owner):
                break
        self.write_local(owner, name, value)

    def writes_of(self, scope: Scope) -> VariableWrites:
        """Where an expression of the current step puts what it sets by `execution.setVariable`."""
        return self._asked_writes.setdefault(scope.id, (scope, VariableWrites()))[1]

    def write_what_was_asked(self) -> None:
        """Everything of the step has been evaluated: write what its expressions set."""
        if not self._asked_writes:
            return
        asked, self._asked_writes = self._asked_writes, {}
        for scope, writes in asked.values():
            for name, value in writes.local.items():
                self.write_local(scope, name, value)
            for name, value in writes.outward.items():
                self.write_variable(scope, name, value)

    def write_local(self, scope: Scope, name: str, value: Any) -> None:
        """Exactly into `scope`."""
        local = self.local_variables(scope)
        if name not in local:
            local[name] = value
            self.emit(events.VariableCreated(scope.id, name, value))
            return
        old = local[name]
        if type(old) is type(value) and not isinstance(value, (list, dict)) and old == value:
            return
        local[name] = value
        self.emit(events.VariableUpdated(scope.id, name, old, value))

    # --- incidents ---------------------------------------------------------------------------------------

    def raise_incident(self, token: Token, failure: StepFailure) -> None:
        """The token waits with an incident until it is resolved; what its step asked to be written is forgotten."""
        self._asked_writes.clear()
        token.incident_id = self.next_id()
        self.touch(token.workflow)
        self.emit(
            events.IncidentRaised(
                token.incident_id,
                token.id,
                token.workflow.id,
                token.task_spec.name,
                type=failure.type,
                message=failure.message,
                details=self._shown(failure.details),
            )
        )

    def _shown(self, details: dict[str, Any]) -> dict[str, Any]:
        """The details with their variables bounded, and sensitive ones hidden."""
        if "variables" not in details:
            return details
        return {**details, "variables": values.shown(details["variables"], self.sensitive)}

    # --- what SpiffWorkflow's BpmnWorkflow offers in public, right or refused --------------------------------

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
    def top_workflow(self) -> ProcessInstance:
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
    waiting_events = refused("BpmnWorkflow.waiting_events", "Token.timers")
    create_subprocess = refused("BpmnWorkflow.create_subprocess", "ProcessInstance.open_scope")
    delete_subprocess = refused("BpmnWorkflow.delete_subprocess", "ProcessInstance.cancel_scope_of")
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
