"""Which workers asked lately: kept in memory, so that asking for jobs writes nothing most of the time."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

NOTED_EVERY = timedelta(seconds=30)
_REMEMBERED = 1024


class SeenWorkers:
    """What was noted last by this process, so that most requests write nothing. Safe between threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._noted: dict[str, tuple[datetime, tuple[str, ...]]] = {}

    def is_news(self, name: str, types: tuple[str, ...], now: datetime) -> bool:
        """True for one request per worker and half minute, and when its types changed."""
        with self._guard:
            noted = self._noted.get(name)
            if noted is not None and noted[1] == types and now - noted[0] < NOTED_EVERY:
                return False
            if len(self._noted) >= _REMEMBERED:
                self._noted.clear()
            self._noted[name] = (now, types)
            return True
