"""What one evaluation may use: steps, memory, depth and processor time.

Every iteration, call and built-in charges the steps it takes and the memory it fills, before it does so where the
size is known. Straight-line code on short values is not charged: its length is the text's; with texts of any length
and powers it is. The clock here measures the effort of this
thread only; no result depends on it, except that an evaluation which goes on for too long ends in an error.
"""

from __future__ import annotations

import time
from typing import Final

from baton.bpm.errors import ExpressionLimitError

DEFAULT_STEPS: Final = 1_000_000
DEFAULT_MEMORY: Final = 32 * 1024 * 1024
DEFAULT_DEPTH: Final = 500
DEFAULT_SECONDS: Final = 1.0
ELEMENT_SIZE: Final = 64
LONG_TEXT: Final = 256
MAX_NESTING: Final = 200
_STEPS_BEFORE_FIRST_LOOK: Final = 100
_STEPS_BETWEEN_LOOKS: Final = 5_000


class Budget:
    """A counter of what is left; made for one evaluation and used up by it.

    `memory` is in bytes allocated in all, `depth` in nested Python calls of function bodies, `seconds` of processor
    time from the first `look` on.
    """

    __slots__ = ("_deadline", "_next_look", "_seconds", "depth", "memory", "steps")

    def __init__(
        self,
        *,
        steps: int = DEFAULT_STEPS,
        memory: int = DEFAULT_MEMORY,
        depth: int = DEFAULT_DEPTH,
        seconds: float = DEFAULT_SECONDS,
    ) -> None:
        self.steps = steps
        self.memory = memory
        self.depth = depth
        self._seconds = seconds
        self._deadline: float | None = None
        self._next_look = max(steps - _STEPS_BEFORE_FIRST_LOOK, 0)

    def spend(self, steps: int) -> None:
        """Raises ExpressionLimitError when no steps or no time are left."""
        self.steps -= steps
        if self.steps < self._next_look:
            self._next_look = max(self.steps - _STEPS_BETWEEN_LOOKS, 0)
            if self.steps < 0:
                raise ExpressionLimitError("The expression takes too many steps; simplify it or give it less data.")
            self.look()

    def allocate(self, size: int) -> None:
        """Charges `size` bytes, and one step for each 256 of them; raises ExpressionLimitError."""
        self.memory -= size
        if self.memory < 0:
            raise ExpressionLimitError("The expression builds too much data; simplify it or give it less data.")
        self.spend(1 + (size >> 8))

    def elements(self, count: int) -> None:
        """Charges a list or context of `count` new elements: memory and one step for each."""
        self.memory -= count * ELEMENT_SIZE
        if self.memory < 0:
            raise ExpressionLimitError("The expression builds too much data; simplify it or give it less data.")
        self.spend(1 + count)

    def element(self, steps: int) -> None:
        """Charges one new element and the steps it takes to find it."""
        self.memory -= ELEMENT_SIZE
        if self.memory < 0:
            raise ExpressionLimitError("The expression builds too much data; simplify it or give it less data.")
        self.spend(steps)

    def text(self, length: int) -> None:
        """Charges a new string of `length` characters."""
        self.allocate(length * 4)

    def compare(self, length: int) -> None:
        """Charges a look at texts of `length` characters; for those short enough to be nothing, call it not at all."""
        self.spend(1 + (length >> 4))

    def enter(self, frames: int) -> None:
        """Goes that many calls deeper; pair it with `leave`."""
        self.depth -= frames
        if self.depth < 0:
            raise ExpressionLimitError("The expression calls functions too deeply; limit the recursion.")

    def leave(self, frames: int) -> None:
        self.depth += frames

    def look(self) -> None:
        """Compares the processor time used since the first look; raises ExpressionLimitError."""
        self.seconds_left()

    def seconds_left(self) -> float:
        """How long this evaluation may still take; always positive. Raises ExpressionLimitError."""
        now = time.thread_time()
        if self._deadline is None:
            self._deadline = now + self._seconds
        left = self._deadline - now
        if left <= 0:
            raise ExpressionLimitError(f"The expression takes longer than {self._seconds} seconds; simplify it.")
        return left


def too_nested() -> ExpressionLimitError:
    """The error for data that is nested too deeply to be walked."""
    return ExpressionLimitError(f"The data is nested in more than {MAX_NESTING} levels.")
