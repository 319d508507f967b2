"""How far one command may run before the transaction commits and a job goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunLimits:
    """`steps` and `seconds` bound one run; `steps_without_wait` is where an endless loop is called one.

    `children_at_once` is how many an interruption may end in one command before the rest closes by jobs.
    `monotonic` is the clock for `seconds`; without it only steps count (the pure half has no clock).
    """

    steps: int = 1_000
    seconds: float = 0.2
    steps_without_wait: int = 100_000
    children_at_once: int = 1_000
    monotonic: Callable[[], float] | None = None
