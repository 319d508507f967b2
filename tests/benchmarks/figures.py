"""One measured figure each, shown as a table and kept in `results.json`."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Reach:
    """What a value has to reach: at least or at most a limit."""

    limit: float
    at_least: bool

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {self.limit:g}"


def at_least(limit: float) -> Reach:
    return Reach(limit, at_least=True)


def at_most(limit: float) -> Reach:
    return Reach(limit, at_least=False)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`reach` and `holds` are null for figures that are stated only; `value` has its unit in `name`."""

    name: str
    value: float
    reach: str | None
    holds: bool | None
    command: str
    machine: str


def figure(group: str, name: str, value: float, reach: Reach | None = None) -> Figure:
    """A figure of `group`, the word that `make bench` takes to measure it again."""
    return Figure(
        name=name,
        value=float(f"{value:.4g}"),
        reach=str(reach) if reach else None,
        holds=reach.holds(value) if reach else None,
        command=f'make bench BENCH_ARGS="{group}"',
        machine=machine(),
    )


def machine() -> str:
    """What the figures were measured on, without anything that names the machine."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"SpiffWorkflow {metadata.version('spiffworkflow')}, granian {metadata.version('granian')}"
    )


def keep(figures: Sequence[Figure]) -> None:
    """Write `figures` into the results; those that were not measured this time stay."""
    kept = msgspec.json.decode(RESULTS.read_bytes(), type=list[Figure]) if RESULTS.exists() else []
    merged = {entry.name: entry for entry in kept} | {entry.name: entry for entry in figures}
    text = msgspec.json.format(msgspec.json.encode(list(merged.values())), indent=2)
    RESULTS.write_bytes(text + b"\n")


def show(figures: Iterable[Figure]) -> None:
    """The table on stdout."""
    table = Table("what", "value", "reach", "holds")
    for entry in figures:
        holds = {True: "yes", False: "NO", None: "stated"}[entry.holds]
        table.add_row(entry.name, f"{entry.value:,g}", entry.reach or "", holds)
    Console(width=150).print(table)
    Console(width=150).print(f"Measured on: {machine()}")


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def compare(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int) -> tuple[float, float]:
    """Median seconds of one call of each, taken in turns, after one call of each that does not count.

    A side that is quick is called several times per round, so that both have about the same share of it.
    """
    ours(), theirs()
    estimate_ours, estimate_theirs = seconds(ours), seconds(theirs)
    calls = max(1, min(1000, round(estimate_theirs / estimate_ours)))
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        times[0].append(seconds(lambda: [ours() for _ in range(calls)]) / calls)
        times[1].append(seconds(theirs))
    return median(times[0]), median(times[1])
