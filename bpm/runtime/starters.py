"""Who may start a process by hand: the diagram's candidate starters, and always operators and administrators.

Timers, messages, signals and call activities start it whoever is named.
"""

from __future__ import annotations

from baton.bpm import errors
from baton.bpm.definition.starters import Starters
from baton.bpm.runtime.actors import Actor


def may_start(starters: Starters, actor: Actor) -> bool:
    """True if `actor` may start the process."""
    return actor.is_operator or (starters.is_listed and starters.include(actor.id, actor.groups))


def require(starters: Starters, key: str, actor: Actor) -> None:
    """Raise `NotAllowed` with the names of those who may."""
    if may_start(starters, actor):
        return
    if not starters.is_listed:
        raise errors.NotAllowed(
            f"Expected '{actor.id}' to be an operator: '{key}' is not for people to start "
            "(its diagram says that it is not startable in task lists)"
        )
    named = [f"'{user}'" for user in starters.users] + [f"the group '{group}'" for group in starters.groups]
    raise errors.NotAllowed(
        f"Expected '{actor.id}' to be one of those whom the diagram of '{key}' lets start it "
        f"({', '.join(named)}), or an operator"
    )
