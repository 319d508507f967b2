"""Every page as the server makes it, with 100 process instances and with 1,000,000: its time must not grow with them.

Each page is asked of the application itself, without a network, of both databases in turn. Of the million, 100,000 are
open with a user task each, half of them somebody's; there are two audit events and a variable of each, a job of each
open one, 1,000 incidents, and 500,000 evaluations. The 100 are alike but denser, so that their lists fill a page.
The time is the 95th percentile of 20 answers, in the quietest of four turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from time import perf_counter, process_time
from urllib.parse import urlencode

from flask.testing import FlaskClient

from baton.app import demo
from baton.app.factory import create_app
from baton.bpm.runtime import (
    batches,
    decision_definitions,
    decision_evaluations,
    identity,
    incidents,
    jobs,
    process_instances,
    user_task_drafts,
    user_tasks,
    workers,
)
from baton.bpm.runtime.actors import Role
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import Deed
from tests.benchmarks import drawings, library, servers
from tests.benchmarks.figures import Figure, at_most, figure
from tests.benchmarks.filling import BASE, GROUPS, Filling, Mix

GROUP = "pages"
SIZES = (100, 1_000_000)
TURNS, ROUNDS = 4, 20
DENSE = Mix(
    open_every=2,
    trouble_every=4,
    amounts=4,
    job_every=1,
    service_every=4,
    types=1,
    users=1,
    starters=2,
    causes=25,
)
USERS = 40
OPERATOR, CLERK = "user-0", "user-1"
_ROLES: Mapping[str, tuple[Role, ...]] = {
    OPERATOR: (Role.ADMINISTRATOR, Role.OPERATOR, Role.WORKER, Role.PARTICIPANT),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds of one page: the 95th percentile of its time, and the median of the processor's."""

    p95: float
    processor: float


def figures() -> Iterator[Figure]:
    for kind in servers.DATABASES:
        slowest = ("", 0.0)
        for name, (few, many) in measured(kind, SIZES).items():
            slowest = max(slowest, (name, many.p95), key=lambda each: each[1])
            # A millisecond more is none that anybody sees.
            grown = many.p95 / max(few.p95, 0.001)
            yield figure(GROUP, f"page {name}, {kind}: p95 against {SIZES[0]} instances", grown, at_most(2))
        name = f"slowest page, {kind}, {SIZES[-1]:,} instances: p95 milliseconds"
        yield figure(GROUP, name, slowest[1] * 1e3)


def measured(kind: str, sizes: tuple[int, int], only: str = "") -> dict[str, tuple[Asked, Asked]]:
    """Each page whose name begins with `only`, with few instances and with many."""
    with ExitStack() as stack:
        sides: list[dict[str, Callable[[], None]]] = []
        for size in sizes:
            url = stack.enter_context(servers.DATABASES[kind]())
            engine = stack.enter_context(library.running(url))
            sides.append(asking(engine, filled(engine, size)))
        few, many = sides
        return {name: _asked(few[name], many[name]) for name in few if name.startswith(only)}


def _asked(few: Callable[[], None], many: Callable[[], None]) -> tuple[Asked, Asked]:
    for ask in (few, many):
        ask(), ask()
    turns = [(_turn(few, many)) for _ in range(TURNS)]
    first, second = zip(*turns, strict=True)
    return _quietest(first), _quietest(second)


def _turn(*asks: Callable[[], None]) -> tuple[Asked, ...]:
    """Each in turn, again and again."""
    taken: list[list[float]] = [[] for _ in asks]
    used: list[list[float]] = [[] for _ in asks]
    for _ in range(ROUNDS):
        for ask, times, processor in zip(asks, taken, used, strict=True):
            begun, worked = perf_counter(), process_time()
            ask()
            times.append(perf_counter() - begun)
            processor.append(process_time() - worked)
    return tuple(
        Asked(quantiles(times, n=20)[-1], median(processor)) for times, processor in zip(taken, used, strict=True)
    )


