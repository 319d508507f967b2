"""What is made once and kept ready, as long as there is room: the least recently used goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")
MEGABYTE = 1024 * 1024


class RecentlyUsed(Generic[Kept]):
    """At most `entries`, of together at most `size` bytes as `put` is told them. Safe between threads.

    The newest entry stays however large it is, or it would be made anew for every command.
    """

    def __init__(self, entries: int, size: int) -> None:
        self._most = entries
        self._room = size
        self._used = 0
        self._guard = threading.Lock()
        self._entries: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """None if it is not kept."""
        with self._guard:
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Kept, size: int) -> None:
        """Keep it instead of what was kept for the key; `size` is an estimate."""
        with self._guard:
            self._forget(key)
            self._entries[key] = value, size
            self._used += size
            while len(self._entries) > 1 and (len(self._entries) > self._most or self._used > self._room):
                self._forget(next(iter(self._entries)))

    def forget(self, key: Hashable) -> None:
        """It is no more, or never was."""
        with self._guard:
            self._forget(key)

    def _forget(self, key: Hashable) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self._used -= found[1]
