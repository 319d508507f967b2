"""Listeners that change the open user task by `task.setAssignee(...)` and the like: rows, search and audit follow."""

from __future__ import annotations

from datetime import timedelta

from baton.bpm.runtime import audit_events, user_tasks
from baton.bpm.testing import VirtualClock
from tests.conformance.attributes.drawn import chain, file, node
from tests.integration.support import JOHN, MARY, Desk

TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"


def heard(event: str, work: str, inner: str = "") -> str:
    return f'<camunda:taskListener event="{event}" expression="{work}">{inner}</camunda:taskListener>'


def begun(desk: Desk, listeners: str, attributes: str = "") -> int:
    task = node("userTask", listeners, attributes=attributes)
    desk.deploy(file(chain(task), key="order").encode())
    return desk.start().id


def told(desk: Desk, instance_id: int) -> list[dict[str, object]]:
    page = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance_id, type="UserTaskChanged")
    return [{name: value for name, value in event.data.items() if name != "token_id"} for event in page.items]


def test_a_timeout_escalates_to_others_who_find_the_task(desk: Desk, clock: VirtualClock) -> None:
    works = ("${task.addCandidateGroup('managers')}", "${task.setPriority(90)}", "${task.setAssignee(null)}")
    listeners = "".join(heard("timeout", work, TIMER) for work in works)
    instance = begun(desk, listeners, 'camunda:assignee="kim" camunda:candidateGroups="clerks"')

    clock.advance(timedelta(hours=2))
    desk.settle()

    (task,) = user_tasks.list_(desk.engine, actor=MARY, candidate_groups=["managers"]).items
    assert (task.assignee, task.priority, task.state) == (None, 90, "created")
    assert task.candidate_groups == ("clerks", "managers")
    expected = [{"added_candidate_groups": ["managers"]}, {"assignee": None}, {"priority": 90}]
    assert sorted(told(desk, instance), key=str) == sorted(expected, key=str)


def test_a_candidate_that_goes_does_not_find_it_any_more(desk: Desk, clock: VirtualClock) -> None:
    listener = heard("timeout", "${task.deleteCandidateGroup('clerks')}", TIMER)
    begun(desk, listener, 'camunda:candidateGroups="clerks,office"')

    clock.advance(timedelta(hours=2))
    desk.settle()

    assert user_tasks.list_(desk.engine, actor=MARY, candidate_groups=["clerks"]).items == ()
    (task,) = user_tasks.list_(desk.engine, actor=MARY, candidate_groups=["office"]).items
    assert task.candidate_groups == ("office",)


def test_the_listener_of_an_assignment_has_the_last_word(desk: Desk) -> None:
    work = "${task.assignee == 'john' ? task.setAssignee('mary') : null}"
    instance = begun(desk, heard("assignment", work))

    user_tasks.claim(desk.engine, desk.task(instance).id, actor=JOHN)

    assert desk.task(instance).assignee == "mary"
    assert [event["assignee"] for event in told(desk, instance)] == ["mary"]


def test_a_complete_listener_changes_what_is_kept_of_the_task(desk: Desk) -> None:
    instance = begun(desk, heard("complete", "${task.setName('Done by '.concat(task.assignee))}"))
    task = desk.task(instance)
    user_tasks.claim(desk.engine, task.id, actor=JOHN)

    user_tasks.complete(desk.engine, task.id, actor=JOHN, variables={})

    ended = user_tasks.get(desk.engine, task.id, actor=MARY)
    assert (ended.name, ended.state) == ("Done by john", "completed")