def _quietest(turns: Sequence[Asked]) -> Asked:
    """What else the machine did meanwhile is not what is measured."""
    return Asked(min(turn.p95 for turn in turns), min(turn.processor for turn in turns))


# --- what there is -------------------------------------------------------------------------------------------


def filled(engine: Engine, size: int) -> Mapping[str, str]:
    """Fills the database; the paths of the pages by their names."""
    for number in range(USERS):
        user_id = f"user-{number}"
        identity.create_user(
            engine,
            user_id,
            actor=library.ACTOR,
            name=f"User {number}",
            roles=_ROLES.get(user_id, (Role.PARTICIPANT,)),
            groups=(GROUPS[number % len(GROUPS)],),
        )
        workers.note(engine, f"worker-{number}", ("mail",), actor=library.ACTOR)
    identity.create_api_key(engine, actor=library.ACTOR, user_id=OPERATOR, name="key")
    demo.fill(engine)
    definition = library.deploy(engine, drawings.sequence(2, "userTask"))
    newer = library.deploy(engine, drawings.sequence(2, "userTask").replace('name="task0"', 'name="First"'))
    decision = decision_definitions.list_(engine, actor=library.ACTOR, limit=1).items[0]
    filling = Filling(engine, definition, size, None if size > SIZES[0] else DENSE)
    filling.instances()
    filling.beside(decision.id, decision.key)
    filling.finish()
    return {
        **_of_people(),
        **_of_tasks(engine, filling),
        **_of_processes(engine, definition, newer),
        **_of_instances(engine, filling, definition),
        **_of_decisions(engine, decision),
        **_of_audit(engine, filling, definition),
        **_of_operations(engine, filling),
        **{path: path for path in ("/", "/live", "/upload", "/modeler", "/modeler/bpmn", "/docs", "/login")},
        "/ of a participant": "/",
    }


def _of_people() -> dict[str, str]:
    paths = ("/people", "/people/new", "/people/groups", "/people/keys")
    return {
        **{path: path for path in paths},
        "/people by text": "/people?text=user",
        "/people by group": f"/people?group={GROUPS[0]}",
        "/people/users/ID": f"/people/users/{OPERATOR}",
        "/people/groups/ID": f"/people/groups/{GROUPS[0]}",
    }


def _of_tasks(engine: Engine, filling: Filling) -> dict[str, str]:
    tasks = user_tasks.list_(engine, actor=library.ACTOR, key="loan-approval", open_only=True).items
    user_task_drafts.save(engine, tasks[0].id, actor=library.ACTOR, variables={"approved": True})
    tomorrow = filling.started(0).date() + timedelta(days=5)
    found = {"/tasks": "/tasks", "/tasks/live": "/tasks/live", "/tasks/ID": f"/tasks/{tasks[0].id}"}
    for inbox in ("mine", "groups", "unassigned", "overdue"):
        for order in ("created", "due", "priority"):
            found[f"/tasks {inbox} by {order}"] = f"/tasks?inbox={inbox}&order={order}"
    for name, given in {
        "by due": {"order": "due"},
        "by priority": {"order": "priority"},
        "of a name": {"name": "ask1"},
        "of a key": {"key": "sequence_userTask_2"},
        "of an assignee": {"assignee": OPERATOR},
        "due until": {"dueUntil": tomorrow, "order": "due"},
        "to follow up until": {"followUpUntil": tomorrow},
        "of a name, unassigned, by priority": {"name": "ask1", "inbox": "unassigned", "order": "priority"},
    }.items():
        found[f"/tasks {name}"] = f"/tasks?{urlencode(given)}"
    for inbox in ("all", "groups"):
        found[f"/tasks {inbox} of a participant"] = f"/tasks?inbox={inbox}"
    return found


