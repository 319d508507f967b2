"""How a live process instance is kept between commands: one record per scope, loaded when touched.

The definition is never part of it, nor is what happened; variables are records of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec


class ScopeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One process, or one run of an embedded sub-process.

    `id` of the root scope is the process instance's id. `state` is the kernel's own bytes (JSON).
    """

    id: int
    parent_id: int | None
    parent_token_id: int | None
    element_id: str
    state: bytes


class StateChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What to write after a command: new scopes, changed ones, and the ids of ended ones."""

    created: tuple[ScopeRecord, ...] = ()
    updated: tuple[ScopeRecord, ...] = ()
    removed: tuple[int, ...] = ()


class StateSource(Protocol):
    """Where scopes and variables come from; rows of a database or memory."""

    def load_scope(self, scope_id: int) -> ScopeRecord:
        """The scope's record."""
        ...

    def load_children(self, scope_id: int, token_id: int) -> Iterable[ScopeRecord]:
        """The scopes that the token of that scope opened."""
        ...

    def load_children_of(self, scope_ids: Sequence[int]) -> Iterable[ScopeRecord]:
        """All scopes opened in any of those scopes, by any token."""
        ...

    def load_children_after(self, scope_id: int, token_id: int, after: int, most: int) -> Iterable[ScopeRecord]:
        """The first `most` scopes with a larger id than `after` that the token opened, by id."""
        ...

    def load_variables(self, scope_ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
        """All variables of the scopes: {scope id: {name: value}}; a scope without any may be missing."""
        ...

    def load_variable(self, scope_id: int, name: str) -> Any:
        """One variable of one scope, null if it is not there."""
        ...

    def load_data_store(self, name: str) -> Any:
        """What is in the data store, null if nothing is."""
        ...

    def find_subscriptions(self, kind: str, name: str | None) -> Iterable[int]:
        """Ids of the stored scopes with an open subscription of that kind (`signal`, `condition`) and name."""
        ...


class Caller(Protocol):
    """The call activity that waits for this instance, and what is around it."""

    def catches_error(self, code: str) -> bool:
        """True if an error thrown out of the called instance would be caught."""
        ...

    def catches_escalation(self, code: str) -> bool:
        """The same for an escalation."""
        ...


class NewInstanceSource:
    """The source of an instance that does not exist yet: nothing to load."""

    def load_scope(self, scope_id: int) -> ScopeRecord:
        raise LookupError(f"scope {scope_id} was never saved")

    def load_children(self, scope_id: int, token_id: int) -> Iterable[ScopeRecord]:
        return ()

    def load_children_of(self, scope_ids: Sequence[int]) -> Iterable[ScopeRecord]:
        return ()

    def load_children_after(self, scope_id: int, token_id: int, after: int, most: int) -> Iterable[ScopeRecord]:
        return ()

    def load_variables(self, scope_ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
        return {}

    def load_variable(self, scope_id: int, name: str) -> Any:
        return None

    def load_data_store(self, name: str) -> Any:
        return None

    def find_subscriptions(self, kind: str, name: str | None) -> Iterable[int]:
        return ()
