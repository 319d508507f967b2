"""Multiple start events: the first cause begins an instance, which in a parallel one waits for the others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from baton.bpm.runtime import conditional_starts, jobs, messages, process_instances, signals
from baton.bpm.runtime.process_instances import ProcessInstanceView
from tests.integration.support import MARY, Desk, diagram, flow

ROOTS = b'<message id="m" name="order"/><signal id="g" name="go"/></definitions>'
PAID = (
    '<conditionalEventDefinition><condition xsi:type="tFormalExpression">paid = true</condition>'
    "</conditionalEventDefinition>"
)
TIME = '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>'
TIMES = TIME.replace("timeDuration", "timeCycle").replace("PT1H", "R/PT1H")
MESSAGE = '<messageEventDefinition messageRef="m"/>'
STARTS = diagram(
    '<startEvent id="s" parallelMultiple="true"><messageEventDefinition messageRef="m"/>'
    f'<signalEventDefinition signalRef="g"/>{PAID}</startEvent><userTask id="work"/>' + flow("s", "work")
).replace(b"</definitions>", ROOTS)


def by_message(desk: Desk) -> None:
    messages.publish(desk.engine, actor=MARY, name="order", variables={"number": 7})


def by_signal(desk: Desk) -> None:
    signals.broadcast(desk.engine, actor=MARY, name="go", variables={})
    desk.settle()


def by_condition(desk: Desk) -> None:
    """Asked from outside while nothing has begun, else by the variables of the instance."""
    if begun(desk):
        process_instances.set_variables(desk.engine, begun(desk)[0].id, actor=MARY, variables={"paid": True})
    else:
        conditional_starts.evaluate(desk.engine, actor=MARY, variables={"paid": True})


def begun(desk: Desk) -> tuple[ProcessInstanceView, ...]:
    return process_instances.list_(desk.engine, actor=MARY).items


@pytest.mark.parametrize("causes", list(permutations([by_message, by_signal, by_condition])))
def test_the_first_cause_begins_one_instance_that_waits_for_the_others(
    desk: Desk, causes: tuple[Callable[[Desk], None], ...]
) -> None:
    desk.deploy(STARTS)
    for cause in causes:
        assert all(desk.tasks(instance.id) == [] for instance in begun(desk))
        cause(desk)

    (instance,) = begun(desk)
    assert desk.task(instance.id).element_id == "work"
    assert desk.variables(instance.id) == {"number": 7, "paid": True}


def test_what_has_come_already_begins_another_instance(desk: Desk) -> None:
    desk.deploy(STARTS)
    by_message(desk)
    by_message(desk)

    assert len(begun(desk)) == 2


def test_started_by_a_person_it_waits_for_nothing(desk: Desk) -> None:
    desk.deploy(STARTS)
    instance = process_instances.start(desk.engine, actor=MARY, key="order", start_event_id="s")

    assert desk.task(instance.id).element_id == "work"


def run_timers(desk: Desk) -> None:
    for view in jobs.list_(desk.engine, actor=MARY).items:
        jobs.run_now(desk.engine, view.id, actor=MARY)


def starting_with(causes: str, *, parallel: bool = True) -> bytes:
    content = diagram(
        f'<startEvent id="s" parallelMultiple="{str(parallel).lower()}">{causes}</startEvent><userTask id="work"/>'
        + flow("s", "work")
    )
    return content.replace(b"</definitions>", ROOTS)


def test_a_time_begins_an_instance_that_waits_for_the_message(desk: Desk) -> None:
    desk.deploy(starting_with(MESSAGE + TIME))
    run_timers(desk)
    (instance,) = begun(desk)
    assert desk.tasks(instance.id) == []

    by_message(desk)

    assert [each.id for each in begun(desk)] == [instance.id]
    assert desk.task(instance.id).element_id == "work"


def test_a_message_begins_an_instance_that_waits_for_its_own_time(desk: Desk) -> None:
    desk.deploy(starting_with(MESSAGE + TIME))
    by_message(desk)
    (instance,) = begun(desk)
    assert desk.tasks(instance.id) == []

    (own,) = [view for view in jobs.list_(desk.engine, actor=MARY).items if view.process_instance_id == instance.id]
    jobs.run_now(desk.engine, own.id, actor=MARY)

    assert desk.task(instance.id).element_id == "work"


def test_a_rhythm_among_all_causes_begins_an_instance_each_time(desk: Desk) -> None:
    desk.deploy(starting_with(MESSAGE + TIMES))
    for count in (1, 2):
        (due,) = jobs.list_(desk.engine, actor=MARY, kind=jobs.JobKind.START_TIMER).items
        jobs.run_now(desk.engine, due.id, actor=MARY)
        assert len(begun(desk)) == count

    assert all(desk.tasks(instance.id) == [] for instance in begun(desk))


@pytest.mark.parametrize("cause", [by_message, run_timers])
def test_a_time_is_one_of_several_causes(desk: Desk, cause: Callable[[Desk], None]) -> None:
    desk.deploy(starting_with(MESSAGE + TIME, parallel=False))

    cause(desk)

    (instance,) = begun(desk)
    assert desk.task(instance.id).element_id == "work"