def _of_processes(engine: Engine, definition: int, newer: int) -> dict[str, str]:
    found = {
        "/processes": "/processes",
        "/processes of a key": "/processes?key=loan-approval",
        "/processes/ID/compare": f"/processes/{newer}/compare?with={definition}",
    }
    for name, id_ in {"ID": definition, "ID of no instance": newer}.items():
        found[f"/processes/{name} start"] = f"/processes/{id_}/start"
        found[f"/processes/{name} live"] = f"/processes/{id_}/live"
        for view in ("live", "visits", "median", "p95", "problems"):
            found[f"/processes/{name} showing {view}"] = f"/processes/{id_}?view={view}"
    return found


def _of_instances(engine: Engine, filling: Filling, definition: int) -> dict[str, str]:
    half, key = filling.size // 2, "sequence_userTask_2"
    loan, order = (
        process_instances.list_(engine, actor=library.ACTOR, key=key).items[-1].id
        for key in ("loan-approval", "order-fulfilment")
    )
    batch = batches.request(
        engine, Deed.SUSPEND, actor=library.ACTOR, ids=[BASE + number * 8 for number in range(1, 51)]
    )
    middle = filling.started(half).isoformat().partition("+")[0]
    found = {
        "/instances/ID": f"/instances/{loan}",
        "/instances/ID/live": f"/instances/{loan}/live",
        "/instances/ID then": f"/instances/{loan}?at=3",
        "/instances/ID that called": f"/instances/{order}",
        "/instances/ID that has ended": f"/instances/{BASE + 8 * 7}",
        "/instances/batches/ID": f"/instances/batches/{batch.id}",
        "/instances/batches/ID/live": f"/instances/batches/{batch.id}/live",
        "/instances": "/instances",
        "/instances of a participant": "/instances",
        "/instances active of a participant": "/instances?state=active",
    }
    for name, given in {
        "active": {"state": "active"},
        "completed": {"state": "completed"},
        "suspended": {"state": "suspended"},
        "of a key": {"key": key},
        "of a version": {"key": key, "version": 1},
        "active of a key": {"key": key, "state": "active"},
        "suspended of a key": {"key": key, "state": "suspended"},
        "of a definition": {"processDefinitionId": definition},
        "by business key": {"businessKey": f"B-{half}"},
        "by the beginning of a business key": {"businessKeyPrefix": "B-1"},
        "active by the beginning of a business key": {"businessKeyPrefix": "B-1", "state": "active"},
        "by a variable": {"variable": "amount=2"},
        "active by a variable": {"variable": "amount=2", "state": "active"},
        "by a variable of no instance": {"variable": "amount=x"},
        "of a key, by a variable, with an incident": {"key": key, "variable": "amount=0", "hasIncident": "true"},
        "at an element": {"key": key, "elementId": "task1"},
        "active at an element": {"processDefinitionId": definition, "elementId": "task1", "state": "active"},
        "with an incident": {"hasIncident": "true"},
        "active of a key with an incident": {"key": key, "state": "active", "hasIncident": "true"},
        "without an incident": {"hasIncident": "false"},
        "started before": {"startedBefore": middle},
        "started after": {"startedAfter": middle},
        "active, started before": {"startedBefore": middle, "state": "active"},
        "active of a key, started within": {"startedAfter": middle, "key": key, "state": "active"},
        "ended after": {"endedAfter": middle},
        "of a caller": {"callerId": order},
        "of a root": {"rootId": order},
    }.items():
        found[f"/instances {name}"] = f"/instances?{urlencode(given)}"
    return found


def _of_decisions(engine: Engine, decision: decision_definitions.DecisionDefinitionView) -> dict[str, str]:
    made = decision_evaluations.list_(engine, actor=library.ACTOR, limit=1).items[0]
    return {
        "/decisions": "/decisions",
        "/decisions/ID": f"/decisions/{decision.id}",
        "/decisions/evaluations": "/decisions/evaluations",
        "/decisions/evaluations of a key": f"/decisions/evaluations?key={decision.key}",
        "/decisions/evaluations of an instance": f"/decisions/evaluations?processInstanceId={BASE + 16}",
        "/decisions/evaluations/ID": f"/decisions/evaluations/{made.id}",
    }


