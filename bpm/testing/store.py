"""What an instance reads and writes, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from baton.bpm.execution import events
from baton.bpm.execution.state import ScopeRecord, StateChanges


class InMemoryStore:
    """A `StateSource` of plain dictionaries, kept by applying changes and events."""

    def __init__(self, root_id: int) -> None:
        self.root_id = root_id
        self.scopes: dict[int, ScopeRecord] = {}
        self.variables: dict[int, dict[str, Any]] = {}
        self.subscriptions: dict[int, events.SubscriptionOpened] = {}
        self.data_stores: dict[str, Any] = {}

    def load_scope(self, scope_id: int) -> ScopeRecord:
        return self.scopes[scope_id]

    def load_children(self, scope_id: int, token_id: int) -> list[ScopeRecord]:
        return [
            record
            for record in self.scopes.values()
            if record.parent_id == scope_id and record.parent_token_id == token_id
        ]

    def load_children_of(self, scope_ids: Sequence[int]) -> list[ScopeRecord]:
        wanted = set(scope_ids)
        return [record for record in self.scopes.values() if record.parent_id in wanted]

    def load_children_after(self, scope_id: int, token_id: int, after: int, most: int) -> list[ScopeRecord]:
        found = [record for record in self.load_children(scope_id, token_id) if record.id > after]
        return sorted(found, key=lambda record: record.id)[:most]

    def load_variables(self, scope_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return {scope_id: self.variables.get(scope_id, {}) for scope_id in scope_ids}

    def load_variable(self, scope_id: int, name: str) -> Any:
        return self.variables.get(scope_id, {}).get(name)

    def load_data_store(self, name: str) -> Any:
        return self.data_stores.get(name)

    def find_subscriptions(self, kind: str, name: str | None) -> list[int]:
        return [
            opened.scope_id for opened in self.subscriptions.values() if opened.kind == kind and opened.name == name
        ]

    def apply(self, changes: StateChanges, happened: Sequence[events.Event]) -> None:
        """Write what one command changed."""
        for record in (*changes.created, *changes.updated):
            self.scopes[record.id] = record
        for event in happened:
            if isinstance(event, (events.VariableCreated, events.VariableUpdated)):
                self.variables.setdefault(event.scope_id, {})[event.name] = event.value
            elif isinstance(event, events.DataStoreWritten):
                self.data_stores[event.name] = event.value
            elif isinstance(event, events.SubscriptionOpened):
                self.subscriptions[event.subscription_id] = event
            elif isinstance(event, events.SubscriptionClosed):
                del self.subscriptions[event.subscription_id]
        for scope_id in changes.removed:
            self.scopes.pop(scope_id, None)
            if scope_id != self.root_id:
                self.variables.pop(scope_id, None)
