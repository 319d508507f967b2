"""Forms that were read, kept ready: they never change, so they are only forgotten for room."""

from __future__ import annotations

from dataclasses import dataclass

from baton.bpm import forms
from baton.bpm.runtime.recently_used import MEGABYTE, RecentlyUsed

_KEPT = 256
_KEPT_BYTES = 16 * MEGABYTE
_BYTES_PER_CHARACTER = 30
_BYTES_AT_LEAST = 5_000


@dataclass(frozen=True, slots=True)
class FoundForm:
    """`form` None: it is kept elsewhere or missing, `reference` says where. `content` is the JSON, if there is one."""

    reference: str
    form: forms.Form | None = None
    id: int | None = None
    key: str | None = None
    version: int | None = None
    content: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        return _BYTES_AT_LEAST + _BYTES_PER_CHARACTER * len(self.content or b"")


class Forms:
    """What one engine keeps: forms inside diagrams by element, form definitions by id, and which one is meant."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A deployment was deleted."""
        self.own: RecentlyUsed[FoundForm] = RecentlyUsed(_KEPT, _KEPT_BYTES)
        self.stored: RecentlyUsed[FoundForm] = RecentlyUsed(_KEPT, _KEPT_BYTES)
        self.bound: RecentlyUsed[int] = RecentlyUsed(_KEPT, _KEPT_BYTES)
