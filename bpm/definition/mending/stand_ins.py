"""Guided mode: what would keep a file from running is replaced by something that runs, mostly a person's step.

Works on the XML tree, from the errors that reader and rules found: each becomes a warning that also says what was done
instead. The caller reads the tree again, a few rounds at most; what still is an error then stays one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from baton.bpm.definition.mending import arrows
from baton.bpm.definition.mending.index import Index
from baton.bpm.definition.mending.plainer import plainer, without_cause, without_dates
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.definition.xml import Element

MOST_ROUNDS = 6
Mend = Callable[[Element, Index], str]

_BY_RULE: Mapping[str, Mend] = {
    "boundary-event-attached": arrows.attached,
    "compensation": without_cause,
    "flow-within-scope": arrows.within_scope,
    "no-dangling-flow": arrows.left_out,
    "no-flow-to-event-sub-process": arrows.around_event_sub_process,
    "no-incoming-to-start": arrows.into_start,
    "no-outgoing-from-end": arrows.out_of_end,
    "process-not-empty": arrows.filled,
    "start-event-required": arrows.begun,
    "user-task-attributes": without_dates,
}


class Mender:
    """Remembers how often it tried at each element: the second time it takes more away."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._tries: Counter[str] = Counter()

    def mend(self, errors: Iterable[Problem]) -> tuple[Problem, ...]:
        """Warnings in the errors' place, for all that could be mended; the tree is changed."""
        index = Index(self._root)
        done: dict[str, str] = {}
        told: list[Problem] = []
        for error in errors:
            id_ = error.element_id or ""
            if id_ not in done:
                done[id_] = self._mend_one(error, index)
            if done[id_]:
                message = f"{error.message} {done[id_]}"
                told.append(replace(error, severity=Severity.WARNING, message=message))
        return tuple(told)

    def _mend_one(self, error: Problem, index: Index) -> str:
        element = index.find(error.element_id)
        if element is None:
            return ""
        tried = self._tries[error.element_id or ""]
        self._tries[error.element_id or ""] += 1
        by_rule = _BY_RULE.get(error.rule)
        if by_rule is not None and tried < 2:
            return by_rule(element, index)
        return plainer(element, index, tried)
