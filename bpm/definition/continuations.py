"""Where a run is divided into transactions at a flow node, and how Baton's own jobs there are tried and ordered.

Camunda 7's asynchronous continuations: `asyncBefore`, `asyncAfter`, `failedJobRetryTimeCycle`, `jobPriority`.
"""

from __future__ import annotations

from dataclasses import dataclass

from baton.bpm.definition.language import Expression, Text


@dataclass(frozen=True, slots=True)
class Continuations:
    """A job of its own before the node's work, or after it; `each_...` around every instance of its loop."""

    before: bool = False
    after: bool = False
    each_before: bool = False
    each_after: bool = False

    @property
    def any(self) -> bool:
        """True if the node divides the run at all."""
        return self.before or self.after or self.each_before or self.each_after


@dataclass(frozen=True, slots=True)
class JobRules:
    """`retries` counts all tries; `retry_pauses` are the seconds between them, the last again and again.

    `retry_cycle` yields both, such as R3/PT5M. Higher `priority` first, 0 where nothing is said.
    """

    retries: Text | None = None
    retry_pauses: tuple[float, ...] = ()
    retry_cycle: Expression | None = None
    priority: Text | None = None

    @property
    def retries_are_given(self) -> bool:
        """True if the diagram says how often."""
        return self.retries is not None or self.retry_cycle is not None
