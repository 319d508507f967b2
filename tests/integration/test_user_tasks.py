"""Claiming, assigning, completing: who may, and what two at once get."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta

import pytest

from baton.bpm import errors
from baton.bpm.lifecycle import UserTaskState
from baton.bpm.runtime import audit_chains, audit_events, process_instances, user_tasks
from baton.bpm.runtime.idempotency import Idempotency
from baton.bpm.testing import VirtualClock
from tests.integration.support import JOHN, MARY, PAUL, TWO_TASKS, Desk, diagram, flow

FOR_SALES = diagram(
    '<startEvent id="start"/><userTask id="check" camunda:candidateGroups="sales" camunda:candidateUsers="paul"/>'
    '<userTask id="ship" camunda:assignee="john"/><endEvent id="end"/>'
    + flow("start", "check")
    + flow("check", "ship")
    + flow("ship", "end")
)


def at_once(*deeds: object) -> list[object]:
    """What each deed returned or raised, all begun together."""
    results: list[object] = [None] * len(deeds)
    barrier = threading.Barrier(len(deeds))

    def run(index: int, deed: object) -> None:
        barrier.wait()
        try:
            results[index] = deed()  # type: ignore[operator]
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_who_complete_the_same_task_at_once_exactly_one_wins(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    for _ in range(5):
        instance = desk.start()
        task = desk.task(instance.id)

        results = at_once(*[lambda id_=task.id: user_tasks.complete(desk.engine, id_, actor=MARY)] * 4)

        refused = [result for result in results if isinstance(result, errors.WrongState)]
        assert len(refused) == 3, results
        assert all("completed" in error.message for error in refused)
        assert [task.name for task in desk.tasks(instance.id)] == ["Ship order"]
        assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None


def test_two_who_claim_at_once_exactly_one_wins(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    task = desk.task(desk.start().id)

    results = at_once(
        *[lambda actor=actor: user_tasks.claim(desk.engine, task.id, actor=actor) for actor in (JOHN, PAUL)]
    )

    lost = [result for result in results if isinstance(result, errors.Conflict)]
    won = [result for result in results if isinstance(result, user_tasks.UserTaskView)]
    assert len(lost) == len(won) == 1
    assert won[0].assignee is not None
    assert won[0].assignee in lost[0].message
    assert "assigned" in lost[0].message


def test_many_at_once_on_different_instances_all_succeed(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    tasks = [desk.task(desk.start().id).id for _ in range(8)]

    results = at_once(*[lambda id_=id_: user_tasks.complete(desk.engine, id_, actor=MARY) for id_ in tasks])

    assert {getattr(result, "state", result) for result in results} == {UserTaskState.COMPLETED}


def test_parallel_branches_of_one_instance_completed_at_once_all_count(desk: Desk) -> None:
    branches = [f"t{number}" for number in range(6)]
    desk.deploy(
        diagram(
            '<startEvent id="start"/><parallelGateway id="fork"/><parallelGateway id="join"/><endEvent id="end"/>'
            + "".join(f'<userTask id="{id_}"/>' + flow("fork", id_) + flow(id_, "join") for id_ in branches)
            + flow("start", "fork")
            + flow("join", "end")
        )
    )
    instance = desk.start()

    results = at_once(
        *[
            lambda task=task: user_tasks.complete(desk.engine, task.id, actor=MARY, variables={task.element_id: 1})
            for task in desk.tasks(instance.id)
        ]
    )

    assert {getattr(result, "state", result) for result in results} == {UserTaskState.COMPLETED}
    assert desk.state(instance.id) == "completed"
    assert desk.variables(instance.id) == dict.fromkeys(branches, 1)
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None


def test_a_completed_task_cannot_be_completed_again(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    task = desk.task(desk.start().id)
    user_tasks.complete(desk.engine, task.id, actor=MARY)

    with pytest.raises(errors.WrongState, match=f"'{task.id}', but it is in state 'completed'"):
        user_tasks.complete(desk.engine, task.id, actor=MARY)


def test_an_unknown_task_is_not_found(desk: Desk) -> None:
    with pytest.raises(errors.NotFound, match="user task with id '17'"):
        user_tasks.complete(desk.engine, 17, actor=MARY)


def test_a_task_that_somebody_claimed_is_theirs_even_for_an_operator(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    task = desk.task(desk.start().id)
    user_tasks.claim(desk.engine, task.id, actor=JOHN)

    with pytest.raises(errors.Conflict, match="'assigned' and belongs to 'john'"):
        user_tasks.complete(desk.engine, task.id, actor=MARY)
    user_tasks.unclaim(desk.engine, task.id, actor=MARY)
    user_tasks.complete(desk.engine, task.id, actor=MARY)


def test_a_task_that_the_diagram_gives_to_somebody_may_be_done_by_an_operator_too(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    instance = desk.start()
    user_tasks.complete(desk.engine, desk.task(instance.id).id, actor=JOHN)
    task = desk.task(instance.id)

    with pytest.raises(errors.Conflict):
        user_tasks.complete(desk.engine, task.id, actor=PAUL)
    user_tasks.complete(desk.engine, task.id, actor=MARY)

    assert desk.state(instance.id) == "completed"


def test_who_is_no_candidate_sees_and_does_nothing(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    task = desk.task(desk.start().id)
    stranger = JOHN.__class__(JOHN.kind, "ringo", roles=JOHN.roles)

    assert user_tasks.list_(desk.engine, actor=stranger).items == ()
    for deed in (user_tasks.get, user_tasks.claim, user_tasks.complete, user_tasks.unclaim):
        with pytest.raises(errors.NotAllowed):
            deed(desk.engine, task.id, actor=stranger)


def test_tasks_are_found_by_who_may_do_them(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    task = desk.task(desk.start().id)

    def found(**filters: object) -> list[int]:
        return [view.id for view in user_tasks.list_(desk.engine, actor=MARY, **filters).items]  # type: ignore[arg-type]

    assert found(candidate_groups=["sales", "other"]) == [task.id]
    assert found(candidate_user="paul") == [task.id]
    assert found(candidate_user="john") == []
    assert found(unassigned=True) == [task.id]
    assert [view.id for view in user_tasks.list_(desk.engine, actor=JOHN).items] == [task.id]
    user_tasks.claim(desk.engine, task.id, actor=JOHN)
    assert found(assignee="john", state=UserTaskState.ASSIGNED) == [task.id]
    assert found(unassigned=True) == []
    user_tasks.complete(desk.engine, task.id, actor=JOHN)
    assert found(candidate_groups=["sales"]) == []


def test_the_audit_names_who_claimed_assigned_and_completed(desk: Desk) -> None:
    desk.deploy(FOR_SALES)
    instance = desk.start()
    task = desk.task(instance.id)

    user_tasks.claim(desk.engine, task.id, actor=JOHN)
    user_tasks.unclaim(desk.engine, task.id, actor=JOHN)
    user_tasks.assign(desk.engine, task.id, actor=MARY, assignee="paul")
    user_tasks.complete(desk.engine, task.id, actor=PAUL)

    events = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id, element_id="check").items
    named = [(event.type, event.actor_id) for event in events if event.type.startswith("UserTask")]
    assert named == [
        ("UserTaskCreated", "mary"),
        ("UserTaskClaimed", "john"),
        ("UserTaskUnclaimed", "john"),
        ("UserTaskAssigned", "mary"),
        ("UserTaskCompleted", "paul"),
    ]
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None


def test_a_suspended_instance_can_only_be_read(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    task = desk.task(instance.id)
    process_instances.suspend(desk.engine, instance.id, actor=MARY)

    for deed in (user_tasks.claim, user_tasks.complete):
        with pytest.raises(errors.WrongState, match="suspended"):
            deed(desk.engine, task.id, actor=MARY)
    process_instances.resume(desk.engine, instance.id, actor=MARY)
    user_tasks.complete(desk.engine, task.id, actor=MARY)

    with pytest.raises(errors.WrongState, match="'active'"):
        process_instances.resume(desk.engine, instance.id, actor=MARY)


def test_a_completion_sent_twice_under_one_key_is_carried_out_once(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()
    task = desk.task(instance.id)
    key = Idempotency("k1", "digest")

    first = user_tasks.complete(desk.engine, task.id, actor=MARY, idempotency=key)
    second = user_tasks.complete(desk.engine, task.id, actor=MARY, idempotency=key)

    assert first == second
    with pytest.raises(errors.Conflict, match="another request"):
        user_tasks.complete(desk.engine, task.id, actor=MARY, idempotency=Idempotency("k1", "other"))


def test_pages_of_tasks_hang_together(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    ids = [desk.task(desk.start().id).id for _ in range(5)]

    seen: list[int] = []
    cursor = None
    while True:
        page = user_tasks.list_(desk.engine, actor=MARY, limit=2, cursor=cursor)
        seen += [view.id for view in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == ids
    with pytest.raises(errors.InvalidCommand, match="cursor"):
        user_tasks.list_(desk.engine, actor=MARY, cursor="?")


def test_completed_tasks_are_found_by_their_due_date_too(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(
        diagram(
            '<startEvent id="start"/><userTask id="check" camunda:dueDate="2026-01-05T09:00:00Z"/><endEvent id="end"/>'
            + flow("start", "check")
            + flow("check", "end")
        )
    )
    instance = desk.start()
    done = desk.complete(instance.id)

    found = user_tasks.list_(
        desk.engine, actor=MARY, state=UserTaskState.COMPLETED, due_before=clock() + timedelta(days=9)
    )

    assert [task.id for task in found.items] == [done.id]


@pytest.mark.parametrize("key", ["99999999999999999999999", "-1"])
def test_a_cursor_that_no_page_can_have_given_is_refused(desk: Desk, key: str) -> None:
    cursor = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")

    with pytest.raises(errors.InvalidCommand, match="Expected cursor"):
        user_tasks.list_(desk.engine, actor=MARY, cursor=cursor)
