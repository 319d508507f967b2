"""A scope: the process itself, one run of a sub-process, or one instance of a loop, with its live tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from baton.bpm.execution import loops
from baton.bpm.execution.closing import Closing
from baton.bpm.execution.inherited import refused
from baton.bpm.execution.state import ScopeRecord
from baton.bpm.execution.token import Compensable, Phase, Token

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.flows import SequenceFlow
    from baton.bpm.execution.live_scopes import LiveScopes
    from baton.bpm.execution.specs import InstanceSpec, ProcessSpec


class ScopeState(msgspec.Struct, array_like=True, omit_defaults=True):
    """What is stored of a scope, as JSON."""

    tokens: list[list[Any]] = []
    ready: list[tuple[int, int]] = []
    steps: int = 0
    listeners: list[list[Any]] = []
    compensable: list[Compensable] = []
    resetting: dict[str, list[str]] = {}
    is_instance: bool = False
    is_kept: bool = False
    kept_scopes: list[int] = []
    closing: list[Closing] = []
    ending: str | None = None


_decode = msgspec.json.Decoder(ScopeState).decode


class Scope(BpmnSubWorkflow):
    """SpiffWorkflow's sub-workflow, holding live tokens only.

    A scope ends when it has no token left; tokens that wait at a join are live, `listeners` (event sub-processes) are
    not. `ready` (root only) lists `(scope id, token id)` that a bounded run left to be continued, `steps` how many
    steps it has made since the last wait state. `compensable` is what was completed, oldest first. `resetting` are
    complex gateways after their activation, with the flows that had brought a token. `is_instance`: one instance of a
    loop, its only token the activity itself. `is_kept`: completed, kept for compensation; `kept_scopes` are the ids
    of such scopes inside this one. `closing` (root only) is what was interrupted and ends by jobs, `ending` why the
    instance is terminated after that. `is_set_aside`: in this command nothing happens in it any more.
    """

    def __init__(
        self,
        instance: LiveScopes,
        spec: ProcessSpec | InstanceSpec,
        *,
        id: int,
        parent_id: int | None,
        parent_token_id: int | None,
        is_instance: bool = False,
    ) -> None:
        # BpmnSubWorkflow.__init__ would build the task tree.
        self.id = id
        self.instance = instance
        self.spec = spec
        self.parent_id = parent_id
        self.parent_token_id = parent_token_id
        self.is_instance = is_instance
        self.is_kept = False
        self.tokens: dict[int, Token] = {}
        self.listeners: dict[int, Token] = {}
        self.compensable: list[Compensable] = []
        self.resetting: dict[str, list[str]] = {}
        self.kept_scopes: list[int] = []
        self.closing: list[Closing] = []
        self.ending: str | None = None
        self.is_set_aside = False
        self.joins: dict[str, dict[str, list[Token]]] = {}
        self.ready: list[tuple[int, int]] = []
        self.steps = 0
        self.is_new = True
        self.is_changed = True
        self.has_children_loaded = False

    # --- persistence -------------------------------------------------------------------------------------

    def record(self) -> ScopeRecord:
        """What is stored of the scope."""
        state = ScopeState(
            tokens=[token.record() for token in self.tokens.values()],
            ready=self.ready,
            steps=self.steps,
            listeners=[token.record() for token in self.listeners.values()],
            compensable=self.compensable,
            resetting=self.resetting,
            is_instance=self.is_instance,
            is_kept=self.is_kept,
            kept_scopes=self.kept_scopes,
            closing=self.closing,
            ending=self.ending,
        )
        return ScopeRecord(
            id=self.id,
            parent_id=self.parent_id,
            parent_token_id=self.parent_token_id,
            element_id=self.spec.element_id,
            state=msgspec.json.encode(state),
        )

    @classmethod
    def restore(cls, instance: LiveScopes, record: ScopeRecord) -> Scope:
        """The inverse of `record`."""
        state = _decode(record.state)
        specs = instance.spec.instances if state.is_instance else instance.spec.scopes
        scope = cls(
            instance,
            specs[record.element_id],
            id=record.id,
            parent_id=record.parent_id,
            parent_token_id=record.parent_token_id,
            is_instance=state.is_instance,
        )
        scope.is_new = scope.is_changed = False
        scope.is_kept = state.is_kept
        scope.compensable, scope.resetting = state.compensable, state.resetting
        scope.ready, scope.steps, scope.kept_scopes = state.ready, state.steps, state.kept_scopes
        scope.closing, scope.ending = state.closing, state.ending
        for fields in state.listeners:
            scope.listen(Token.restore(scope, fields))
        for fields in state.tokens:
            token = Token.restore(scope, fields)
            if token.phase is Phase.JOINING:
                scope._file_join(token)
        return scope

    # --- tokens ------------------------------------------------------------------------------------------

    def listen(self, token: Token) -> None:
        """`token` is a listener: it does not keep the scope open."""
        self.listeners[token.id] = self.tokens.pop(token.id)

    def find(self, token_id: int) -> Token | None:
        """The token of that id, live or listening."""
        return self.tokens.get(token_id) or self.listeners.get(token_id)

    @property
    def may_have_children(self) -> bool:
        """True if a token in it may have opened scopes, or some are kept in it."""
        return bool(self.kept_scopes) or any(
            token.task_spec.opens_scopes or token.details.loop is not None for token in self.tokens.values()
        )

    def all_tokens(self) -> list[Token]:
        """Live tokens, then listeners."""
        return [*self.tokens.values(), *self.listeners.values()]

    # --- joins -------------------------------------------------------------------------------------------

    def add_joining(self, token: Token, flow_id: str) -> dict[str, list[Token]]:
        """Let `token` wait on `flow_id` before its join; returns who waits there, by flow."""
        token.flow = flow_id
        return self._file_join(token)

    def _file_join(self, token: Token) -> dict[str, list[Token]]:
        waiting = self.joins.setdefault(token.task_spec.name, {})
        waiting.setdefault(token.flow or "", []).append(token)
        return waiting

    def missing_flows(self, node: FlowNode) -> list[SequenceFlow]:
        """The incoming flows on which nobody waits before the join `node`."""
        waiting = self.joins.get(node.name, {})
        return [flow for flow in node.incoming if flow.id not in waiting]

    def remove(self, token: Token) -> None:
        """Take `token` out of the scope."""
        self.is_changed = True
        if self.listeners.pop(token.id, None) is not None:
            return
        del self.tokens[token.id]
        if token.phase is Phase.JOINING:
            waiting = self.joins[token.task_spec.name]
            queue = waiting[token.flow or ""]
            queue.remove(token)
            if not queue:
                del waiting[token.flow or ""]
                if not waiting:
                    del self.joins[token.task_spec.name]

    # --- variables ---------------------------------------------------------------------------------------

    def visible_variables(self, local: int | None = None) -> Mapping[str, Any]:
        """What an expression in this scope sees: inner names hide outer ones; `local` are a token's own."""
        return VisibleVariables(self, local)

    def carried_variables(self, local: int | None = None) -> dict[str, Any]:
        """The same for another instance, to which a loop's counters mean nothing: there they would be variables."""
        return dict(_CarriedVariables(self, local))

    @property
    def surroundings(self) -> int | None:
        """The variables of the activity that this scope is inside of, if it has some of its own (its inputs)."""
        if self.parent_id is None or self.parent_token_id is None:
            return None
        token = self.instance.scope(self.parent_id).tokens.get(self.parent_token_id)
        return token.details.local if token is not None else None

    def chain(self) -> Iterator[Scope]:
        """This scope, then outward to the process."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = self.instance.scope(scope.parent_id) if scope.parent_id is not None else None

    # --- what SpiffWorkflow's BpmnSubWorkflow offers in public, right or refused ----------------------------

    @property
    def depth(self) -> int:
        """0 for the process, 1 in its sub-processes, and so on."""
        return sum(1 for _ in self.chain()) - 1

    @property
    def top_workflow(self) -> LiveScopes:
        return self.instance

    @top_workflow.setter
    def top_workflow(self, value: Any) -> None:
        refused("BpmnSubWorkflow.top_workflow", "Scope.instance")()

    @property
    def parent_workflow(self) -> Scope | None:
        """The enclosing scope."""
        return self.instance.scope(self.parent_id) if self.parent_id is not None else None

    @property
    def parent_task_id(self) -> int | None:
        """The sub-process's token in the enclosing scope."""
        return self.parent_token_id

    @property
    def data(self) -> Mapping[str, Any]:
        return self.visible_variables()

    def get_data(self, name: str, default: Any = None) -> Any:
        """One visible variable."""
        return self.visible_variables().get(name, default)

    def is_completed(self) -> bool:
        """True when no token is live."""
        return not self.tokens

    def manual_input_required(self) -> bool:
        """True if a token waits for a person."""
        return any(
            token.task_spec.manual and token.phase in (Phase.WAITING, Phase.ARMED) for token in self.tokens.values()
        )

    def get_task_from_id(self, task_id: int) -> Token:
        """The live token of that id; KeyError if it is gone."""
        return self.tokens[task_id]

    def get_tasks(self, *args: Any, **kwargs: Any) -> list[Token]:
        """All live tokens of this scope; SpiffWorkflow's filters are refused."""
        if args or kwargs:
            refused("get_tasks with filters", "the scope's tokens")()
        return list(self.tokens.values())

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ids for a log line; no variable values."""
        return {**(dct or {}), "scope_id": self.id, "element_id": self.spec.element_id}

    @property
    def data_objects(self) -> Mapping[str, Any]:
        """Data objects are variables here."""
        return self.visible_variables()

    @property
    def script_engine(self) -> Any:
        return refused("BpmnSubWorkflow.script_engine", "baton.bpm.expressions")()

    set_data = refused("BpmnSubWorkflow.set_data", "the command SetVariables")
    cancel = refused("BpmnSubWorkflow.cancel", "the command TerminateProcessInstance")
    deserialize = refused("BpmnSubWorkflow.deserialize", "Scope.restore")
    serialize = refused("BpmnSubWorkflow.serialize", "Scope.record")
    dump = refused("BpmnSubWorkflow.dump", "Scope.record")
    get_dump = refused("BpmnSubWorkflow.get_dump", "Scope.record")
    get_next_task = refused("BpmnSubWorkflow.get_next_task", "Scope.tokens")
    get_task_mapping = refused("BpmnSubWorkflow.get_task_mapping", "Scope.tokens")
    get_tasks_iterator = refused("BpmnSubWorkflow.get_tasks_iterator", "Scope.tokens")
    reset_from_task_id = refused("BpmnSubWorkflow.reset_from_task_id", "ProcessInstance.handle")
    run_all = refused("BpmnSubWorkflow.run_all", "ProcessInstance.handle")
    run_next = refused("BpmnSubWorkflow.run_next", "ProcessInstance.handle")
    run_task_from_id = refused("BpmnSubWorkflow.run_task_from_id", "ProcessInstance.handle")
    update_waiting_tasks = refused("BpmnSubWorkflow.update_waiting_tasks", "ProcessInstance.handle")


class VisibleVariables(Mapping[str, Any]):
    """A read-only view of the scope chain; nothing is copied."""

    __slots__ = ("_local", "_scope")

    def __init__(self, scope: Scope, local: int | None) -> None:
        self._scope = scope
        self._local = local

    def _layers(self) -> Iterator[Mapping[str, Any]]:
        instance = self._scope.instance
        if self._local is not None:
            yield instance.collection(self._local)
        for scope in self._scope.chain():
            yield instance.local_variables(scope)
            if scope.is_instance:
                yield self._counters(scope)
            surroundings = scope.surroundings
            if surroundings is not None:
                yield instance.collection(surroundings)

    def _counters(self, scope: Scope) -> Mapping[str, Any]:
        return loops.counters(scope.instance, scope)

    def __getitem__(self, name: str) -> Any:
        for layer in self._layers():
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers())

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for layer in self._layers():
            for name in layer:
                if name not in seen:
                    seen.add(name)
                    yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _CarriedVariables(VisibleVariables):
    def _counters(self, scope: Scope) -> Mapping[str, Any]:
        return {}
