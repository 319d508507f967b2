"""Forms that were read, kept ready: they never change, so they are only forgotten for room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from baton.bpm import forms

Kept = TypeVar("Kept")
_CACHE_SIZE = 256


@dataclass(frozen=True, slots=True)
class FoundForm:
    """`form` None: it is kept elsewhere or missing, `reference` says where. `content` is the JSON, if there is one."""

    reference: str
    form: forms.Form | None = None
    id: int | None = None
    key: str | None = None
    version: int | None = None
    content: bytes | None = None


class Cache(Generic[Kept]):
    """Least recently used entries go first. Safe between threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._entries: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        with self._guard:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: Hashable, value: Kept) -> None:
        with self._guard:
            self._entries[key] = value
            while len(self._entries) > _CACHE_SIZE:
                self._entries.popitem(last=False)


class Forms:
    """What one engine keeps: forms inside diagrams by element, form definitions by id, and which one is meant."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A deployment was deleted."""
        self.own: Cache[FoundForm] = Cache()
        self.stored: Cache[FoundForm] = Cache()
        self.bound: Cache[int] = Cache()
