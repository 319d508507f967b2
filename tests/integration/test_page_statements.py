"""Every page with a list asks the database as often with a thousand rows in each table as with a hundred."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Connection, Table, select

from baton.bpm.runtime import (
    batches,
    decision_definitions,
    decision_evaluations,
    groups,
    identity,
    incident_groups,
    workers,
)
from baton.bpm.runtime.instance_search import InstanceFilter
from baton.bpm.runtime.job_kinds import Deed
from baton.models import (
    api_key,
    audit_event,
    decision_definition,
    decision_evaluation,
    flow_node_instance,
    group,
    incident,
    job,
    membership,
    process_definition,
    process_instance,
    resource,
    scope,
    user,
    user_task,
    variable,
    worker,
)
from tests.integration.pages import Pages
from tests.integration.support import MARY, TWO_TASKS, WORKER, Desk
from tests.integration.test_decisions import deploy, table
from tests.integration.test_pages_of_operations import CHARGE, COUNT

FEW, MANY, MORE = 100, 1_000, 1_300
# Few rows are sorted, many are walked along an index: which it is costs up to two statements for each filter, and the
# inbox of the groups has two. It costs no more with more rows.
TWO_WAYS = ("/audit?", "/operations/jobs?", "/tasks?")
MOST_STATEMENTS = 60
_BY_INSTANCE = (scope, variable, flow_node_instance, user_task, job, incident)


class Rows:
    """Copies of the rows that a first deed of each kind made, with ids of their own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.count = 0

    def grow(self, count: int) -> None:
        """To `count` copies in all."""
        numbers = range(self.count, count)
        self.count = count
        with self.desk.engine.database.write() as connection:
            for key in ("order", "charge", "count"):
                self._instances(connection, key, len(numbers))
            self._copy(connection, resource, numbers, id=self._id)
            self._copy(connection, process_definition, numbers, id=self._id, key=lambda n: f"copy-{n}")
            self._copy(connection, decision_definition, numbers, id=self._id, key=lambda n: f"copy-{n}")
            self._copy(connection, decision_evaluation, numbers, id=self._id)
            self._copy(connection, worker, numbers, name=lambda n: f"worker-{n}")
            self._copy(connection, user, numbers, where=user.c.id == "first", id=lambda n: f"user-{n}")
            self._copy(connection, group, numbers, where=group.c.id == "all", id=lambda n: f"group-{n}")
            connection.execute(
                membership.insert(),
                [
                    {"user_id": person, "group_id": team}
                    for n in numbers
                    for person, team in ((f"user-{n}", "all"), ("first", f"group-{n}"))
                ],
            )
            self._copy(connection, api_key, numbers, id=self._id, digest=lambda n: f"digest-{n}")

    def _id(self, _number: int) -> int:
        return self.desk.engine.next_id()

    def _instances(self, connection: Connection, key: str, count: int) -> None:
        original = connection.execute(
            select(process_instance).where(process_instance.c.key == key).order_by(process_instance.c.id).limit(1)
        ).one()
        ids = [self.desk.engine.next_id() for _ in range(count)]
        named = [{"id": id_, "root_id": id_} for id_ in ids]
        connection.execute(process_instance.insert(), [{**original._mapping, **each} for each in named])
        for of_instance in _BY_INSTANCE:
            query = select(of_instance).where(of_instance.c.process_instance_id == original.id)
            for row in connection.execute(query).all():
                copies = [self._of(row._mapping, original.id, id_) for id_ in ids]
                connection.execute(of_instance.insert(), copies)
        query = select(audit_event).where(audit_event.c.process_instance_id == original.id)
        for row in connection.execute(query).all():
            told = {name: value for name, value in row._mapping.items() if name not in ("id", "transaction_id")}
            connection.execute(audit_event.insert(), [{**told, "process_instance_id": id_} for id_ in ids])

    def _of(self, row: Mapping[Any, Any], before: int, now: int) -> dict[str, Any]:
        """A row of another instance: what was its id is the other's, its own id is new."""
        copied = {name: now if value == before and name.endswith("id") else value for name, value in row.items()}
        if "id" in copied and copied["id"] != now:
            copied["id"] = self.desk.engine.next_id()
        return copied

    def _copy(
        self, connection: Connection, of: Table, numbers: range, where: Any = None, **made: Callable[[int], Any]
    ) -> None:
        query = select(of).order_by(*of.primary_key.columns).limit(1)
        row = connection.execute(query if where is None else query.where(where)).one()._mapping
        copies = [{**row, **{name: make(number) for name, make in made.items()}} for number in numbers]
        connection.execute(of.insert(), copies)


