"""Which node every way to another node must pass, and by which of its branches (Cooper, Harvey, Kennedy 2001).

Work is bounded: a graph that would take more than a few passes is left alone (`complete` is False), and nothing is
said about it.
"""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpm.definition.drawing import Scope, is_begun_otherwise
from baton.bpm.definition.elements import BoundaryEvent, StartEvent

ROOT = ""
_MOST_PASSES = 12
_STEPS_PER_NODE = 60


class Dominators:
    """Of one scope. Boundary events count as following their activity."""

    def __init__(self, scope: Scope) -> None:
        self._following = _following(scope)
        self._order = self._postorder()
        self._number = {id_: number for number, id_ in enumerate(self._order)}
        self._before = self._predecessors()
        self._steps = _STEPS_PER_NODE * (len(self._order) + 20)
        self._above: dict[str, str] = {ROOT: ROOT}
        self.complete = self._solve()
        self._depth, self._entered = self._walk_tree() if self.complete else ({}, {})

    def above(self, id_: str) -> str | None:
        """The nearest node that every way to this one passes; "" is the beginning, None: unreachable or unknown."""
        return self._above.get(id_) if self.complete and id_ != ROOT else None

    def dominates(self, one: str, other: str) -> bool:
        """True if every way to `other` passes `one`."""
        spans = self._entered
        if one not in spans or other not in spans:
            return False
        return spans[one][0] <= spans[other][0] and spans[other][1] <= spans[one][1]

    def branch(self, split: str, source: str, target: str) -> str | None:
        """The branch of `split` by which alone the arrow from `source` to `target` is reached, None if by several.

        A branch is named by the split's follower, or by the target where the arrow leaves the split itself.
        """
        if source == split:
            return target
        node = source
        for _ in range(len(self._order)):
            above = self._above.get(node)
            if above is None or node == ROOT:
                return None
            if above == split:
                pure = self._before.get(node, [])
                return node if pure == [split] else None
            self._steps -= 1
            if self._steps < 0:
                return None
            node = above
        return None

    def _postorder(self) -> list[str]:
        order: list[str] = []
        seen = {ROOT}
        open_: list[tuple[str, Iterator[str]]] = [(ROOT, iter(self._following.get(ROOT, ())))]
        while open_:
            id_, rest = open_[-1]
            fresh = next((next_ for next_ in rest if next_ not in seen), None)
            if fresh is None:
                order.append(id_)
                open_.pop()
                continue
            seen.add(fresh)
            open_.append((fresh, iter(self._following.get(fresh, ()))))
        return order

    def _predecessors(self) -> dict[str, list[str]]:
        before: dict[str, list[str]] = {}
        for id_ in self._order:
            for next_ in self._following.get(id_, ()):
                before.setdefault(next_, []).append(id_)
        return before

    def _solve(self) -> bool:
        for _ in range(_MOST_PASSES):
            changed = False
            for id_ in reversed(self._order[:-1]):
                known = [before for before in self._before[id_] if before in self._above]
                nearest = known[0]
                for other in known[1:]:
                    met = self._meet(nearest, other)
                    if met is None:
                        return False
                    nearest = met
                if self._above.get(id_) != nearest:
                    self._above[id_] = nearest
                    changed = True
            if not changed:
                return True
        return False

    def _meet(self, one: str, other: str) -> str | None:
        number = self._number
        while one != other:
            while number[one] < number[other]:
                one = self._above[one]
                self._steps -= 1
            while number[other] < number[one]:
                other = self._above[other]
                self._steps -= 1
            if self._steps < 0:
                return None
        return one

    def _walk_tree(self) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
        below: dict[str, list[str]] = {}
        for id_, above in self._above.items():
            if id_ != ROOT:
                below.setdefault(above, []).append(id_)
        depth: dict[str, int] = {ROOT: 0}
        entered: dict[str, int] = {}
        spans: dict[str, tuple[int, int]] = {}
        clock = 0
        open_: list[tuple[str, bool]] = [(ROOT, False)]
        while open_:
            id_, left = open_.pop()
            clock += 1
            if left:
                spans[id_] = (entered[id_], clock)
                continue
            entered[id_] = clock
            open_.append((id_, True))
            for next_ in below.get(id_, ()):
                depth[next_] = depth[id_] + 1
                open_.append((next_, False))
        return depth, spans


def _following(scope: Scope) -> dict[str, list[str]]:
    following: dict[str, list[str]] = {ROOT: []}
    for flow in scope.flows:
        following.setdefault(flow.source, []).append(flow.target)
    for node in scope.nodes:
        if isinstance(node, BoundaryEvent):
            following.setdefault(node.attached_to, []).append(node.id)
        elif isinstance(node, StartEvent) or is_begun_otherwise(node) or node.id not in scope.incoming:
            following[ROOT].append(node.id)
    return following
