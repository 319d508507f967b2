"""Camunda 7: where a run is divided, how its jobs are tried and ordered, who starts it, and what is kept of it."""

from __future__ import annotations

import pytest

from baton.bpm import errors
from baton.bpm.definition.problems import Severity
from baton.bpm.runtime import job_leases, job_outcomes, jobs, process_definitions, process_instances
from tests.conformance.attributes.drawn import chain, covers, file, flow, node, problems, run, said
from tests.integration.support import JOHN, MARY, PAUL, WORKER, Desk

EXTERNAL = 'camunda:type="external" camunda:topic="ship"'


def waiting(ran) -> list[tuple[str, str]]:
    return [(item.element_id, item.event.stage) for item in ran.async_continuations]


@pytest.mark.parametrize("tag", ["serviceTask", "userTask", "scriptTask", "subProcess", "exclusiveGateway"])
@pytest.mark.parametrize(
    ("words", "stages"),
    [
        ('camunda:asyncBefore="true"', ["before"]),
        ('camunda:async="true"', ["before"]),
        ('camunda:asyncAfter="true"', ["after"]),
        ('camunda:asyncBefore="true" camunda:asyncAfter="true"', ["before", "after"]),
        ('camunda:asyncBefore="false" camunda:asyncAfter="false"', []),
    ],
)
@covers("camunda:asyncBefore", "camunda:asyncAfter", "camunda:async")
def test_a_run_is_divided_before_and_after_a_node(tag, words, stages):
    inner = {
        "subProcess": '<startEvent id="i"/>',
        "scriptTask": "<script>1</script>",
    }.get(tag, "")
    words += {"serviceTask": ' camunda:expression="${1}"', "scriptTask": ' scriptFormat="juel"'}.get(tag, "")
    body = chain(node(tag, attributes=words, inner=inner))
    ran = run(body, hold_async=True).start()

    turns = []
    while ran.state == "active":
        if ran.user_tasks:
            ran.complete("n")
            continue
        turns += waiting(ran)
        ran.go_on("n")

    assert turns == [("n", stage) for stage in stages]
    assert [problem for problem in problems(body) if "async" in problem.message] == []


@pytest.mark.parametrize("element", ["s", "e"])
@covers("camunda:asyncBefore")
def test_start_and_end_events_divide_the_run_too(element):
    body = chain(node("task")).replace(f'Event id="{element}"', f'Event id="{element}" camunda:asyncBefore="true"')
    ran = run(body, hold_async=True).start()

    assert waiting(ran) == [(element, "before")]
    ran.go_on(element)
    assert ran.state == "completed"


@covers("camunda:asyncBefore", "camunda:asyncAfter")
def test_on_a_loop_the_words_mean_each_instance():
    words = '<multiInstanceLoopCharacteristics camunda:asyncBefore="true" camunda:asyncAfter="true">'
    loop = f"{words}<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    ran = run(chain(node("task", inner=loop)), hold_async=True).start()

    stages = []
    while ran.async_continuations:
        stages.append(ran.async_continuations[0].event.stage)
        ran.go_on("n")

    assert sorted(stages) == ["after", "after", "before", "before"]
    assert ran.state == "completed"


@pytest.mark.parametrize("exclusive", ["true", "false"])
@covers("camunda:exclusive")
def test_jobs_of_one_instance_run_one_after_the_other_whatever_exclusive_says(exclusive):
    branch = f'camunda:asyncBefore="true" camunda:exclusive="{exclusive}" camunda:expression="${{n + 1}}"'
    body = (
        '<startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="join"/><endEvent id="e"/>'
        + "".join(
            node("serviceTask", attributes=f'{branch} camunda:resultVariable="n"', id=id_)
            + flow("fork", id_)
            + flow(id_, "join")
            for id_ in ("a", "b", "c")
        )
        + flow("s", "fork")
        + flow("join", "e")
    )

    ran = run(body).start(n=0)

    assert (ran.state, ran.variables["n"]) == ("completed", 3)
    told = said(body, "vendor-extension")
    assert told.severity is Severity.INFO
    assert "one after the other" in told.message


