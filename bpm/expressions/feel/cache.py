"""A bounded cache of compiled texts: what was not used for longest goes first, and long texts count for more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

CAPACITY: Final = 100_000
"""Characters of text kept; a character costs up to 250 bytes when compiled."""
SCRIPTS: Final = 1_000_000
"""Characters of scripts kept: what was found in them costs little besides their text."""
_ENTRY: Final = 40

Compiled = TypeVar("Compiled")


class CompiledTexts(Generic[Compiled]):
    """Safe for threads; two may compile the same text at once, and either result is kept."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._used = 0
        self._entries: OrderedDict[tuple[str, Hashable], Compiled] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str, variant: Hashable, compile_text: Callable[[], Compiled]) -> Compiled:
        """What was compiled for the text and variant before, else what `compile_text` gives; errors are not kept."""
        key = (text, variant)
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
                return found
        compiled = compile_text()
        with self._lock:
            if key not in self._entries:
                self._entries[key] = compiled
                self._used += len(text) + _ENTRY
            while self._used > self._capacity:
                (oldest, _), _ = self._entries.popitem(last=False)
                self._used -= len(oldest) + _ENTRY
        return compiled

    def __len__(self) -> int:
        return len(self._entries)