@pytest.fixture
def rows(desk: Desk) -> Rows:
    """One of everything."""
    desk.deploy(TWO_TASKS)
    desk.deploy(CHARGE.replace(b'"order"', b'"charge"'))
    desk.deploy(COUNT)
    deploy(desk, size_dmn=table())
    for key in ("order", "charge", "count"):
        desk.start(key, note="n")
    decision_definitions.evaluate(desk.engine, actor=MARY, key="size", variables={"amount": 1})
    workers.note(desk.engine, "first", ["pay"], actor=WORKER)
    groups.create(desk.engine, "all", actor=MARY)
    identity.create_user(desk.engine, "first", actor=MARY, groups=("all",))
    identity.create_api_key(desk.engine, actor=MARY, user_id="first", name="key")
    return Rows(desk)


def test_every_list_costs_the_same_statements_with_a_thousand_rows_as_with_a_hundred(desk: Desk, rows: Rows) -> None:
    rows.grow(FEW)
    pages = Pages(desk.engine)
    paths = list_pages(desk)
    few = {path: pages.statements(path) for path in paths}

    rows.grow(MANY)

    with desk.engine.database.read() as connection:
        for of in (process_instance, user_task, job, incident, audit_event, worker, user, decision_evaluation):
            counted = connection.execute(select(sqlalchemy.func.count()).select_from(of)).scalar_one()
            assert counted >= MANY, of.name
    many = {path: pages.statements(path) for path in paths}
    assert {path: (few[path], count) for path, count in many.items() if count > few[path] + allowed(path)} == {}
    rows.grow(MORE)
    more = {path: pages.statements(path) for path in paths if allowed(path)}
    assert {path: (many[path], count) for path, count in more.items() if count > many[path]} == {}
    assert max(many.values()) <= MOST_STATEMENTS
    assert min(many.values()) > 0


def allowed(path: str) -> int:
    """How many statements more than with few rows."""
    if not path.startswith(TWO_WAYS):
        return 0
    return 4 if "inbox=groups" in path else 2


def list_pages(desk: Desk) -> list[str]:
    """All that show a list, also those of one thing with lists of its own, and the fragments that go on asking."""
    engine = desk.engine
    with engine.database.read() as connection:
        query = select(process_instance.c.id, process_instance.c.process_definition_id, process_instance.c.key)
        instances = {row.key: row for row in connection.execute(query.order_by(process_instance.c.id.desc()))}
    task = desk.tasks(instances["order"].id)[0]
    [cause] = incident_groups.list_(engine, actor=MARY).items
    size = decision_definitions.list_(engine, actor=MARY, key="size").items[0]
    made = decision_evaluations.list_(engine, actor=MARY, key="size", limit=1).items[0]
    batch = batches.request(engine, Deed.RESUME, actor=MARY, wanted=InstanceFilter(key="order"))
    of_key = [f"/processes/{row.process_definition_id}" for row in instances.values()]
    of_instance = [f"/instances/{row.id}{more}" for row in instances.values() for more in ("", "/live", "?at=5")]
    return [
        *("/", "/live", "/tasks", "/tasks/live", "/tasks?inbox=mine", "/tasks?inbox=groups&order=due"),
        *("/tasks?inbox=overdue", "/tasks?inbox=unassigned&order=priority", "/tasks?name=check", f"/tasks/{task.id}"),
        *("/processes", "/modeler", *of_key, *(f"{path}?view=p95" for path in of_key)),
        *("/instances", "/instances?key=order", "/instances?state=active", "/instances?hasIncident=true"),
        *("/instances?variable=note%3Dn", "/instances?key=order&elementId=check", *of_instance),
        *(f"/instances/batches/{batch.id}", f"/instances/batches/{batch.id}/live"),
        *("/decisions", f"/decisions/{size.id}", "/decisions/evaluations", f"/decisions/evaluations/{made.id}"),
        *("/audit", "/audit?type=ProcessInstanceStarted", "/audit?key=order", "/audit/verification"),
        *("/operations", "/operations/live", "/operations/incidents", f"/operations/incidents/{cause.cause}"),
        *("/operations/jobs", "/operations/jobs?condition=due", "/operations/jobs?kind=timer"),
        *("/operations/workers", "/people", "/people/groups", "/people/keys", "/people/users/first"),
        "/people/groups/all",
    ]