@pytest.mark.parametrize(
    ("cycle", "retries", "pauses"),
    [("R5/PT10M", 5, (600,)), ("PT1M,PT5M", 3, (60, 300)), ("${cycle}", 7, (180,))],
)
@covers("camunda:failedJobRetryTimeCycle")
def test_a_retry_cycle_is_of_workers_jobs_and_of_continuations(cycle, retries, pauses):
    words = f"<camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle>"
    external = run(chain(node("serviceTask", words, attributes=EXTERNAL))).start(cycle="R7/PT3M")
    divided = run(chain(node("task", words, attributes='camunda:asyncBefore="true"')), hold_async=True)
    divided.start(cycle="R7/PT3M")

    for found in (external.jobs[0].event, divided.async_continuations[0].event):
        assert (found.retries, tuple(found.pauses)) == (retries, pauses)
    external.complete_job("n")
    divided.go_on("n")
    assert external.state == divided.state == "completed"


@pytest.mark.parametrize("cycle", ["now and then", "R0/PT1M", "R3/P1Y"])
@covers("camunda:failedJobRetryTimeCycle")
def test_a_retry_cycle_that_makes_no_sense_is_told_and_the_servers_own_holds(cycle):
    words = f"<camunda:failedJobRetryTimeCycle>{cycle}</camunda:failedJobRetryTimeCycle>"
    body = chain(node("serviceTask", words, attributes=EXTERNAL))

    told = said(body, "vendor-extension")

    assert (told.severity, f"'{cycle}'" in told.message) == (Severity.WARNING, True)
    assert [(job.event.retries, job.event.pauses) for job in run(body).start().jobs] == [(3, ())]


@pytest.mark.parametrize(
    ("of_process", "of_task", "priority"),
    [("", "7", 7), ("5", "", 5), ("5", "7", 7), ("", "${urgency * 2}", 8), ("", "", 0)],
)
@covers("camunda:taskPriority")
def test_workers_get_external_tasks_by_priority(desk: Desk, of_process, of_task, priority):
    def words(value: str) -> str:
        return f' camunda:taskPriority="{value}"' if value else ""

    task = node("serviceTask", attributes=EXTERNAL + words(of_task))
    desk.deploy(file(chain(task), key="order", process=words(of_process)).encode())
    instance = desk.start(urgency=4)

    (job,) = job_leases.activate(desk.engine, actor=WORKER, types=["ship"], worker="w")
    job_outcomes.complete(desk.engine, job.id, actor=WORKER, worker="w", variables={})

    assert job.priority == priority
    assert desk.state(instance.id) == "completed"


@pytest.mark.parametrize(("of_process", "of_node", "priority"), [("5", "", 5), ("5", "-7", -7), ("", "${4 * 2}", 8)])
@covers("camunda:jobPriority")
def test_jobs_of_the_engine_run_by_priority(desk: Desk, of_process, of_node, priority):
    def words(value: str) -> str:
        return f' camunda:jobPriority="{value}"' if value else ""

    task = node("task", attributes='camunda:asyncBefore="true"' + words(of_node))
    desk.deploy(file(chain(task), key="order", process=words(of_process)).encode())
    instance = desk.start()

    (job,) = jobs.list_(desk.engine, actor=MARY, process_instance_id=instance.id).items
    desk.settle()

    assert job.priority == priority
    assert desk.state(instance.id) == "completed"


@covers("camunda:jobPriority", "camunda:taskPriority")
def test_a_priority_that_is_no_number_is_refused():
    for words in ('camunda:asyncBefore="true" camunda:jobPriority="high"', f'{EXTERNAL} camunda:taskPriority="high"'):
        refusal = said(chain(node("serviceTask", attributes=words)), "job-priority")

        assert (refusal.severity, refusal.element_id) == (Severity.ERROR, "n")


