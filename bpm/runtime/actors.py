"""Who acts. Every command has an actor; the audit names them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from baton.bpm import errors


class ActorKind(StrEnum):
    """A person or program with a login, a job worker, a due timer, or Baton itself."""

    USER = "user"
    WORKER = "worker"
    TIMER = "timer"
    SYSTEM = "system"


class Role(StrEnum):
    """What an actor may do: everything; deploy and repair; work on jobs; own and candidate tasks."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    WORKER = "worker"
    PARTICIPANT = "participant"


class Actor(msgspec.Struct, frozen=True):
    """`groups` are the names of the groups they belong to."""

    kind: ActorKind
    id: str
    groups: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset()

    @property
    def is_operator(self) -> bool:
        """Operators and administrators may touch what is not theirs."""
        return Role.ADMINISTRATOR in self.roles or Role.OPERATOR in self.roles

    def require(self, *roles: Role) -> None:
        """Raise `NotAllowed` unless the actor has one of the roles or is an administrator."""
        if Role.ADMINISTRATOR in self.roles or not self.roles.isdisjoint(roles):
            return
        wanted = " or ".join(f"'{role}'" for role in roles)
        raise errors.NotAllowed(f"Expected '{self.id}' to have the role {wanted}, but they do not have it")


ALL_ROLES = frozenset(Role)
SYSTEM = Actor(ActorKind.SYSTEM, "baton", roles=ALL_ROLES)
TIMER = Actor(ActorKind.TIMER, "timer", roles=ALL_ROLES)
