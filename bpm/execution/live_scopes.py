"""Live scopes of a running instance: opened, loaded when touched, written when they changed, forgotten.

What happens in them is the token game, in `process_instance`.
"""

from __future__ import annotations

from collections.abc import Iterable

from baton.bpm.execution import events
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.specs import InstanceSpec, ProcessSpec
from baton.bpm.execution.state import ScopeRecord, StateChanges, StateSource
from baton.bpm.execution.token import Token
from baton.bpm.execution.variables import VariableScopes

SCOPES_PER_QUESTION = 500


class LiveScopes(VariableScopes):
    """The part of a process instance that keeps scopes; `scopes` are those that were touched, by id."""

    def keep_scopes(self, source: StateSource) -> None:
        """Nothing is held yet; `source` yields what is stored."""
        self.keep_variables(source)
        self.scopes: dict[int, Scope] = {}
        self._children: dict[tuple[int | None, int | None], dict[int, Scope]] = {}
        self._set_aside: list[Scope] = []
        self.unsettled: dict[int, Scope] = {}

    # --- opening -----------------------------------------------------------------------------------------

    def open_root(self) -> Scope:
        """The process's own scope, new."""
        scope = self._hold(Scope(self, self.spec, id=self.id, parent_id=None, parent_token_id=None))
        self._variables[scope.id] = {}
        return scope

    def new_scope(self, token: Token, spec: ProcessSpec | InstanceSpec) -> Scope:
        """A scope that `token` opens; an instance of a loop if `spec` is one."""
        parent = token.workflow
        scope = Scope(
            self,
            spec,
            id=self.next_id(),
            parent_id=parent.id,
            parent_token_id=token.id,
            is_instance=isinstance(spec, InstanceSpec),
        )
        self._hold(scope)
        self._variables[scope.id] = {}
        self.emit(events.ScopeOpened(scope.id, parent.id, token.id, spec.element_id))
        return scope

    # --- held and stored ---------------------------------------------------------------------------------

    def scope(self, scope_id: int) -> Scope:
        """The scope of that id, loaded when first touched. `LookupError` if it is gone."""
        scope = self.scopes.get(scope_id)
        if scope is None:
            if scope_id in self.removed:
                raise LookupError(scope_id)
            scope = self.hold_stored(self.source.load_scope(scope_id))
        return scope

    def hold_stored(self, record: ScopeRecord) -> Scope:
        """A stored scope, to be worked with."""
        return self._hold(Scope.restore(self, record))

    def _hold(self, scope: Scope) -> Scope:
        self.scopes[scope.id] = scope
        self._children.setdefault((scope.parent_id, scope.parent_token_id), {})[scope.id] = scope
        return scope

    def touch(self, scope: Scope) -> None:
        """The scope changes: it is written, and its joins are decided again."""
        scope.is_changed = True
        self.unsettled[scope.id] = scope

    def set_aside(self, scopes: Iterable[Scope]) -> None:
        """Nothing happens in these scopes any more; what has changed in them is still written."""
        for scope in scopes:
            scope.is_set_aside = True
            self._unhold(scope)
            self._set_aside.append(scope)

    def forget(self, scope: Scope) -> None:
        """The scope is gone, with its variables and with what was kept in it for compensation."""
        for kept_id in scope.kept_scopes:
            self.forget(self.scope(kept_id))
        self._unhold(scope)
        self._variables.pop(scope.id, None)
        self.removed.append(scope.id)

    def _unhold(self, scope: Scope) -> None:
        del self.scopes[scope.id]
        del self._children[scope.parent_id, scope.parent_token_id][scope.id]
        self.unsettled.pop(scope.id, None)

    def child_scopes(self, parent: Scope, token: Token) -> list[Scope]:
        """The scopes opened by `token` of `parent`, oldest first, that are not kept for compensation."""
        if not parent.is_new and not parent.has_children_loaded:
            self._hold_stored(self.source.load_children(parent.id, token.id))
        held = self._children.get((parent.id, token.id), {})
        return [scope for _, scope in sorted(held.items()) if not scope.is_kept]

    def _hold_stored(self, records: Iterable[ScopeRecord]) -> None:
        gone = set(self.removed)
        for record in records:
            if record.id not in self.scopes and record.id not in gone:
                self.hold_stored(record)

    def load_children_of(self, scopes: list[Scope]) -> None:
        """All that was opened in these scopes, by few questions instead of one each."""
        stored = [scope for scope in scopes if not scope.is_new and not scope.has_children_loaded]
        for first in range(0, len(stored), SCOPES_PER_QUESTION):
            asked = stored[first : first + SCOPES_PER_QUESTION]
            self._hold_stored(self.source.load_children_of([scope.id for scope in asked]))
            for scope in asked:
                scope.has_children_loaded = True

    def take_changes(self) -> StateChanges:
        """The scopes to write since the last call."""
        changed = [scope for scope in (*self.scopes.values(), *self._set_aside) if scope.is_changed]
        changes = StateChanges(
            created=tuple(scope.record() for scope in changed if scope.is_new),
            updated=tuple(scope.record() for scope in changed if not scope.is_new),
            removed=tuple(self.removed),
        )
        for scope in changed:
            scope.is_new = scope.is_changed = False
        self.removed = []
        self._set_aside = []
        self._appended = {}
        self._blocks = {}
        return changes
