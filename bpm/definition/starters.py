"""Who may start a process, as its diagram says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Starters:
    """`is_listed` false: not offered to people. With `users` or `groups` only these may start it."""

    is_listed: bool = True
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def are_named(self) -> bool:
        """True if not everybody may."""
        return bool(self.users or self.groups)

    def include(self, user: str, groups: tuple[str, ...]) -> bool:
        """True if this user, who is in these groups, is one of those named, or nobody is."""
        return not self.are_named or user in self.users or not set(groups).isdisjoint(self.groups)


ANYBODY = Starters()
