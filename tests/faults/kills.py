"""Kill the server under load, start it again, and look whether every answer that was given is true.

Clients start instances and complete tasks as fast as they can; after a random number of answers the server
is killed with SIGKILL, so that other requests are on their way. At the end everything is worked off by
the server that is started last, and the database is read.
"""

from __future__ import annotations

import hashlib
import random
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Row

from baton.bpm.runtime import audit
from baton.bpm.runtime.database import make_engine
from baton.models import audit_event, incident, job, process_instance, user_task
from tests.benchmarks import api, drawings, servers
from tests.benchmarks.client import Connection, Request, message
from tests.benchmarks.servers import Server

CLIENTS = 6
STARTS_PER_ROUND = 80
FINISH_SECONDS = 120
TASKS_PER_INSTANCE = 2


@dataclass(slots=True)
class Answers:
    """What the clients were told, over all rounds; `unanswered` requests may have happened or not."""

    started: set[int] = field(default_factory=set)
    completed: set[int] = field(default_factory=set)
    unanswered_starts: int = 0
    refused: Counter[int] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.started) + len(self.completed)


def kill_repeatedly(database_url: str, folder: Path, *, kills: int, seed: int = 1) -> Answers:
    """`kills` rounds of load and SIGKILL, then work everything off and check it. Raises `AssertionError`."""
    chance = random.Random(seed)
    answers = Answers()
    definition = ""
    for _ in range(kills):
        server = servers.start_baton(database_url, folder)
        try:
            definition = definition or api.deploy(server, drawings.work_and_wait())
            tasks = [int(task["id"]) for task in api.open_tasks(server)]
            load_until_killed(server, definition, tasks, answers, after=chance.randrange(20, 120))
        finally:
            server.stop()

    server = servers.start_baton(database_url, folder)
    try:
        work_off(server, answers)
    finally:
        server.stop()
    check(database_url, answers)
    return answers


def load_until_killed(server: Server, definition: str, tasks: list[int], answers: Answers, *, after: int) -> None:
    """Send starts and completions from all clients, and kill the server when `after` answers are there."""
    requests: list[tuple[int | None, Request]] = [(None, request) for request in starts(definition)]
    requests += [(task, request) for task in tasks for request in api.complete_requests([str(task)], turn=task % 1000)]
    random.Random(after).shuffle(requests)
    guard = threading.Lock()
    enough = threading.Event()
    given = [0]

    def one_client(number: int) -> None:
        with suppress(OSError), closing(Connection(server.port)) as connection:
            for task, request in requests[number::CLIENTS]:
                if task is None:
                    with guard:
                        answers.unanswered_starts += 1
                status, content = connection.send(message(server.port, request))
                with guard:
                    given[0] += 1
                    note(answers, task, status, content)
                    if given[0] >= after:
                        enough.set()

    clients = [threading.Thread(target=one_client, args=(number,)) for number in range(CLIENTS)]
    watcher = threading.Thread(target=lambda: [client.join() for client in clients] and enough.set())
    for thread in (*clients, watcher):
        thread.start()
    enough.wait()
    server.kill()
    watcher.join()


def starts(definition: str) -> list[Request]:
    return api.start_requests(definition, STARTS_PER_ROUND)


def note(answers: Answers, task: int | None, status: int, content: bytes) -> None:
    """Remember a whole answer."""
    if task is None:
        answers.unanswered_starts -= 1
    if not 200 <= status < 300:
        answers.refused[status] += 1
    elif task is None:
        answers.started.add(int(msgspec.json.decode(content)["id"]))
    else:
        answers.completed.add(task)


def work_off(server: Server, answers: Answers) -> None:
    """Complete every task that is or becomes open until no instance is left."""
    deadline = monotonic() + FINISH_SECONDS
    while True:
        tasks = api.open_tasks(server)
        outcome = server.load(api.complete_requests([task["id"] for task in tasks], turn=0), clients=CLIENTS)
        assert set(outcome.statuses) <= {200}, f"expected every open task to be completed, found {outcome.statuses}"
        answers.completed |= {int(task["id"]) for task in tasks}
        if not tasks and not server.ask("GET", "/api/v1/process-instances?state=active&limit=1")["items"]:
            return
        assert monotonic() < deadline, "expected every instance to go on to its end, but some still wait"
        sleep(0.1)


def check(database_url: str, answers: Answers) -> None:
    """Every answer is in the database exactly once, and nothing is half done."""
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection:
            instances = connection.execute(sqlalchemy.select(process_instance.c.id, process_instance.c.state)).all()
            tasks = connection.execute(sqlalchemy.select(user_task.c.id, user_task.c.state)).all()
            events = connection.execute(
                sqlalchemy.select(audit_event)
                .where(audit_event.c.process_instance_id.is_not(None))
                .order_by(audit_event.c.process_instance_id, audit_event.c.sequence)
            ).all()
            left = [
                (table.name, connection.execute(sqlalchemy.select(sqlalchemy.func.count()).select_from(table)).scalar())
                for table in (job, incident)
            ]
    finally:
        engine.dispose()

    known = {row.id for row in instances}
    assert answers.started <= known, f"lost instances: {answers.started - known}"
    assert len(known) <= len(answers.started) + answers.unanswered_starts, "more instances than were asked for"
    assert {row.state for row in instances} == {"completed"}
    assert {row.state for row in tasks} == {"completed"}
    assert answers.completed <= {row.id for row in tasks}
    assert len(tasks) == TASKS_PER_INSTANCE * len(known)
    assert left == [("job", 0), ("incident", 0)]
    completions = Counter(
        int(msgspec.json.decode(row.data)["token_id"]) for row in events if row.type == "UserTaskCompleted"
    )
    assert completions == Counter({row.id: 1 for row in tasks}), "a completion is in the audit twice or never"
    for _, of_instance in groupby(events, key=lambda row: row.process_instance_id):
        check_chain(list(of_instance))


def check_chain(events: Sequence[Row[Any]]) -> None:
    """Numbered without gaps, each event hashed over the one before, from the start to the end."""
    assert [row.sequence for row in events] == list(range(1, len(events) + 1))
    assert events[0].type == "ProcessInstanceStarted"
    assert events[-1].type == "ProcessInstanceCompleted"
    previous = audit.EMPTY_HASH
    for row in events:
        previous = hashlib.sha256(previous + audit.canonical(row._mapping)).digest()
        assert row.hash == previous, f"event {row.sequence} of instance {row.process_instance_id} does not verify"
