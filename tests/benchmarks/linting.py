"""What the lint rules cost beside reading the file."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpm.definition.lint.severities import Severities
from baton.bpm.execution import diagrams
from tests.benchmarks import drawings
from tests.benchmarks.figures import Figure, at_most, figure, seconds
from tests.benchmarks.importing import ROUNDS, reading

GROUP = "lint"


def figures() -> Iterator[Figure]:
    for words, content in (
        ("500-element chain", drawings.sequence(249)),
        ("500-element gateway", drawings.parallel(165)),
    ):
        plain = reading(content.encode())
        linted = _linting(content.encode())
        yield figure(GROUP, f"{words}: milliseconds to read", plain * 1e3)
        yield figure(GROUP, f"{words}: lint against reading", max(linted - plain, 0.0) / plain, at_most(3))


def _linting(content: bytes) -> float:
    return min(seconds(lambda: _lint(content)) for _ in range(ROUNDS))


def _lint(content: bytes) -> None:
    assert diagrams.read(content, severities=Severities()).ok
