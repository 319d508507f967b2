"""Deploying, versions, deleting, start timers that change owner."""

from __future__ import annotations

import contextlib
import threading

import pytest

from baton.bpm import errors
from baton.bpm.definition.elements import Mode
from baton.bpm.runtime import audit_events, deployments, jobs, process_definitions, process_instances
from baton.bpm.runtime.deployments import Resource
from tests.integration.support import MARY, TWO_TASKS, Desk, diagram, flow

DAILY = (
    '<startEvent id="start"><timerEventDefinition><timeCycle>R/PT24H</timeCycle></timerEventDefinition></startEvent>'
    '<userTask id="a"/><endEvent id="end"/>' + flow("start", "a") + flow("a", "end")
)


def test_the_same_content_makes_no_new_version_unless_forced(desk: Desk) -> None:
    first = desk.deploy(TWO_TASKS)
    again = desk.deploy(TWO_TASKS)
    forced = desk.deploy(TWO_TASKS, force=True)

    assert again.id == first.id
    assert [(view.version, view.created) for view in again.process_definitions] == [(1, False)]
    assert [(view.version, view.created) for view in forced.process_definitions] == [(2, True)]


def test_a_changed_file_is_the_next_version_and_the_latest(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    desk.deploy(TWO_TASKS.replace(b"Ship order", b"Send order"))

    latest = process_definitions.latest(desk.engine, "order", actor=MARY)

    assert latest.version == 2
    assert b"Send order" in process_definitions.xml(desk.engine, latest.id, actor=MARY)
    found = process_definitions.list_(desk.engine, actor=MARY, latest=True).items
    assert [view.version for view in found] == [2]
    assert len(process_definitions.list_(desk.engine, actor=MARY, key="order").items) == 2


def test_a_file_with_errors_leaves_nothing(desk: Desk) -> None:
    resources = [Resource("good.bpmn", TWO_TASKS), Resource("bad.bpmn", b"<html/>")]

    with pytest.raises(errors.InvalidDiagram) as caught:
        deployments.deploy(desk.engine, actor=MARY, resources=resources)

    failed = {problem.resource for problem in caught.value.problems if problem.severity == "error"}
    assert failed == {"bad.bpmn"}
    assert deployments.list_(desk.engine, actor=MARY).items == ()
    assert audit_events.list_(desk.engine, actor=MARY).items == ()


def test_two_files_with_one_key_are_refused(desk: Desk) -> None:
    resources = [Resource("a.bpmn", TWO_TASKS), Resource("b.bpmn", TWO_TASKS)]

    with pytest.raises(errors.InvalidDiagram) as caught:
        deployments.deploy(desk.engine, actor=MARY, resources=resources)

    assert caught.value.problems[-1].rule == "no-duplicate-ids"


def test_a_drawing_is_deployed_in_guided_mode_unless_the_upload_says_otherwise(desk: Desk) -> None:
    drawing = TWO_TASKS.replace(b'isExecutable="true"', b'isExecutable="false"')

    (guided,) = desk.deploy(drawing).process_definitions
    (automatic,) = desk.deploy(drawing, mode=Mode.AUTOMATIC).process_definitions

    assert (guided.mode, automatic.mode, automatic.version) == (Mode.GUIDED, Mode.AUTOMATIC, 2)


def test_a_deployment_with_live_instances_needs_cascade(desk: Desk) -> None:
    deployment = desk.deploy(TWO_TASKS)
    instance = desk.start()

    with pytest.raises(errors.WrongState, match="live process instances, but it has 1"):
        deployments.delete(desk.engine, deployment.id, actor=MARY)
    deployments.delete(desk.engine, deployment.id, actor=MARY, cascade=True)

    for deed in (process_instances.get, process_instances.terminate):
        with pytest.raises(errors.NotFound):
            deed(desk.engine, instance.id, actor=MARY)
    with pytest.raises(errors.NotFound):
        desk.start()
    types = [event.type for event in audit_events.list_(desk.engine, actor=MARY).items]
    assert types[0] == "DeploymentDeleted"
    assert "ProcessInstanceStarted" in types


def test_start_timers_belong_to_the_newest_version(desk: Desk) -> None:
    def owners() -> list[int]:
        found = jobs.list_(desk.engine, actor=MARY, kind=jobs.JobKind.START_TIMER).items
        return [view.process_definition_id for view in found]

    first = desk.deploy(diagram(DAILY))
    second = desk.deploy(diagram(DAILY + "<textAnnotation/>"))
    assert owners() == [second.process_definitions[0].id]
    deployments.delete(desk.engine, second.id, actor=MARY)
    assert owners() == [first.process_definitions[0].id]
    desk.deploy(TWO_TASKS)

    assert owners() == []


def test_a_start_timer_that_is_run_now_starts_an_instance_and_keeps_its_rhythm(desk: Desk) -> None:
    desk.deploy(diagram(DAILY))
    (timer,) = jobs.list_(desk.engine, actor=MARY).items

    jobs.run_now(desk.engine, timer.id, actor=MARY)

    (instance,) = process_instances.list_(desk.engine, actor=MARY).items
    assert instance.started_by == "mary"
    (following,) = jobs.list_(desk.engine, actor=MARY).items
    assert following.id != timer.id
    assert following.due_at is not None
    assert timer.due_at is not None
    assert following.due_at > timer.due_at


def test_deployments_are_listed_newest_first_with_their_files(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    second = desk.deploy(diagram(DAILY, key="daily"), name="timers")

    page = deployments.list_(desk.engine, actor=MARY, limit=1)

    assert [view.id for view in page.items] == [second.id]
    assert page.items[0].resources[0].name == "order.bpmn"
    rest = deployments.list_(desk.engine, actor=MARY, cursor=page.next_cursor)
    assert [view.name for view in rest.items] == ["order.bpmn"]
    with pytest.raises(errors.NotFound):
        deployments.get(desk.engine, 4, actor=MARY)


def test_deleting_with_cascade_ends_instances_with_an_audit_that_can_still_be_asked_for(desk: Desk) -> None:
    deployment = desk.deploy(TWO_TASKS)
    instance = desk.start()

    deployments.delete(desk.engine, deployment.id, actor=MARY, cascade=True)

    def types(**asked: object) -> list[str]:
        page = audit_events.list_(desk.engine, actor=MARY, limit=100, **asked)  # type: ignore[arg-type]
        return [event.type for event in page.items]

    trail = types(process_instance_id=instance.id)
    assert trail[0] == "ProcessInstanceStarted"
    assert trail[-1] == "ProcessInstanceTerminated"
    assert "UserTaskCancelled" in trail
    assert set(trail) < set(types(key="order"))
    (deleted,) = audit_events.list_(desk.engine, actor=MARY, type="DeploymentDeleted").items
    assert deleted.data["terminated"] == 1
    assert deleted.data["process_definitions"] == [{"key": "order", "version": 1}]


def test_starting_while_the_definition_is_deleted_is_refused_or_done_but_never_a_bug(desk: Desk) -> None:
    deployment = desk.deploy(TWO_TASKS)
    unexpected: list[Exception] = []
    begun = threading.Event()

    def start() -> None:
        for _ in range(30):
            begun.set()
            try:
                desk.start()
            except errors.NotFound:
                return
            except Exception as error:
                unexpected.append(error)

    starters = [threading.Thread(target=start) for _ in range(3)]
    for starter in starters:
        starter.start()
    begun.wait()
    with contextlib.suppress(errors.WrongState):
        deployments.delete(desk.engine, deployment.id, actor=MARY, cascade=True)
    for starter in starters:
        starter.join()

    assert unexpected == []