def _of_audit(engine: Engine, filling: Filling, definition: int) -> dict[str, str]:
    middle = filling.started(filling.size // 2).isoformat().partition("+")[0]
    loan = process_instances.list_(engine, actor=library.ACTOR, key="loan-approval").items[-1].id
    found = {
        "/audit": "/audit",
        "/audit of a participant": "/audit",
        "/audit/verification": "/audit/verification",
        "/audit/verification of an instance": f"/audit/verification?processInstanceId={loan}",
    }
    for name, given in {
        "of an actor": {"actor": OPERATOR},
        "of a frequent type": {"type": "UserTaskCreated"},
        "of a rare type": {"type": "ProcessInstanceStarted"},
        "of a type that is seldom": {"type": "DeploymentCreated"},
        "of a frequent type that is seldom": {"type": "VariableUpdated"},
        "of a key": {"key": "sequence_userTask_2"},
        "of a definition": {"processDefinitionId": definition},
        "of an instance": {"processInstanceId": loan},
        "of an element": {"elementId": "task1"},
        "of no element": {"elementId": "nothing"},
        "before": {"before": middle},
        "of a key, before": {"before": middle, "key": "sequence_userTask_2"},
        "of an actor, after": {"after": middle, "actor": OPERATOR},
        "of a definition, before": {"before": middle, "processDefinitionId": definition},
    }.items():
        found[f"/audit {name}"] = f"/audit?{urlencode(given)}"
    return found


def _of_operations(engine: Engine, filling: Filling) -> dict[str, str]:
    job = jobs.list_(engine, actor=library.ACTOR, limit=1).items[0]
    cause = incidents.list_(engine, actor=library.ACTOR, limit=20).items[-1].cause
    middle = filling.started(filling.size // 2).isoformat().partition("+")[0]
    paths = ("/operations", "/operations/live", "/operations/incidents", "/operations/jobs", "/operations/workers")
    found = {path: path for path in paths}
    found["/operations/incidents/CAUSE"] = f"/operations/incidents/{cause}"
    found["/operations/jobs/ID"] = f"/operations/jobs/{job.id}"
    for name, given in {
        **{condition.value: {"condition": condition.value} for condition in jobs.JobCondition},
        "timers": {"kind": "timer"},
        "services": {"kind": "service"},
        "of a type": {"type": "type-0"},
        "of no type": {"type": "nothing"},
        "of a kind that is seldom": {"kind": "call"},
        "of an instance": {"processInstanceId": BASE + 80},
        "due before": {"dueBefore": middle},
        "due after": {"dueAfter": middle},
        "timers due after": {"dueAfter": middle, "kind": "timer"},
        "due, of a type": {"condition": "due", "type": "type-0"},
        "due timers": {"condition": "due", "kind": "timer"},
        "failed of a type": {"condition": "failed", "type": "type-0"},
    }.items():
        found[f"/operations/jobs {name}"] = f"/operations/jobs?{urlencode(given)}"
    return found


# --- asking --------------------------------------------------------------------------------------------------


def asking(engine: Engine, paths: Mapping[str, str]) -> dict[str, Callable[[], None]]:
    """What asks for each page, by its name: as an operator, or as a participant where the name says so."""
    client = create_app(engine).test_client()
    return {name: _asking(client, name, path) for name, path in paths.items()}


def _asking(client: FlaskClient, name: str, path: str) -> Callable[[], None]:
    who = CLERK if name.endswith("of a participant") else OPERATOR
    headers = {"Host": "localhost", "Accept": "text/html", "Baton-User": who}

    def ask() -> None:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, f"{path}: expected 200, found {answer.status_code}: {answer.text[:2000]}"

    return ask
