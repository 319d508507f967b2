"""Reading large files: the time of twice as many elements, and the largest ones that are meant to run."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpm.execution import diagrams
from baton.bpm.testing import ProcessRun
from tests.benchmarks import drawings
from tests.benchmarks.figures import Figure, at_most, figure, seconds

GROUP = "import"
ROUNDS = 9


def figures() -> Iterator[Figure]:
    for words, draw, count in (
        ("chain of tasks", drawings.sequence, 1_000),
        ("branches of a gateway", drawings.parallel, 2_000),
    ):
        one, two = draw(count).encode(), draw(2 * count).encode()
        yield figure(GROUP, f"{count:,} {words}: milliseconds", reading(one) * 1e3)
        yield figure(GROUP, f"twice the {words}: time against once", _growth(one, two), at_most(2.3))
    yield figure(GROUP, "50 nested sub-processes: milliseconds", reading(drawings.nested(50).encode()) * 1e3)
    growth = _growth(drawings.nested(50).encode(), drawings.nested(100).encode())
    yield figure(GROUP, "100 nested sub-processes: time against 50", growth, at_most(2.3))
    large = drawings.sequence(9_999).encode()
    yield figure(GROUP, "20,000 elements: milliseconds to read", reading(large) * 1e3)
    for words, content in (
        ("1,000-task chain", drawings.sequence(1_000)),
        ("100 nested sub-processes", drawings.nested(100)),
        ("gateway with 2,000 branches", drawings.parallel(2_000)),
        ("20,000-element file", large.decode()),
    ):
        run = ProcessRun.of_xml(content)
        yield figure(GROUP, f"{words}: milliseconds to run", seconds(run.start) * 1e3)
        assert run.state == "completed", run.incidents


def reading(content: bytes) -> float:
    """Seconds, the best of some rounds: other work of the machine only ever adds."""
    return min(seconds(lambda: _read(content)) for _ in range(ROUNDS))


def _growth(small: bytes, large: bytes) -> float:
    """Both in turns, so that a busy moment of the machine does not meet one of them only."""
    pairs = [(seconds(lambda: _read(small)), seconds(lambda: _read(large))) for _ in range(ROUNDS)]
    return min(pair[1] for pair in pairs) / min(pair[0] for pair in pairs)


def _read(content: bytes) -> None:
    diagram = diagrams.read(content)
    assert diagram.ok, diagram.problems
