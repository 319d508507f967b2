"""What a lint rule looks at: the drawing as read, the file's tree, and what both say about the graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from baton.bpm.definition.drawing import Drawing, Scope
from baton.bpm.definition.elements import BoundaryEvent
from baton.bpm.definition.lint.dominators import Dominators
from baton.bpm.definition.lint.waiting import waiting_nodes
from baton.bpm.definition.rules.no_unreachable import reached
from baton.bpm.definition.xml import Element


@dataclass
class Subject:
    """One file. What is costly is worked out once, when the first rule asks for it."""

    drawing: Drawing
    root: Element
    _dominators: dict[int, Dominators] = field(default_factory=dict)
    _reached: dict[int, set[str]] = field(default_factory=dict)

    @property
    def guided(self) -> bool:
        """True if people do what the drawing leaves open."""
        return self.drawing.guided

    @cached_property
    def waits(self) -> frozenset[str]:
        """Ids of the nodes at which a token rests: for a person, a worker, an event or a called process."""
        return waiting_nodes(self.drawing)

    def reached(self, scope: Scope) -> set[str]:
        """Ids of the scope's nodes that a run can come to."""
        found = self._reached.get(id(scope))
        if found is None:
            found = self._reached[id(scope)] = reached(scope)
        return found

    def dominators(self, scope: Scope) -> Dominators:
        """What every way to a node must pass."""
        found = self._dominators.get(id(scope))
        if found is None:
            found = self._dominators[id(scope)] = Dominators(scope)
        return found

    def boundary_events(self, scope: Scope) -> dict[str, list[BoundaryEvent]]:
        """By the id of their activity."""
        found: dict[str, list[BoundaryEvent]] = {}
        for node in scope.nodes:
            if isinstance(node, BoundaryEvent):
                found.setdefault(node.attached_to, []).append(node)
        return found
