"""`make bench` or `python -m tests.benchmarks [GROUP ...]`: measure, show the table, keep the results."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping

from rich.console import Console

from tests.benchmarks import (
    engine,
    expressions,
    growth,
    importing,
    kills,
    linting,
    memory,
    multi_instance,
    pages,
    search,
    throughput,
    writes,
)
from tests.benchmarks.figures import Figure, keep, show

GROUPS: Mapping[str, Callable[[], Iterator[Figure]]] = {
    engine.GROUP: engine.figures,
    expressions.GROUP: expressions.figures,
    throughput.GROUP: throughput.figures,
    writes.GROUP: writes.figures,
    growth.GROUP: growth.figures,
    importing.GROUP: importing.figures,
    linting.GROUP: linting.figures,
    memory.GROUP: memory.figures,
    multi_instance.GROUP: multi_instance.figures,
    search.GROUP: search.figures,
    pages.GROUP: pages.figures,
    kills.GROUP: kills.figures,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all when none is given")
    groups = parser.parse_args().groups or list(GROUPS)
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"expected groups of {', '.join(GROUPS)}, found {', '.join(sorted(unknown))}")

    progress = Console(stderr=True)
    measured: list[Figure] = []
    for group in groups:
        progress.print(f"Measuring {group} ...")
        for figure in GROUPS[group]():
            measured.append(figure)
            progress.print(f"  {figure.name}: {figure.value:,g}", soft_wrap=True, highlight=False)
    show(measured)
    keep(measured)
    return 1 if any(figure.holds is False for figure in measured) else 0


if __name__ == "__main__":
    sys.exit(main())
