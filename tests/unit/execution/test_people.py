"""Who and when of user tasks: literals and expressions become plain, bounded values."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.bpm.definition.elements import Assignment, Expression, Language
from baton.bpm.testing import ProcessRun
from tests.support.drawing import draw, end, feel, service, start, user


def run(node, **variables):
    return ProcessRun(draw(start("s"), node, end("e"), f"s {node.id} e")).start(**variables)


def test_literals_are_taken_as_they_are():
    assignment = Assignment("mary", "ann, bob", "sales,support", "2026-02-01T09:00:00Z", "P1D", "80")
    [task] = run(user("u", assignment=assignment, form="order-form", lane="Back office")).user_tasks

    created = task.event
    assert created.assignee == "mary"
    assert created.candidate_users == ("ann", "bob")
    assert created.candidate_groups == ("sales", "support")
    assert created.due_at == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert created.follow_up_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert (created.priority, created.form) == (80, "order-form")


def test_expressions_of_both_languages_are_evaluated():
    assignment = Assignment(
        assignee=Expression("${boss}", Language.JUEL),
        candidate_groups=feel('["a", "b"]'),
        due_date=feel("due"),
        priority=feel("10 * 7"),
    )
    [task] = run(user("u", assignment=assignment), boss="mary", due=timedelta(hours=2)).user_tasks

    assert task.event.assignee == "mary"
    assert task.event.candidate_groups == ("a", "b")
    assert task.event.due_at == datetime(2026, 1, 1, 2, tzinfo=UTC)
    assert task.event.priority == 70


def test_the_lane_is_the_candidate_group_when_nobody_else_is_named():
    assert run(user("u", lane="Sales")).user_tasks[0].event.candidate_groups == ("Sales",)
    named = run(user("u", lane="Sales", assignment=Assignment(assignee="mary")))
    assert named.user_tasks[0].event.candidate_groups == ()


@pytest.mark.parametrize(
    ("assignment", "part"),
    [
        (Assignment(assignee=Expression("${missing}", Language.JUEL)), "assignee"),
        (Assignment(due_date=feel('"soon"')), "due date"),
        (Assignment(priority="high"), "priority"),
        (Assignment(priority=feel("10 ** 12")), "priority"),
        (Assignment(priority=Expression("${" + "9" * 5000 + "}", Language.JUEL)), "priority"),
        (Assignment(assignee=feel('string join(for i in 1..300 return "x")')), "assignee"),
    ],
)
def test_a_part_that_cannot_be_used_is_an_incident_that_names_it(assignment, part):
    instance = run(user("u", assignment=assignment))

    [incident] = instance.incidents
    assert incident.event.type == "assignment"
    assert part in incident.event.message
    assert instance.user_tasks == []


def test_a_job_type_may_be_an_expression_and_must_be_a_text():
    assert run(service("j", feel('"mail-" + country')), country="ch").jobs[0].event.type == "mail-ch"
    assert run(service("j", feel("null"))).incidents[0].event.type == "job"


@pytest.mark.parametrize("retries", ["-5", "0", "99999999999", "many"])
def test_retries_must_be_a_sensible_number(retries):
    assert run(service("j", retries=feel(f'"{retries}"'))).incidents[0].event.type == "job"
