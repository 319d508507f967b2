"""A running process instance: the token game, one command at a time.

`handle(command, now)` changes the live state and returns what happened. Invariants:
1. A command either is rejected before anything changes, or all its events hold.
2. A step (one flow node's execution or leaving) evaluates first and changes after, so a failing step
   changes nothing; it leaves an incident on its token.
3. Only live tokens are kept, and completed scopes that may have to be compensated. What happened is in the events
   and nowhere else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from baton.bpm import values
from baton.bpm.execution import (
    closing,
    command_handlers,
    compensation,
    conditions,
    continuations,
    events,
    joins,
    listeners,
    loops,
    triggers,
)
from baton.bpm.execution.commands import Command
from baton.bpm.execution.decisions import NO_DECISIONS, DecisionSource
from baton.bpm.execution.elements.flow_node import FlowNode
from baton.bpm.execution.failure import StepFailure, shown
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.listeners import Stage
from baton.bpm.execution.live_scopes import LiveScopes
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.specs import ProcessSpec
from baton.bpm.execution.state import Caller, StateSource
from baton.bpm.execution.token import LEAVING, READY, Phase, Token, TriggerKind

UTC = ZoneInfo("UTC")


class ProcessInstance(LiveScopes):
    """SpiffWorkflow's workflow without its tree and scheduler.

    `id` is also the id of the root scope. `next_id` yields new ids; `source` yields stored scopes and variables when
    they are touched, `decisions` what business rule tasks call; `caller` is set if a call activity waits for this
    instance. After a rejection the instance is as before; after any other error throw it away.
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
        caller: Caller | None = None,
        sensitive: values.SensitiveNames = values.NONE_SENSITIVE,
        decisions: DecisionSource = NO_DECISIONS,
        definition_id: str = "",
    ) -> None:
        # BpmnWorkflow.__init__ would build the task tree and an evaluating script engine.
        self.spec = spec
        self.id = id
        self.next_id = next_id
        self.business_key = business_key
        self.limits = limits or RunLimits()
        self.zone = zone
        self.caller = caller
        self.sensitive = sensitive
        self.decisions = decisions
        self.definition_id = definition_id
        self.now: datetime
        self.user: str | None = None
        self.groups: tuple[str, ...] = ()
        self.keep_scopes(source)
        self.may_end = self.limits.children_at_once
        self._charged = 0
        self._events: list[events.Event] = []
        self._ready: deque[Token] = deque()
        self._has_loaded_conditions = False
        self.brought: dict[str, dict[str, Any]] = {}

    # --- the one entry -----------------------------------------------------------------------------------

    def handle(
        self, command: Command, now: datetime, user: str | None = None, groups: tuple[str, ...] = ()
    ) -> list[events.Event]:
        """Do what `command` says at `now` (aware UTC) and return the events in order; `groups` are those of `user`.

        Raises `WrongState`, `NotFound` or `InvalidCommand` (nothing changed) if the command does not fit.
        """
        self.now = now
        self.user = user
        self.groups = groups
        self._stores.clear()
        self.brought.clear()
        self._events = []
        self._has_loaded_conditions = False
        self.may_end = self.limits.children_at_once
        command_handlers.HANDLERS[type(command)](self, command)
        self.write_what_was_asked()
        self._advance()
        return self._events

    # --- running -----------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Run ready tokens until none is left or the run's bound is reached."""
        ready, limits = self._ready, self.limits
        monotonic = limits.monotonic
        deadline = monotonic() + limits.seconds if monotonic else 0.0
        steps = self._charged = 0
        # What becomes true in one step may be false after the next: it happens at once, before what else is ready.
        ask_conditions = self.spec.has_conditions
        while True:
            while ready:
                if steps + self._charged >= limits.steps or (
                    monotonic and not steps & 15 and steps and monotonic() > deadline
                ):
                    self._pause(steps)
                    return
                token = ready.popleft()
                if token.workflow.tokens.get(token.id) is token or self.is_alive(token):
                    steps += 1
                    self._step(token)
                    if ask_conditions:
                        conditions.settle(self)
            if not joins.settle(self) and not conditions.settle(self):
                break
        joins.find_stuck(self)
        self.unsettled.clear()
        root = self.scopes.get(self.id)
        if root is not None and root.steps:
            root.steps = 0
            root.is_changed = True

    def _step(self, token: Token) -> None:
        try:
            # The usual ones first, and by identity: this runs for every flow node.
            phase = token.phase
            if phase is READY:
                node = token.task_spec
                if not (node.is_surrounded or token.has_details) or self._may_begin(token):
                    node.execute(self, token)
            elif phase is LEAVING:
                self.leave(token)
            elif phase is Phase.MAPPING:
                self.finish(token)
            elif phase is Phase.SPAWNING:
                loops.spawn(self, token)
            elif phase is Phase.OPENING:
                token.task_spec.open(self, token)
            if self._asked_writes:
                self.write_what_was_asked()
        except StepFailure as failure:
            if self.is_alive(token):
                self.raise_incident(token, failure)

    def _may_begin(self, token: Token) -> bool:
        """False if the token waits before the node's work: for the job that goes on here, or for a listener."""
        return continuations.passed(self, token, Stage.BEFORE) and listeners.heard_before(self, token)

    def _may_leave(self, token: Token) -> bool:
        """The same after it; a token whose event had happened when it came did not pass what comes before."""
        return (
            continuations.passed(self, token, Stage.BEFORE)
            and listeners.heard_after(self, token)
            and continuations.passed(self, token, Stage.AFTER)
        )

    def is_alive(self, token: Token) -> bool:
        """False for a token that went, or was interrupted, while something else was done."""
        return token.workflow.find(token.id) is token and not token.workflow.is_set_aside

    def _pause(self, steps: int) -> None:
        """Keep what is ready in the state, for a job to continue; or call it an endless loop."""
        # Changed variables are not remembered: conditions that read them are asked now.
        while joins.settle(self) or conditions.settle(self):
            pass
        joins.find_stuck(self)
        self.unsettled.clear()
        root = self.scope(self.id)
        root.is_changed = True
        root.steps += steps
        pending = [token for token in self._ready if self.is_alive(token)]
        self._ready.clear()
        if root.steps >= self.limits.steps_without_wait:
            made, root.steps = root.steps, 0
            for token in pending:
                self.raise_incident(token, _endless(token, made))
            return
        root.ready += [(token.workflow.id, token.id) for token in pending]
        self.emit(events.ContinuationScheduled(self.next_id()))

    def load_conditions(self) -> None:
        """Load, once per command, the scopes in which a condition was open before it."""
        if self._has_loaded_conditions:
            return
        self._has_loaded_conditions = True
        for scope_id in self.source.find_subscriptions(TriggerKind.CONDITION.value, None):
            try:
                self.live_scope(scope_id)
            except LookupError:
                continue  # it has just ended

    def charge(self, steps: int) -> None:
        """Count what one step did as so many: a transaction is bounded by what it writes."""
        self._charged += steps

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
        token = Token(scope, node, self.next_id(), READY)
        scope.is_changed = True
        self.unsettled[scope.id] = scope
        self._events.append(events.FlowNodeActivated(token.id, scope.id, node.name))
        self._ready.append(token)
        return token

    def activate_happened(self, node: FlowNode, scope: Scope) -> Token:
        """A new instance of an event node, whose event has just happened: it only gives its outputs and leaves."""
        token = self.activate(node, scope)
        token.phase = Phase.MAPPING if node.element_outputs else LEAVING
        self.take_brought(token, node)
        if node.listeners:
            listeners.happened(token)
        return token

    def take_brought(self, token: Token, event: FlowNode) -> None:
        """What came with `event` are variables of the token's own."""
        brought = self.brought.pop(event.name, None)
        if brought:
            local = token.detail().local = self.new_collection()
            for name, value in brought.items():
                self.write_into(local, name, value, owner=token.id)

    def finish(self, token: Token) -> None:
        """The activity's work is done in this step: its outputs are written, then it leaves."""
        if self._has_outputs(token):
            token.phase = Phase.MAPPING
            token.task_spec.map_outputs(self, token)
        token.phase = LEAVING
        self.leave(token)

    def leave(self, token: Token) -> None:
        """The flow node is done: its token goes out by the chosen flows. `StepFailure` if none can be chosen."""
        node, scope = token.task_spec, token.workflow
        if (node.is_surrounded or token.has_details) and not self._may_leave(token):
            return
        if scope.is_instance and node.name == scope.spec.element_id:
            loops.leave(self, token)
            return
        chosen = node.choose(self, token)
        if not chosen and scope.parent_id is None and self.spec.listeners and not listeners.heard_last(self, token):
            return
        if not chosen and scope.spec.is_ad_hoc:
            scope.spec.activity.collect(self, scope, token)
        if node.takes_are_heard:
            listeners.take(self, token, chosen)
        if self._asked_writes:
            self.write_what_was_asked()
        self.remove(token)
        emit = self._events.append
        emit(events.FlowNodeCompleted(token.id, scope.id, node.name))
        if node.has_afterwork:
            node.completed(self, token)
        for flow in chosen:
            emit(events.SequenceFlowTaken(flow.id, scope.id))
            flow.target.arrive(self, scope, flow)
        if token.has_details and token.details.compensator is not None:
            compensation.handled(self, token.details.compensator)
        if not scope.tokens or scope.spec.is_ad_hoc:
            self.close_if_done(scope)

    def close_if_done(self, scope: Scope) -> None:
        """A scope without live tokens is complete; one that is kept for compensation is so already."""
        if scope.id not in self.scopes:
            return
        if scope.is_kept:
            # A handler that nobody waited for may have been the last that the scope around waited for.
            if not scope.tokens and scope.parent_id is not None:
                self.close_if_done(self.scope(scope.parent_id))
        elif scope.spec.is_ad_hoc:
            scope.spec.activity.something_done(self, scope)
        elif not self.is_busy(scope):
            self.close_scope(scope)

    def is_busy(self, scope: Scope) -> bool:
        """True if a token is live in the scope, or in one that is kept in it and is being compensated."""
        return bool(scope.tokens) or any(self.is_busy(self.scope(kept_id)) for kept_id in scope.kept_scopes)

    def end(self, token: Token) -> None:
        """An end event is done in this very step; its scope may close."""
        scope = token.workflow
        self.remove(token)
        self.emit(events.FlowNodeCompleted(token.id, scope.id, token.task_spec.name))

    def done(self, token: Token) -> None:
        """What the token waited for has come: nothing else of it stays open, and it leaves as the next step."""
        triggers.close_all(self, token)
        token.phase = Phase.MAPPING if self._has_outputs(token) else LEAVING
        self.make_ready(token)

    def go_on(self, token: Token, before_work: bool) -> None:
        """A worker was listener: the token's node begins its work, or leaves."""
        token.phase = Phase.READY if before_work else Phase.LEAVING
        self.make_ready(token)

    def _has_outputs(self, token: Token) -> bool:
        """True if there are outputs to write; those of a loop are its instances'."""
        node = token.task_spec
        if not node.element_outputs:
            return False
        return node.loop is None or token.workflow.is_instance

    def remove(self, token: Token) -> None:
        """Take the token out of its scope; its incident, if any, and its own variables go with it."""
        if token.incident_id is not None:
            self.emit(events.IncidentCancelled(token.incident_id, token.id, token.workflow.id, token.task_spec.name))
        scope = token.workflow
        scope.remove(token)
        self.unsettled[scope.id] = scope
        if token.has_details and token.details.local is not None:
            self.drop_collection(token.details.local)

    # --- scopes ------------------------------------------------------------------------------------------

    def live_scope(self, scope_id: int) -> Scope:
        """The same for who comes from outside: `LookupError` also if it is closing."""
        scope = self.scope(scope_id)
        if closed := closing.closing_with(self, scope):
            self.set_aside(closed)
            raise LookupError(scope_id)
        return scope

    def set_aside(self, scopes: Iterable[Scope]) -> None:
        """Nothing happens in these scopes any more; what has changed in them is still written."""
        super().set_aside(scopes)
        alive = [token for token in self._ready if not token.workflow.is_set_aside]
        self._ready.clear()
        self._ready.extend(alive)

    def open_scope(self, token: Token, spec: ProcessSpec, starts: Iterable[FlowNode] | None = None) -> None:
        """The sub-process of `token` begins, at `starts` if they are given (their events have happened)."""
        scope = self.new_scope(token, spec)
        for name in spec.local_variables:
            self.write_local(scope, name, None)
        self.listen(scope)
        if starts is None:
            for node in spec.starts:
                self.activate(node, scope)
        else:
            for node in starts:
                self.activate_happened(node, scope)
        for node in spec.unbidden:
            self.activate(node, scope)
        self.close_if_done(scope)

    def listen(self, scope: Scope) -> None:
        """The event sub-processes of a new scope begin to listen, before anything else in it happens."""
        for node in scope.spec.event_sub_processes:
            listener = Token(scope, node, self.next_id(), Phase.OPENING)
            scope.listen(listener)
            self.make_ready(listener)

    def close_listeners(self, scope: Scope) -> None:
        """No event sub-process of the scope can begin any more."""
        for listener in list(scope.listeners.values()):
            if listener.id in scope.listeners and listener.host_id is None:
                triggers.close_all(self, listener)
                self.remove(listener)

    def close_scope(self, scope: Scope) -> None:
        """No live token is left: the scope is complete, and so is the activity or the process it belongs to."""
        self.close_listeners(scope)
        if scope.parent_id is None:
            if scope.closing:
                return  # it ends when they are closed
            self.forget(scope)
            self.emit(events.ProcessInstanceCompleted())
            return
        self.emit(events.ScopeClosed(scope.id, scope.spec.element_id))
        assert scope.parent_token_id is not None
        token = self.scope(scope.parent_id).tokens[scope.parent_token_id]
        if compensation.is_worth_keeping(scope):
            scope.is_kept = scope.is_changed = True
            token.detail().kept = scope.id
        elif self._has_outputs(token):
            # Its variables are what the outputs are made of.
            scope.is_kept = scope.is_changed = True
            token.detail().inner = scope.id
        else:
            self.forget(scope)
        token.task_spec.scope_closed(self, token)

    # --- cancelling --------------------------------------------------------------------------------------

    def cancel_token(self, token: Token) -> None:
        """The flow node is interrupted, with everything in it."""
        node, scope = token.task_spec, token.workflow
        self.may_end -= 1
        triggers.close_all(self, token)
        if token.phase is Phase.DEFERRED:
            continuations.cancel(self, token)
        elif token.details.listening is not None:
            self.emit(events.JobCancelled(token.job_id or 0, token.id, scope.id, node.name))
        elif token.details.loop is not None:
            loops.cancel(self, token)
        else:
            node.cancel(self, token)
        for kept_id in (token.details.kept, token.details.inner):
            if kept_id is not None:
                self.forget(self.scope(kept_id))
        self.remove(token)
        if token.phase not in (Phase.JOINING, Phase.ARMED):
            self.emit(events.FlowNodeCancelled(token.id, scope.id, node.name))

    def cancel_others(self, survivor: Token) -> None:
        """Everything in the survivor's scope but the survivor is interrupted."""
        self.cancel_all(survivor.workflow, survivor)

    def cancel_scopes_of(self, token: Token) -> None:
        """Everything in the scopes that `token` (a sub-process, a loop) opened is interrupted."""
        if closing.is_under_way(self, token):
            return
        if closing.has_too_many(self, token):
            closing.begin(self, token)
            return
        scopes = self.child_scopes(token.workflow, token)
        if closing.are_too_many(self, token, scopes):
            closing.begin(self, token)
            return
        self.load_children_of([scope for scope in scopes if scope.may_have_children])
        for scope in scopes:
            self.cancel_scope(scope)

    def cancel_scope(self, scope: Scope) -> None:
        """Everything in the scope is interrupted, and it is gone."""
        self.close_listeners(scope)
        self.cancel_all(scope, None)
        self.forget(scope)
        self.emit(events.ScopeClosed(scope.id, scope.spec.element_id))

    def terminate(self, reason: str) -> None:
        """Everything in the instance is interrupted."""
        root = self.scope(self.id)
        self.close_listeners(root)
        self.cancel_all(root, None)
        if root.closing:
            root.ending = reason
        else:
            self.end_terminated(reason)

    def end_terminated(self, reason: str) -> None:
        """Nothing of the instance is left."""
        self.forget(self.scope(self.id))
        self.emit(events.ProcessInstanceTerminated(reason))

    def cancel_all(self, scope: Scope, survivor: Token | None) -> None:
        """Every live token of the scope but `survivor` is interrupted, and so is what is being compensated in it."""
        for token in list(scope.tokens.values()):
            # An armed boundary event goes with its activity.
            if token is not survivor and token.id in scope.tokens:
                self.cancel_token(token)
        for kept_id in scope.kept_scopes:
            self.cancel_all(self.scope(kept_id), survivor)

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
                details=shown(failure.details, self.sensitive),
            )
        )


def _endless(token: Token, steps: int) -> StepFailure:
    title, loop = token.task_spec.title, token.details.loop
    message = f"{steps} steps without a wait state: '{title}' is part of an endless loop"
    if loop is not None and loop.total is not None:
        message = f"{steps} steps in a row: '{title}' has begun {loop.created} of {loop.total} instances"
    return StepFailure("endless_loop", message, {"steps": steps})
