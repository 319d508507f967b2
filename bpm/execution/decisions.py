"""The port by which the pure half gets decisions: the runtime finds them among what is deployed, tests give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from baton.bpm.decisions import DecisionModel
from baton.bpm.definition.elements import Binding
from baton.bpm.errors import NotFound


@dataclass(frozen=True, slots=True)
class DecisionCall:
    """Which decision is asked for. `version` and `version_tag` are set with the binding that needs them."""

    key: str
    binding: Binding = Binding.LATEST
    version: int | None = None
    version_tag: str | None = None

    def __str__(self) -> str:
        match self.binding:
            case Binding.LATEST:
                return f"'{self.key}'"
            case Binding.DEPLOYMENT:
                return f"'{self.key}' in the deployment of the process"
            case Binding.VERSION:
                return f"'{self.key}' in version {self.version}"
            case Binding.VERSION_TAG:
                return f"'{self.key}' with the version tag '{self.version_tag}'"


@dataclass(frozen=True, slots=True)
class FoundDecision:
    """A version of a decision, and the model it is part of; `key` is its id there. `id` None: it is not deployed."""

    id: int | None
    key: str
    version: int
    model: DecisionModel


class DecisionSource(Protocol):
    """Where decisions come from."""

    def find(self, call: DecisionCall) -> FoundDecision:
        """Raises NotFound."""
        ...


class NoDecisions:
    """The source of those who have none."""

    def find(self, call: DecisionCall) -> FoundDecision:
        raise NotFound(f"Expected a decision {call}, but there is none")


NO_DECISIONS = NoDecisions()
