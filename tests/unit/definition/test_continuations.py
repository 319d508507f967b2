"""Camunda 7's asynchronous continuations, retry cycles, priorities and starters; Camunda 8's words for the same."""

from __future__ import annotations

import pytest

from baton.bpm.definition.continuations import Continuations, JobRules
from baton.bpm.definition.elements import Expression, Language, UserTask
from baton.bpm.definition.problems import Severity
from baton.bpm.definition.starters import Starters
from tests.unit.definition.test_dialects import CAMUNDA_LIKE, extended

BEFORE = Continuations(before=True)
FLOW_NODES = (
    "startEvent",
    "endEvent",
    "intermediateThrowEvent",
    "task",
    "manualTask",
    "userTask",
    "subProcess",
    "exclusiveGateway",
    "inclusiveGateway",
    "parallelGateway",
)


@pytest.mark.parametrize("tag", FLOW_NODES)
def test_async_before_and_after_are_read_on_every_flow_node(read, node, tag) -> None:
    diagram = read(f'<bpmn:{tag} id="E" camunda:asyncBefore="true" camunda:asyncAfter="true"/>')

    assert node(diagram, "E").continuations == Continuations(before=True, after=True)


def test_they_are_read_on_events_with_a_cause(read, node) -> None:
    event = '<bpmn:messageEventDefinition messageRef="M"/>'
    diagram = read(
        f'<bpmn:startEvent id="E" camunda:asyncBefore="true">{event}</bpmn:startEvent>',
        around='<bpmn:message id="M" name="go"/>',
    )

    assert node(diagram, "E").continuations == BEFORE


@pytest.mark.parametrize("namespace", CAMUNDA_LIKE)
def test_every_copy_of_camunda_7s_words_is_read_and_so_is_the_old_async(read, node, namespace) -> None:
    diagram = read('<bpmn:task id="E" v:async="true"/>', root=f'xmlns:v="{namespace}"')

    assert node(diagram, "E").continuations == BEFORE


@pytest.mark.parametrize("mark", ["", 'camunda:asyncBefore="false" camunda:exclusive="true"'])
def test_without_such_a_mark_the_run_is_not_divided(read, node, mark) -> None:
    assert node(read(f'<bpmn:task id="E" {mark}/>'), "E").continuations is None


def test_on_the_loop_they_are_around_each_instance(read, node) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:asyncBefore="true" camunda:asyncAfter="true">'
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )

    found = node(read(f'<bpmn:task id="E" camunda:asyncBefore="true">{loop}</bpmn:task>'), "E")

    assert found.continuations == Continuations(before=True, each_before=True, each_after=True)


def cycle(text: str) -> str:
    return f"<camunda:failedJobRetryTimeCycle>{text}</camunda:failedJobRetryTimeCycle>"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("R5/PT1M", JobRules("5", (60.0,))),
        ("PT1M,PT5M", JobRules("3", (60.0, 300.0))),
        ("${cycle}", JobRules(retry_cycle=Expression("${cycle}", Language.JUEL))),
    ],
)
def test_the_retry_cycle_is_that_of_the_continuations_job(read, node, text, rules) -> None:
    found = node(read(extended("userTask", cycle(text), attributes='camunda:asyncBefore="true"')), "E")

    assert isinstance(found, UserTask)
    assert found.job_rules == rules


def test_a_timer_has_the_rules_of_its_job_too(read, node) -> None:
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"

    body = extended("intermediateCatchEvent", cycle("R2/PT1S"), attributes='camunda:jobPriority="4"', inner=timer)

    assert node(read(body), "E").job_rules == JobRules("2", (1.0,), None, "4")


def test_the_job_priority_of_the_process_holds_where_the_element_has_none(read, node) -> None:
    process = read(
        '<bpmn:task id="E" camunda:asyncBefore="true"/>'
        '<bpmn:task id="F" camunda:asyncBefore="true" camunda:jobPriority="${urgent}"/>',
        process='camunda:jobPriority="7"',
    )

    assert node(process, "E").job_rules.priority == "7"
    assert node(process, "F").job_rules.priority == Expression("${urgent}", Language.JUEL)


@pytest.mark.parametrize(
    ("attributes", "priority"),
    [
        ('camunda:type="external" camunda:topic="t" camunda:taskPriority="5" camunda:jobPriority="9"', "5"),
        ('camunda:type="external" camunda:topic="t" camunda:jobPriority="9"', None),
        ('camunda:class="a.B" camunda:jobPriority="9"', "9"),
    ],
)
def test_a_worker_gets_external_tasks_by_task_priority_and_java_by_job_priority(
    read, node, attributes, priority
) -> None:
    assert node(read(f'<bpmn:serviceTask id="E" {attributes}/>'), "E").priority == priority


def test_a_priority_that_is_no_number_is_an_error_that_says_what_to_write(read, problem) -> None:
    diagram = read('<bpmn:task id="E" camunda:asyncBefore="true" camunda:jobPriority="high"/>')

    found = problem(diagram, "job-priority", Severity.ERROR)
    assert found.element_id == "E"
    assert "'high'" in found.message
    assert "whole number" in found.fix


@pytest.mark.parametrize("on", ["task", "process"])
def test_camunda_8s_job_priority_is_read(read, node, on) -> None:
    words = '<zeebe:jobPriorityDefinition priority="=urgency"/>'
    job = '<zeebe:taskDefinition type="ship"/>'
    process = f"<bpmn:extensionElements>{words}</bpmn:extensionElements>" if on == "process" else ""

    diagram = read(process + extended("serviceTask", job, words if on == "task" else ""))

    assert node(diagram, "E").priority == Expression("urgency", Language.FEEL)


def test_camunda_8s_extension_properties_reach_the_worker_behind_its_headers(read, node) -> None:
    properties = '<zeebe:properties><zeebe:property name="a" value="1"/><zeebe:property name="b" value="2"/>'
    headers = '<zeebe:taskHeaders><zeebe:header key="b" value="3"/></zeebe:taskHeaders>'

    body = extended("serviceTask", '<zeebe:taskDefinition type="ship"/>', properties + "</zeebe:properties>", headers)

    assert node(read(body), "E").headers == {"a": "1", "b": "3"}


def test_the_process_says_who_may_start_it_and_how_long_history_is_kept(read) -> None:
    words = (
        'camunda:candidateStarterUsers="kim, lee" camunda:candidateStarterGroups="sales" '
        'camunda:isStartableInTasklist="false" camunda:historyTimeToLive="P30D"'
    )

    (process,) = read('<bpmn:task id="E"/>', process=words).processes

    assert process.starters == Starters(False, ("kim", "lee"), ("sales",))
    assert process.history_time_to_live == "P30D"


def test_a_candidate_starter_that_is_an_expression_is_an_error(read, problem) -> None:
    diagram = read('<bpmn:task id="E"/>', process='camunda:candidateStarterUsers="${boss}"')

    assert "names" in problem(diagram, "candidate-starters", Severity.ERROR).fix
