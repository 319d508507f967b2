"""What operators look at: jobs by state, workers, health, incidents by cause and their repair all at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy

from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.lifecycle import IncidentState, JobState
from baton.bpm.runtime import (
    audit_events,
    deployments,
    health,
    incident_causes,
    incident_groups,
    incidents,
    jobs,
    keysets,
    process_instances,
    walks,
    workers,
)
from baton.bpm.runtime.idempotency import Idempotency
from baton.bpm.runtime.jobs import JobCondition
from baton.bpm.testing import VirtualClock
from baton.models import incident, worker
from tests.integration.support import MARY, PAUL, TWO_TASKS, WORKER, Desk, diagram, flow

SERVICE = diagram(
    '<startEvent id="start"/><serviceTask id="pay" camunda:type="external" camunda:topic="pay"/><endEvent id="end"/>'
    + flow("start", "pay")
    + flow("pay", "end")
)
CHOICE = diagram(
    '<startEvent id="start"/><exclusiveGateway id="fits"/><endEvent id="yes"/><endEvent id="no"/>'
    + flow("start", "fits")
    + flow("fits", "yes", "${amount &gt; 100}")
    + flow("fits", "no", "${amount &lt;= 100}"),
    key="choice",
)


def take(desk: Desk, count: int = 1, name: str = "w1", **options: Any) -> list[jobs.JobView]:
    return jobs.activate(desk.engine, actor=WORKER, types=["pay"], worker=name, max_jobs=count, **options)


def ids(desk: Desk, condition: JobCondition, limit: int = 2) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        page = jobs.list_(desk.engine, actor=MARY, condition=condition, limit=limit, cursor=cursor)
        found += [view.id for view in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def plan_of(desk: Desk, deed: Any) -> str:
    """How the database answers the SELECTs of `deed`."""
    told: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            told.append((statement, tuple(parameters) if isinstance(parameters, list) else parameters))

    sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", hear)
    deed()
    sqlalchemy.event.remove(desk.engine.database.engine, "before_cursor_execute", hear)
    kind = "QUERY PLAN" if desk.engine.database.is_sqlite else ""
    with desk.engine.database.read() as connection:
        if kind == "":
            # Of a table with few rows a scan is right; what matters is that an index can answer.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return "\n".join(
            str(row[-1])
            for statement, parameters in told
            for row in connection.exec_driver_sql(f"EXPLAIN {kind} {statement}", parameters)
        )


def every(desk: Desk, **filters: Any) -> list[int]:
    """All pages of two."""
    found: list[int] = []
    cursor = None
    while True:
        page = jobs.list_(desk.engine, actor=MARY, limit=2, cursor=cursor, **filters)
        found += [view.id for view in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


# --- jobs ----------------------------------------------------------------------------------------------------


def test_jobs_are_found_by_how_they_stand(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(SERVICE)
    for _ in range(7):
        desk.start()
    held, failing, hopeless = take(desk, 3)
    for job, retries in ((failing, 1), (hopeless, 0)):
        jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message="no", retries=retries, backoff_seconds=60)

    assert ids(desk, JobCondition.LEASED) == [held.id]
    assert ids(desk, JobCondition.FAILED) == [failing.id]
    assert ids(desk, JobCondition.OUT_OF_RETRIES) == [hopeless.id]
    due = ids(desk, JobCondition.DUE)
    assert len(due) == 4 == len(set(due) - {held.id, failing.id, hopeless.id})
    clock.advance(timedelta(hours=1))
    assert ids(desk, JobCondition.LEASED) == []
    assert ids(desk, JobCondition.DUE) == [*due, failing.id, held.id]
    for condition in JobCondition:
        plan = plan_of(desk, lambda condition=condition: ids(desk, condition))
        assert ("ix_job_due_at" if condition is JobCondition.DUE else "ix_job_state") in plan, plan
        with pytest.raises(errors.InvalidCommand, match="cursor"):
            jobs.list_(desk.engine, actor=MARY, condition=condition, cursor=keysets.encode("users", "x"))
    with pytest.raises(errors.InvalidCommand, match="limit"):
        jobs.list_(desk.engine, actor=MARY, condition=JobCondition.DUE, limit=0)


def test_a_completion_sent_twice_under_one_key_is_carried_out_once(desk: Desk) -> None:
    desk.deploy(SERVICE)
    instance = desk.start()
    (job,) = take(desk)
    key = Idempotency("k1", "digest")

    for _ in range(2):
        jobs.complete(desk.engine, job.id, actor=WORKER, worker="w1", variables={"a": 1}, idempotency=key)

    assert desk.state(instance.id) == "completed"
    with pytest.raises(errors.NotFound):
        jobs.complete(desk.engine, job.id, actor=WORKER, worker="w1")
    with pytest.raises(errors.Conflict, match="another request"):
        jobs.complete(desk.engine, job.id, actor=WORKER, worker="w1", idempotency=Idempotency("k1", "other"))


def test_a_deployment_sent_twice_under_one_key_is_made_once(desk: Desk) -> None:
    key = Idempotency("k1", "digest")

    first = desk.deploy(TWO_TASKS, mode=Mode.GUIDED, idempotency=key)
    again = desk.deploy(TWO_TASKS, mode=Mode.GUIDED, force=True, idempotency=key)
    other = desk.deploy(TWO_TASKS, mode=Mode.GUIDED, force=True, idempotency=Idempotency("k2", "digest"))

    assert again == first
    assert other.process_definitions[0].version == 2
    assert len(deployments.list_(desk.engine, actor=MARY).items) == 2
    with pytest.raises(errors.Conflict, match="another request"):
        desk.deploy(TWO_TASKS, idempotency=Idempotency("k1", "other"))


def test_jobs_are_found_by_several_filters_page_by_page_whether_few_or_many_pass_each(
    desk: Desk, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deploy(SERVICE)
    instances = [desk.start() for _ in range(9)]
    held, failing, _free = take(desk, 3)
    jobs.fail(desk.engine, failing.id, actor=WORKER, worker="w1", message="no", retries=1, backoff_seconds=60)
    process_instances.suspend(desk.engine, instances[-1].id, actor=MARY)
    type_ = held.type
    cases: list[dict[str, Any]] = [
        {"type": type_},
        {"type": type_, "kind": jobs.JobKind.SERVICE, "due_before": clock() + timedelta(days=1)},
        {"condition": JobCondition.DUE, "type": type_},
        {"condition": JobCondition.LEASED, "kind": jobs.JobKind.SERVICE},
        {"condition": JobCondition.FAILED, "process_instance_id": failing.process_instance_id},
        {"state": JobState.CREATED},
        {"state": JobState.CREATED, "process_definition_id": held.process_definition_id, "due_after": clock()},
        {"kind": jobs.JobKind.TIMER},
        {"type": "nothing"},
    ]

    plan = plan_of(desk, lambda: jobs.list_(desk.engine, actor=MARY, type=type_))
    few = [every(desk, **case) for case in cases]
    monkeypatch.setattr(walks, "FEW", 0)
    monkeypatch.setattr(walks, "LOOKED_AT", 3)
    many = [every(desk, **case) for case in cases]

    assert few == many
    assert [len(found) for found in few] == [9, 9, 5, 2, 1, 6, 0, 0, 0]
    assert "ix_job_service_due" in plan
    assert "ix_job_suspended" in plan


# --- workers -------------------------------------------------------------------------------------------------


def test_workers_are_seen_without_a_write_per_request(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(SERVICE)
    desk.start()
    begun = clock()
    writes: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO worker"):
            writes.append(statement)

    sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", hear)
    for _ in range(29):
        take(desk, name="w1")
        clock.advance(timedelta(seconds=1))
    assert len(writes) == 1
    clock.advance(timedelta(seconds=1))
    take(desk, name="w1")
    assert len(writes) == 2
    jobs.activate(desk.engine, actor=WORKER, types=["pay", "pack"], worker="w1")
    assert len(writes) == 3
    take(desk, name="w0")
    sqlalchemy.event.remove(desk.engine.database.engine, "before_cursor_execute", hear)

    first = workers.list_(desk.engine, actor=MARY, limit=1)
    second = workers.list_(desk.engine, actor=MARY, limit=1, cursor=first.next_cursor)
    assert [view.name for view in (*first.items, *second.items)] == ["w0", "w1"]
    (seen,) = second.items
    assert (seen.job_types, seen.first_seen_at, seen.last_seen_at, seen.jobs_leased, seen.actor_id) == (
        ("pack", "pay"),
        begun,
        clock(),
        1,
        "w1",
    )
    with pytest.raises(errors.NotAllowed):
        workers.list_(desk.engine, actor=PAUL)
    with pytest.raises(errors.InvalidCommand, match="cursor"):
        workers.list_(desk.engine, actor=MARY, cursor=keysets.encode("users", "x"))


def test_workers_not_seen_for_long_are_forgotten(desk: Desk, clock: VirtualClock) -> None:
    take(desk, name="old")
    clock.advance(timedelta(days=6))
    take(desk, name="new")
    clock.advance(timedelta(days=2))

    assert workers.forget_old(desk.engine) == 1
    with desk.engine.database.read() as connection:
        assert connection.execute(sqlalchemy.select(worker.c.name)).scalars().all() == ["new"]


def test_health_has_versions_sizes_and_how_jobs_stand(desk: Desk) -> None:
    desk.deploy(SERVICE)
    for _ in range(2):
        desk.start()
    take(desk)

    found = health.details(desk.engine, actor=MARY)

    assert (found.status, found.job_backlog, found.jobs_leased, found.jobs_failed) == ("ok", 1, 1, 0)
    assert found.oldest_due_at is not None
    assert found.database_bytes > 100_000
    assert all(part.isdigit() for part in found.database_version.split()[0].split("."))
    with pytest.raises(errors.NotAllowed):
        health.details(desk.engine, actor=PAUL)


# --- incidents -----------------------------------------------------------------------------------------------


def fail_for_good(desk: Desk, message: str) -> None:
    desk.start()
    (job,) = take(desk)
    jobs.fail(desk.engine, job.id, actor=WORKER, worker="w1", message=message, retries=0)


def test_what_differs_from_case_to_case_does_not_make_another_cause() -> None:
    first = "no answer from 'host-1' for order 4711 (deadbeef01) after 2.5 s"
    second = 'no answer from "host-22" for order 5 (0123456789abcdef) after 31 s'

    assert incident_causes.shape(first) == incident_causes.shape(second)
    assert incident_causes.cause("k", "e", "job", first) == incident_causes.cause("k", "e", "job", second)
    for other in (("x", "e", "job"), ("k", "x", "job"), ("k", "e", "x")):
        assert incident_causes.cause(*other, first) != incident_causes.cause("k", "e", "job", first)
    assert incident_causes.shape("no such account") != incident_causes.shape("no such order")
    assert len(incident_causes.shape("x" * 100_000)) <= 500


def test_incidents_are_grouped_by_cause_and_repaired_together(desk: Desk) -> None:
    desk.deploy(SERVICE)
    desk.deploy(CHOICE)
    for number in range(3):
        fail_for_good(desk, f"order {number} is unknown")
    fail_for_good(desk, "card refused")
    started = [desk.start("choice", amount="many" if number else {"x": 1}) for number in range(5)]

    first = incident_groups.list_(desk.engine, actor=MARY, limit=1)
    rest = incident_groups.list_(desk.engine, actor=MARY, cursor=first.next_cursor)
    groups = [*first.items, *rest.items]
    assert sum(group.count for group in groups) == 9
    assert [group.count for group in groups] == sorted((group.count for group in groups), reverse=True)
    unknown = next(group for group in groups if "order" in group.shape)
    assert incident_groups.list_(desk.engine, actor=MARY, cause=unknown.cause).items == (unknown,)
    assert (unknown.count, unknown.element_id, unknown.key, unknown.type) == (3, "pay", "order", "job")
    assert "ix_incident_state_cause_id" in plan_of(desk, lambda: incident_groups.list_(desk.engine, actor=MARY))
    listed = incidents.list_(desk.engine, actor=MARY, cause=unknown.cause).items
    assert len(listed) == 3

    done = incident_groups.resolve(desk.engine, unknown.cause, actor=MARY, limit=2)
    assert (done.resolved, done.failed_again, done.refused) == (2, 0, 0)
    done = incident_groups.resolve(desk.engine, unknown.cause, actor=MARY, limit=2, cursor=done.next_cursor)
    assert (done.resolved, done.next_cursor) == (1, None)
    assert len(take(desk, 10)) == 3
    told = audit_events.list_(desk.engine, actor=MARY, type="IncidentGroupResolved").items
    assert [event.data["resolved"] for event in told] == [1, 2]

    for group in groups:
        if group.key == "choice":
            incident_groups.resolve(desk.engine, group.cause, actor=MARY, variables={"amount": 200})
    assert {desk.state(instance.id) for instance in started} == {"completed"}
    assert [group.count for group in incident_groups.list_(desk.engine, actor=MARY).items] == [1]


def test_a_repair_that_fails_again_ends_and_says_so(desk: Desk) -> None:
    desk.deploy(CHOICE)
    for _ in range(3):
        desk.start("choice", amount="many")
    suspended = desk.start("choice", amount="many")
    process_instances.suspend(desk.engine, suspended.id, actor=MARY)
    (group,) = incident_groups.list_(desk.engine, actor=MARY).items

    done = incident_groups.resolve(desk.engine, group.cause, actor=MARY, limit=3)
    assert (done.resolved, done.failed_again, done.refused) == (3, 3, 0)
    done = incident_groups.resolve(desk.engine, group.cause, actor=MARY, limit=3, cursor=done.next_cursor)

    assert (done.resolved, done.refused, done.next_cursor) == (0, 1, None)
    assert "suspended" in done.refusals[0].message
    (group,) = incident_groups.list_(desk.engine, actor=MARY).items
    assert group.count == 4
    with desk.engine.database.read() as connection:
        assert len(connection.execute(sqlalchemy.select(incident)).all()) == 7


@pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 1001}, {"retries": 0}, {"cursor": "?"}])
def test_bad_input_of_a_repair_is_refused_by_name(desk: Desk, bad: dict[str, Any]) -> None:
    desk.deploy(CHOICE)
    desk.start("choice", amount="many")
    (group,) = incident_groups.list_(desk.engine, actor=MARY).items

    with pytest.raises(errors.InvalidCommand) as refused:
        incident_groups.resolve(desk.engine, group.cause, actor=MARY, **bad)

    assert refused.value.field in bad
    assert incident_groups.list_(desk.engine, actor=MARY).items == (group,)
    with pytest.raises(errors.NotFound):
        incident_groups.resolve(desk.engine, "nothing", actor=MARY)
    with pytest.raises(errors.NotAllowed):
        incident_groups.resolve(desk.engine, group.cause, actor=PAUL)
    with pytest.raises(errors.InvalidCommand, match="cursor"):
        incident_groups.list_(desk.engine, actor=MARY, cursor=keysets.encode("users", "x"))
    with pytest.raises(errors.InvalidCommand, match="open"):
        incidents.list_(desk.engine, actor=MARY, cause=group.cause, state=IncidentState.RESOLVED)