@pytest.mark.parametrize("vendor", ["camunda", "flowable"])
@pytest.mark.parametrize(
    ("word", "may", "may_not"),
    [('candidateStarterUsers="paul"', PAUL, JOHN), ('candidateStarterGroups="hr, sales"', JOHN, PAUL)],
)
@covers("camunda:candidateStarterUsers", "camunda:candidateStarterGroups", "flowable:candidateStarterGroups")
def test_only_candidate_starters_start(desk: Desk, vendor, word, may, may_not):
    desk.deploy(file(chain(node("task")), key="order", process=f"{vendor}:{word}").encode())

    with pytest.raises(errors.NotAllowed):
        process_instances.start(desk.engine, actor=may_not, key="order")
    started = process_instances.start(desk.engine, actor=may, key="order")

    assert desk.state(started.id) == "completed"


@covers("camunda:candidateStarterUsers", "camunda:candidateStarterGroups")
def test_starters_that_are_expressions_are_refused():
    for word in ("candidateStarterUsers", "candidateStarterGroups"):
        refusal = said(chain(node("task")), "candidate-starters", process=f'camunda:{word}="${{boss}}"')

        assert (refusal.severity, "'${boss}'" in refusal.message) == (Severity.ERROR, True)


@pytest.mark.parametrize(("listed", "startable"), [("true", True), ("false", False)])
@covers("camunda:isStartableInTasklist")
def test_what_is_not_startable_in_the_task_list_is_not_offered_to_participants(desk: Desk, listed, startable):
    words = f'camunda:isStartableInTasklist="{listed}"'
    desk.deploy(file(chain(node("task")), key="order", process=words).encode())

    (offered,) = process_definitions.list_(desk.engine, actor=PAUL).items

    assert offered.startable is startable
    assert desk.state(desk.start().id) == "completed"


@pytest.mark.parametrize("text", ["P30D", "180"])
@covers("camunda:historyTimeToLive", "camunda:versionTag")
def test_how_long_history_is_kept_and_the_version_tag_are_shown(desk: Desk, text):
    words = f'camunda:historyTimeToLive="{text}" camunda:versionTag="v2"'
    desk.deploy(file(chain(node("task")), key="order", process=words).encode())

    shown = process_definitions.latest(desk.engine, "order", actor=MARY)

    assert (shown.history_time_to_live, shown.version_tag) == (text, "v2")
    assert desk.state(desk.start().id) == "completed"


@covers("camunda:versionTag")
def test_a_call_finds_the_version_of_its_tag(desk: Desk):
    call = (
        '<startEvent id="s"/><callActivity id="n" calledElement="c" camunda:calledElementBinding="versionTag" '
        'camunda:calledElementVersionTag="v1"><extensionElements><camunda:out variables="all"/></extensionElements>'
        '</callActivity><endEvent id="e"/>' + flow("s", "n") + flow("n", "e")
    )
    for tag in ("v1", "v2"):
        work = node("serviceTask", attributes=f"camunda:expression=\"{tag}\" camunda:resultVariable='which'")
        desk.deploy(file(chain(work), key="c", process=f'camunda:versionTag="{tag}"').encode())
    desk.deploy(file(call, key="order").encode())
    instance = desk.start()

    desk.settle()

    assert desk.variables(instance.id) == {"which": "v1"}


@covers("camunda:properties", "camunda:property")
def test_properties_reach_the_worker(desk: Desk):
    words = (
        '<camunda:properties><camunda:property name="how" value="fast"/><camunda:property name="to" value=""/>'
        "</camunda:properties>"
    )
    desk.deploy(file(chain(node("serviceTask", words, attributes=EXTERNAL)), key="order").encode())
    desk.start()

    (job,) = job_leases.activate(desk.engine, actor=WORKER, types=["ship"], worker="w")

    assert job.headers == {"how": "fast", "to": ""}
