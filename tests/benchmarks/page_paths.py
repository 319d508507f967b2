"""The address of every page, and of its main filters, in a database that `pages` has filled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from baton.bpm.runtime import (
    batches,
    decision_definitions,
    decision_evaluations,
    incidents,
    jobs,
    process_definitions,
    process_instances,
    user_task_drafts,
    user_tasks,
)
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import Deed
from tests.benchmarks import library
from tests.benchmarks.filling import BASE, GROUPS, Filling

KEY = "sequence_userTask_2"


def of(filling: Filling, operator: str) -> Mapping[str, str]:
    """By names, which say what is shown."""
    engine = filling.engine
    newer, definition = process_definitions.list_(engine, actor=library.ACTOR, key=KEY).items
    decision = decision_definitions.list_(engine, actor=library.ACTOR, limit=1).items[0]
    return {
        **{path: path for path in ("/", "/live", "/upload", "/modeler", "/modeler/bpmn", "/docs", "/login")},
        "/ of a participant": "/",
        **_of_tasks(engine, filling, operator),
        **_of_processes(definition.id, newer.id),
        **_of_instances(engine, filling, definition.id),
        **_of_decisions(engine, decision),
        **_of_audit(engine, filling, definition.id, operator),
        **_of_operations(engine, filling),
        **_of_people(operator),
    }


def _of_people(operator: str) -> dict[str, str]:
    paths = ("/people", "/people/new", "/people/groups", "/people/keys")
    return {
        **{path: path for path in paths},
        "/people by text": "/people?text=user",
        "/people by group": f"/people?group={GROUPS[0]}",
        "/people/users/ID": f"/people/users/{operator}",
        "/people/groups/ID": f"/people/groups/{GROUPS[0]}",
    }


def _of_tasks(engine: Engine, filling: Filling, operator: str) -> dict[str, str]:
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
        "of a key": {"key": KEY},
        "of an assignee": {"assignee": operator},
        "due until": {"dueUntil": tomorrow, "order": "due"},
        "to follow up until": {"followUpUntil": tomorrow},
        "of a name, unassigned, by priority": {"name": "ask1", "inbox": "unassigned", "order": "priority"},
    }.items():
        found[f"/tasks {name}"] = f"/tasks?{urlencode(given)}"
    for inbox in ("all", "groups"):
        found[f"/tasks {inbox} of a participant"] = f"/tasks?inbox={inbox}"
    return found


def _of_processes(definition: int, newer: int) -> dict[str, str]:
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
    half, key = filling.size // 2, KEY
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


def _of_audit(engine: Engine, filling: Filling, definition: int, operator: str) -> dict[str, str]:
    middle = filling.started(filling.size // 2).isoformat().partition("+")[0]
    loan = process_instances.list_(engine, actor=library.ACTOR, key="loan-approval").items[-1].id
    found = {
        "/audit": "/audit",
        "/audit of a participant": "/audit",
        "/audit/verification": "/audit/verification",
        "/audit/verification of an instance": f"/audit/verification?processInstanceId={loan}",
    }
    for name, given in {
        "of an actor": {"actor": operator},
        "of a frequent type": {"type": "UserTaskCreated"},
        "of a rare type": {"type": "ProcessInstanceStarted"},
        "of a type that is seldom": {"type": "DeploymentCreated"},
        "of a frequent type that is seldom": {"type": "VariableUpdated"},
        "of a key": {"key": KEY},
        "of a definition": {"processDefinitionId": definition},
        "of an instance": {"processInstanceId": loan},
        "of an element": {"elementId": "task1"},
        "of no element": {"elementId": "nothing"},
        "before": {"before": middle},
        "of a key, before": {"before": middle, "key": KEY},
        "of an actor, after": {"after": middle, "actor": operator},
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
