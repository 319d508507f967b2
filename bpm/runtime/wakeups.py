"""Wakeups: who waits for work hears of it at once instead of asking again and again.

A topic is `timer` (a job of the engine's own was written), or `job:<type>`. On PostgreSQL they travel to
the other processes by `NOTIFY` in the transaction that writes the job.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

TIMER_TOPIC = "timer"
CHANNEL = "baton_wakeup"
EVERYBODY = "*"
# Job types may be made by expressions, one per order: topics share this many counters. Who shares one looks in vain.
_COUNTERS = 4096


def job_topic(job_type: str) -> str:
    """The topic of service jobs of this type."""
    return f"job:{job_type}"


class Wakeups:
    """Counters of topics behind one condition: read `generation`, look for work, then `wait` from there."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._counts = [0] * _COUNTERS
        self._all = 0

    def generation(self, topics: Collection[str]) -> int:
        """A number that grows with every wakeup of one of the topics."""
        with self._condition:
            return self._generation(topics)

    def notify(self, topics: Collection[str]) -> None:
        """Work of these topics is there; `EVERYBODY` among them is for all."""
        if not topics:
            return
        if EVERYBODY in topics:
            self.notify_all()
            return
        with self._condition:
            for topic in topics:
                self._counts[hash(topic) % _COUNTERS] += 1
            self._condition.notify_all()

    def notify_all(self) -> None:
        """Everybody look again: after a lost connection, at shutdown."""
        with self._condition:
            self._all += 1
            self._condition.notify_all()

    def wait(self, topics: Collection[str], generation: int, timeout: float | None) -> bool:
        """Until a wakeup after `generation`, at most `timeout` seconds. False: nothing came."""
        with self._condition:
            return self._condition.wait_for(lambda: self._generation(topics) != generation, timeout)

    def _generation(self, topics: Collection[str]) -> int:
        return self._all + sum(self._counts[hash(topic) % _COUNTERS] for topic in topics)
