"""Drafts, dates and priority of tasks, and taking the next one."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy

from baton.bpm import errors
from baton.bpm.runtime import audit_chains, audit_events, process_instances, user_task_drafts, user_tasks
from baton.bpm.testing import VirtualClock
from baton.models import user_task_draft
from tests.integration.support import JOHN, MARY, PAUL, TWO_TASKS, Desk, diagram, flow

FOR_SALES = diagram(
    '<startEvent id="start"/><userTask id="check" name="Check" camunda:candidateGroups="sales"/><endEvent id="end"/>'
    + flow("start", "check")
    + flow("check", "end")
)
INTERRUPTED = diagram(
    '<startEvent id="start"/><userTask id="check"/><endEvent id="end"/>'
    '<boundaryEvent id="late" attachedToRef="check"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    "</timerEventDefinition></boundaryEvent>" + flow("start", "check") + flow("check", "end") + flow("late", "end")
)


def kept(desk: Desk) -> int:
    with desk.engine.database.read() as connection:
        return len(connection.execute(sqlalchemy.select(user_task_draft)).all())


def told(desk: Desk, instance_id: int, type_: str) -> list[audit_events.AuditEventView]:
    found = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance_id, type=type_)
    return list(found.items)


def test_a_draft_is_each_persons_own_and_goes_when_the_task_is_completed(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    task = desk.task(instance.id)

    user_task_drafts.save(desk.engine, task.id, actor=MARY, variables={"amount": 1, "secret": "abc"})
    user_task_drafts.save(desk.engine, task.id, actor=MARY, variables={"amount": 2, "secret": "abc"})
    user_task_drafts.save(desk.engine, task.id, actor=PAUL, variables={"amount": 3})

    assert user_task_drafts.get(desk.engine, task.id, actor=MARY).variables == {"amount": 2, "secret": "abc"}
    assert user_task_drafts.get(desk.engine, task.id, actor=PAUL).variables == {"amount": 3}
    assert "abc" not in str(told(desk, instance.id, "UserTaskDraftSaved"))
    assert len(told(desk, instance.id, "UserTaskDraftSaved")) == 3
    user_task_drafts.discard(desk.engine, task.id, actor=PAUL)
    desk.complete(instance.id)

    assert kept(desk) == 0
    with pytest.raises(errors.NotFound, match="draft"):
        user_task_drafts.get(desk.engine, task.id, actor=MARY)
    with pytest.raises(errors.WrongState):
        user_task_drafts.save(desk.engine, task.id, actor=MARY, variables={})
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None


def test_a_draft_goes_when_the_task_is_interrupted_or_its_instance_terminated(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(INTERRUPTED)
    late, ended = desk.start(), desk.start()
    for instance in (late, ended):
        user_task_drafts.save(desk.engine, desk.task(instance.id).id, actor=MARY, variables={"a": 1})

    process_instances.terminate(desk.engine, ended.id, actor=MARY)
    assert kept(desk) == 1
    clock.advance(timedelta(hours=2))
    desk.settle()

    assert desk.state(late.id) == "completed"
    assert kept(desk) == 0


def test_a_draft_saved_while_the_task_is_completed_stays_nowhere(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    for _ in range(5):
        instance = desk.start()
        task = desk.task(instance.id)

        def save(number: int, task_id: int = task.id) -> None:
            with contextlib.suppress(errors.WrongState, errors.NotFound):
                user_task_drafts.save(desk.engine, task_id, actor=MARY, variables={"number": number})

        with ThreadPoolExecutor(3) as pool:
            saving = [pool.submit(save, number) for number in range(4)]
            pool.submit(user_tasks.complete, desk.engine, task.id, actor=MARY).result()
            for one in saving:
                one.result()
        assert kept(desk) == 0


def test_a_draft_is_bounded_and_for_those_who_may_complete_the_task(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    task = desk.task(desk.start().id)

    with pytest.raises(errors.TooLarge) as refused:
        user_task_drafts.save(desk.engine, task.id, actor=JOHN, variables={"text": "x" * 262_144})
    assert refused.value.field == "variables"
    with pytest.raises(errors.NotAllowed):
        user_task_drafts.save(desk.engine, task.id, actor=PAUL, variables={})
    user_tasks.claim(desk.engine, task.id, actor=JOHN)
    with pytest.raises(errors.Conflict):
        user_task_drafts.save(desk.engine, task.id, actor=MARY, variables={})
    with pytest.raises(errors.NotFound):
        user_task_drafts.save(desk.engine, 1, actor=JOHN, variables={})


def test_dates_and_priority_are_set_and_taken_away_and_told(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(FOR_SALES)
    instance = desk.start()
    task = desk.task(instance.id)
    due = clock() + timedelta(days=1)

    changed = user_tasks.change(desk.engine, task.id, actor=MARY, due_at=due, follow_up_at=clock(), priority=80)
    assert (changed.due_at, changed.follow_up_at, changed.priority) == (due, clock(), 80)
    again = user_tasks.change(desk.engine, task.id, actor=MARY, priority=80)
    assert again == changed
    without = user_tasks.change(desk.engine, task.id, actor=MARY, due_at=None)
    assert (without.due_at, without.follow_up_at) == (None, clock())

    first, second = told(desk, instance.id, "UserTaskChanged")
    assert (first.data["old_priority"], first.data["priority"], first.data["old_due_at"]) == (50, 80, None)
    assert second.data.keys() == {"token_id", "old_due_at", "due_at"}
    with pytest.raises(errors.NotAllowed):
        user_tasks.change(desk.engine, task.id, actor=JOHN, priority=1)
    with pytest.raises(errors.InvalidCommand, match="priority"):
        user_tasks.change(desk.engine, task.id, actor=MARY, priority=2**31)
    user_tasks.claim(desk.engine, task.id, actor=JOHN)
    assert user_tasks.change(desk.engine, task.id, actor=JOHN, priority=1).priority == 1
    user_tasks.complete(desk.engine, task.id, actor=JOHN)
    with pytest.raises(errors.WrongState):
        user_tasks.change(desk.engine, task.id, actor=JOHN, priority=2)


def test_the_next_task_is_the_most_urgent_of_those_for_me(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    desk.deploy(TWO_TASKS.replace(b'process id="order"', b'process id="other"'))
    tasks = [desk.task(desk.start().id) for _ in range(3)]
    other = desk.task(desk.start("other").id)
    user_tasks.change(desk.engine, tasks[2].id, actor=MARY, priority=90)
    suspended = desk.start()
    user_tasks.change(desk.engine, desk.task(suspended.id).id, actor=MARY, priority=99)
    process_instances.suspend(desk.engine, suspended.id, actor=MARY)

    def take(**options: str) -> int | None:
        task = user_tasks.claim_next(desk.engine, actor=JOHN, **options)
        return task and task.id

    assert take() == tasks[2].id
    assert take(key="other") == other.id
    assert [take(), take(), take()] == [tasks[0].id, tasks[1].id, None]
    assert user_tasks.claim_next(desk.engine, actor=PAUL) is None


def test_people_who_take_the_next_at_once_get_different_ones(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    for _ in range(6):
        desk.start()

    with ThreadPoolExecutor(4) as people:
        taken = list(people.map(lambda _: user_tasks.claim_next(desk.engine, actor=JOHN), range(8)))

    ids = [task.id for task in taken if task is not None]
    assert len(ids) == len(set(ids)) == 6
