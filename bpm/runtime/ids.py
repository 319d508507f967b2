"""Ids: 63-bit, time-ordered: 41 bits of milliseconds since 2024, 10 bits of node, 12 bits of sequence.

They follow the computer's own clock, not the engine's, so that a clock turned back in a test repeats none.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

NODES = 1024
_EPOCH_MS = 1_704_067_200_000
_PER_MILLISECOND = 4096


class IdGenerator:
    """Unique as long as no two generators of one database share a node number. Safe between threads."""

    __slots__ = ("_last", "_lock", "_node")

    def __init__(self, node: int) -> None:
        if not 0 <= node < NODES:
            raise ValueError(f"node must be below {NODES}, found {node}")
        self._node = node << 12
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> int:
        """The next id: larger than every earlier one of this generator."""
        tick = (time.time_ns() // 1_000_000 - _EPOCH_MS) * _PER_MILLISECOND
        with self._lock:
            self._last = last = max(tick, self._last + 1)
        return (last >> 12) << 22 | self._node | (last & 0xFFF)


def time_of(id_: int) -> datetime:
    """When the id was made, to the millisecond; aware UTC."""
    return datetime.fromtimestamp(((id_ >> 22) + _EPOCH_MS) / 1000, UTC)
