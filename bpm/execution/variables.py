"""Variables of a running instance: looked up outward, loaded when touched, written with an event each.

Scopes hold variables; so do collections, which hold nothing else: an activity's own variables, the items and the
outputs of a loop. An event is told of each change, and conditions are asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from baton.bpm.definition.elements import DataMapping
from baton.bpm.execution import conditions, events
from baton.bpm.execution.state import StateSource
from baton.bpm.execution.treeless import TreelessWorkflow
from baton.bpm.expressions import VariableWrites

if TYPE_CHECKING:
    from baton.bpm.execution.scope import Scope
    from baton.bpm.execution.token import Token


class VariableScopes(TreelessWorkflow):
    """The part of a process instance that keeps variables. `removed` are ids of what is gone since it was stored."""

    next_id: Callable[[], int]

    def keep_variables(self, source: StateSource) -> None:
        """Nothing is held yet; `source` yields what is stored."""
        self.source = source
        self.unsettled_conditions = conditions.Unsettled()
        self.removed: list[int] = []
        self._variables: dict[int, dict[str, Any]] = {}
        self._appended: dict[int, dict[str, Any]] = {}
        self._blocks: dict[tuple[int, str], Any] = {}
        self._stores: dict[str, Any] = {}
        self._asked_writes: dict[int, tuple[Scope, VariableWrites]] = {}

    def emit(self, event: events.Event) -> None:
        """Tell what happened."""
        raise LookupError(event)

    # --- variables ---------------------------------------------------------------------------------------

    def local_variables(self, scope: Scope) -> dict[str, Any]:
        """The variables held by `scope` itself; those of the whole chain are loaded together."""
        local = self._variables.get(scope.id)
        if local is None:
            missing = [outer.id for outer in scope.chain() if outer.id not in self._variables]
            loaded = self.source.load_variables(missing)
            for scope_id in missing:
                self._variables[scope_id] = dict(loaded.get(scope_id, {}))
            local = self._variables[scope.id]
        return local

    def write_for(self, token: Token, name: str, value: Any) -> None:
        """To the token's own variables if it has the name, else outward from its scope."""
        local = token.details.local
        if local is not None and name in self.collection(local):
            self.write_into(local, name, value)
        else:
            self.write_variable(token.workflow, name, value)

    def write_results(self, token: Token, variables: Mapping[str, Any]) -> None:
        """What a person or worker gave back: outward, or kept by the activity if only its mappings lead out."""
        element = token.task_spec.element
        if getattr(element, "only_mapped_out", False) or getattr(element, "connector", None) is not None:
            local = token.detail().local = token.details.local or self.new_collection()
            for name, value in variables.items():
                self.write_into(local, name, value, owner=token.id)
            return
        for name, value in variables.items():
            self.write_for(token, name, value)

    def write_variable(self, scope: Scope, name: str, value: Any) -> None:
        """To the nearest scope outward, or activity around one, that has the name, else to the process."""
        owner = scope
        for owner in scope.chain():
            if name in self.local_variables(owner):
                break
            around = owner.surroundings
            if around is not None and name in self.collection(around):
                self.write_into(around, name, value)
                return
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
        self._write(scope.id, self.local_variables(scope), name, value)

    def _write(self, scope_id: int, local: dict[str, Any], name: str, value: Any, owner: int | None = None) -> None:
        kind = "update" if name in local else "create"
        if name not in local:
            local[name] = value
            self.emit(events.VariableCreated(scope_id, name, value, owner))
        else:
            old = local[name]
            if type(old) is type(value) and not isinstance(value, (list, dict)) and old == value:
                return
            local[name] = value
            self.emit(events.VariableUpdated(scope_id, name, old, value))
        self.unsettled_conditions.changed(scope_id, name, kind)

    def read_store(self, name: str) -> Any:
        """What is in the data store, as this command sees it."""
        if name not in self._stores:
            self._stores[name] = self.source.load_data_store(name)
        return self._stores[name]

    def write_mapped(self, token: Token, mapping: DataMapping, value: Any) -> None:
        """The value of an output: to a data store, into the loop's instance, else outward from the scope."""
        if mapping.to_store:
            self._stores[mapping.target] = value
            self.emit(events.DataStoreWritten(token.workflow.id, token.task_spec.name, mapping.target, value))
        elif token.workflow.is_instance:
            self.write_local(token.workflow, mapping.target, value)
        else:
            self.write_variable(token.workflow, mapping.target, value)

    # --- collections: scopes that hold only variables -----------------------------------------------------

    def new_collection(self) -> int:
        """An empty one; its id."""
        collection_id = self.next_id()
        self._variables[collection_id] = {}
        return collection_id

    def collection(self, collection_id: int) -> dict[str, Any]:
        """All variables of it, loaded when first touched."""
        held = self._variables.get(collection_id)
        if held is None:
            loaded = self.source.load_variables([collection_id])
            # What this run has appended is not stored yet.
            appended = self._appended.get(collection_id, {})
            held = self._variables[collection_id] = {**loaded.get(collection_id, {}), **appended}
        return held

    def write_into(self, collection_id: int, name: str, value: Any, *, owner: int | None = None) -> None:
        """One variable of it; all are loaded. `owner` is the token whose own it is."""
        self._write(collection_id, self.collection(collection_id), name, value, owner)

    def append_to(self, collection_id: int, name: str, value: Any) -> None:
        """A new variable of it, without loading the others."""
        held = self._variables.get(collection_id)
        if held is None:
            held = self._appended.setdefault(collection_id, {})
        held[name] = value
        self.emit(events.VariableCreated(collection_id, name, value))

    def item_of(self, collection_id: int, name: str) -> Any:
        """One variable of it, which never changes, without loading the others."""
        held = self._variables.get(collection_id)
        if held is not None:
            return held[name]
        key = collection_id, name
        if key not in self._blocks:
            self._blocks[key] = self.source.load_variable(collection_id, name)
        return self._blocks[key]

    def drop_collection(self, collection_id: int) -> None:
        """It is not needed any more."""
        self._variables.pop(collection_id, None)
        self.removed.append(collection_id)
