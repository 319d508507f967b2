"""Completions of user tasks over HTTP beside the floor program: same server, database kind and client, in turns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.benchmarks import api, drawings, servers
from tests.benchmarks.client import Request
from tests.benchmarks.figures import Figure, at_least, figure
from tests.benchmarks.servers import Server

GROUP = "throughput"
INSTANCES = 400
ROUNDS = 7
CLIENTS = (1, 8)


def figures() -> Iterator[Figure]:
    for kind, database in servers.DATABASES.items():
        with database() as ours, database() as theirs, tempfile.TemporaryDirectory() as folder, ExitStack() as stop:
            floor = servers.start_floor(theirs, Path(folder))
            stop.callback(floor.stop)
            baton = servers.start_baton(ours, Path(folder))
            stop.callback(baton.stop)
            yield from compare(kind, baton, floor)


def compare(kind: str, baton: Server, floor: Server) -> Iterator[Figure]:
    """Every instance completes one of its user tasks per round, which leads to the next one."""
    chain = drawings.sequence(len(CLIENTS) * (ROUNDS + 1) + 1, "userTask")
    definition = api.deploy(baton, chain)
    rate(baton, api.start_requests(definition, INSTANCES), clients=8)
    turn = 0
    for clients in CLIENTS:
        ours, theirs = [], []
        for _ in range(ROUNDS + 1):
            turn += 1
            tasks = [task["id"] for task in api.open_tasks(baton)]
            assert len(tasks) == INSTANCES, f"expected one open task per instance, found {len(tasks)}"
            theirs.append(rate(floor, api.floor_requests(INSTANCES, turn), clients=clients))
            ours.append(rate(baton, api.complete_requests(tasks, turn), clients=clients))
        # The first round warms both up.
        ratio = median(our / their for our, their in zip(ours[1:], theirs[1:], strict=True))
        who = f"{kind}, {clients} client{'s' if clients > 1 else ''}"
        yield figure(GROUP, f"completion over HTTP, {who}: per second", median(ours[1:]))
        yield figure(GROUP, f"floor program over HTTP, {who}: per second", median(theirs[1:]))
        yield figure(GROUP, f"completion over HTTP, {who}: share of the floor's throughput", ratio, at_least(0.35))


def rate(server: Server, requests: Sequence[Request], *, clients: int) -> float:
    """Answers per second; every one must be 2xx."""
    outcome = server.load(requests, clients=clients)
    failed = [status for status in outcome.statuses if not 200 <= status < 300]
    assert not failed, f"expected 2xx answers only, found {sorted(set(failed))} ({len(failed)} times)"
    return len(requests) / outcome.seconds
