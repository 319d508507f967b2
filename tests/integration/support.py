"""People, small diagrams and short deeds for the tests of this folder."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from baton.bpm.runtime import deployments, due_jobs, process_instances, user_tasks
from baton.bpm.runtime.actors import ALL_ROLES, Actor, ActorKind, Role
from baton.bpm.runtime.database import make_engine
from baton.bpm.runtime.deployments import DeploymentView, Resource
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.process_instances import ProcessInstanceView
from baton.models import migrations

_FILE = "sqlite:///"
MARY = Actor(ActorKind.USER, "mary", roles=ALL_ROLES)
JOHN = Actor(ActorKind.USER, "john", groups=("sales",), roles=frozenset({Role.PARTICIPANT}))
PAUL = Actor(ActorKind.USER, "paul", roles=frozenset({Role.PARTICIPANT}))
WORKER = Actor(ActorKind.WORKER, "w1", roles=frozenset({Role.WORKER}))


HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.com">
"""


def diagram(content: str, *, key: str = "order", executable: bool = True) -> bytes:
    """A file with one process."""
    flag = str(executable).lower()
    return f'{HEAD}<process id="{key}" name="Order" isExecutable="{flag}">{content}</process></definitions>'.encode()


def flow(source: str, target: str, condition: str | None = None) -> str:
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


TWO_TASKS = diagram(
    '<startEvent id="start"/><userTask id="check" name="Check order"/><userTask id="ship" name="Ship order"/>'
    '<endEvent id="end"/>' + flow("start", "check") + flow("check", "ship") + flow("ship", "end")
)


def migrate(database_url: str) -> None:
    """Make the tables; a SQLite file is a copy of one that was migrated before."""
    if database_url.startswith(_FILE):
        shutil.copyfile(_migrated_file(), database_url.removeprefix(_FILE))
    else:
        _migrate(database_url)


@cache
def _migrated_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="baton-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _migrate(f"{_FILE}{folder / 'baton.db'}")
    return folder / "baton.db"


def _migrate(database_url: str) -> None:
    engine = make_engine(database_url, foreign_keys=False)
    migrations.upgrade(engine)
    engine.dispose()


class Desk:
    """Short deeds for tests."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def deploy(self, content: bytes, **options: object) -> DeploymentView:
        return deployments.deploy(self.engine, actor=MARY, resources=[Resource("order.bpmn", content)], **options)  # type: ignore[arg-type]

    def start(self, key: str = "order", **variables: object) -> ProcessInstanceView:
        return process_instances.start(self.engine, actor=MARY, key=key, variables=variables)

    def tasks(self, instance_id: int) -> list[user_tasks.UserTaskView]:
        page = user_tasks.list_(self.engine, actor=MARY, process_instance_id=instance_id, open_only=True)
        return list(page.items)

    def task(self, instance_id: int) -> user_tasks.UserTaskView:
        (task,) = self.tasks(instance_id)
        return task

    def complete(self, instance_id: int, **variables: object) -> user_tasks.UserTaskView:
        return user_tasks.complete(self.engine, self.task(instance_id).id, actor=MARY, variables=variables)

    def settle(self) -> None:
        """Do what Baton has to do itself and is due, until nothing is."""
        for _ in range(1000):
            due = due_jobs.take_due(self.engine, limit=100)
            if not due:
                return
            for job_id in due:
                due_jobs.execute_due(self.engine, job_id)
        raise AssertionError("it goes on for ever")

    def state(self, instance_id: int) -> str:
        return process_instances.get(self.engine, instance_id, actor=MARY).state

    def variables(self, instance_id: int) -> dict[str, object]:
        found = process_instances.variables(self.engine, instance_id, actor=MARY)
        return {view.name: view.value for view in found}
