"""What the sandboxes of all script languages share: their limits, and how a worker process is ended."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

RUNS_PER_WORKER = 1_000
"""After so many scripts a worker is replaced, so that nothing can add up in it."""

LOOK_EVERY = 16
"""Scripts between two looks at a worker's memory, which cost more than a short script does."""

_MAX_PAGES = 8_192
"""Pages of memory a worker may keep between scripts."""

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_BYTES_PER_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ScriptLimits:
    """`seconds` of running, `memory` in bytes, `depth` of calls; `wait` is how long to wait for a free worker.

    `workers` processes at most, of each language. JavaScript bounds its stack in bytes, not by `depth`.
    """

    seconds: float = 2.0
    memory: int = 64 * 1024 * 1024
    depth: int = 200
    wait: float = 30.0
    workers: int = 2

    @property
    def longest(self) -> float:
        """Seconds after which the owner ends a worker that has not answered: what is inside had its chance."""
        return self.seconds * 1.5 + 0.5

    def budget(self) -> str:
        """In words, for messages."""
        return f"{self.seconds:g} s, {self.memory // _BYTES_PER_MEGABYTE} MB"

    def all_busy(self) -> str:
        """The message when no worker came free in time."""
        return (
            f"Expected a free worker for the script within {self.wait:g} seconds, but all {self.workers} are "
            "busy with other scripts."
        )


def kill(process_id: int) -> None:
    """End a worker at once; it is no error if it has ended."""
    with suppress(ProcessLookupError):
        os.kill(process_id, _KILL)


def has_grown(process_id: int) -> bool:
    """Whether a worker between two scripts holds more memory than it should; False where that cannot be asked."""
    try:
        pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return False
    return pages > _MAX_PAGES
