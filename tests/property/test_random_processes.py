"""Random processes, random deeds: nothing is lost between commands, nothing is stuck, raw SpiffWorkflow agrees."""

from collections import Counter
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from baton.bpm.execution import commands, events
from baton.bpm.execution.limits import RunLimits
from baton.bpm.testing import ProcessRun
from tests.support.random_deeds import ROOT, AnsweredRun, Watched, to_the_end
from tests.support.random_processes import SPIFF_BLOCKS, random_process
from tests.support.xml_of import xml_of

FEW_STEPS = RunLimits(steps=3)
ONE_AT_ONCE = RunLimits(children_at_once=1)
CLOSING = (events.ClosingBegun, events.ClosingContinued, events.ClosingCompleted)


@given(st.data())
def test_a_run_that_reloads_before_each_command_does_exactly_the_same(data):
    process, variables = random_process(data)
    limits = data.draw(st.sampled_from([RunLimits(), FEW_STEPS, ONE_AT_ONCE]))
    begin = commands.StartProcessInstance(variables=variables)
    kept, reloaded = watched(process, limits), watched(process, limits, reload=True)
    kept.handle(begin)

    deeds = to_the_end(kept, data)
    for command in (begin, *deeds):
        reloaded.handle(command)

    assert reloaded.run.events == kept.run.events
    assert reloaded.all_open == kept.all_open


@given(st.data())
def test_every_run_comes_to_its_end_and_leaves_nothing_open(data):
    process, variables = random_process(data)
    run = watched(process, RunLimits(), reload=True)
    run.handle(commands.StartProcessInstance(variables=variables))

    to_the_end(run, data)

    assert run.run.incidents == []
    assert run.run.state == "completed"
    assert run.all_open == []
    assert run.run.store.scopes == {}
    assert set(run.run.store.variables) <= {ROOT}


@given(st.data())
def test_a_run_that_is_terminated_anywhere_leaves_nothing_open(data):
    process, variables = random_process(data)
    run = watched(process, data.draw(st.sampled_from([RunLimits(), ONE_AT_ONCE])), reload=True)
    run.handle(commands.StartProcessInstance(variables=variables))

    for _ in range(data.draw(st.integers(0, 10))):
        choices = [*run.forward(), *run.happenings(), *run.mishaps()] if run.is_active else []
        if choices:
            run.handle(data.draw(st.sampled_from(choices)))
    if run.is_active:
        run.handle(commands.TerminateProcessInstance())

    assert run.all_open == []
    assert run.run.store.scopes == {}
    assert set(run.run.store.variables) <= {ROOT}


@given(st.data(), st.integers(1, 3))
def test_what_is_closed_in_steps_is_closed_as_in_one(data, at_once):
    process, variables = random_process(data)
    begin = commands.StartProcessInstance(variables=variables)
    whole = watched(process, RunLimits())
    stepwise = watched(process, RunLimits(children_at_once=at_once), reload=True)
    whole.handle(begin)

    for command in (begin, *to_the_end(whole, data)):
        stepwise.handle(command)

    assert Counter(map(repr, without_closing(stepwise))) == Counter(map(repr, without_closing(whole)))
    assert stepwise.run.state == whole.run.state
    assert stepwise.run.variables == whole.run.variables
    assert stepwise.run.store.scopes == whole.run.store.scopes


def without_closing(run):
    return [event for event in run.run.events if not isinstance(event, CLOSING)]


def watched(process, limits, *, reload=False):
    return Watched(AnsweredRun(process, limits=limits, reload=reload, hold_async=True))


@given(st.data())
def test_where_raw_spiffworkflow_supports_the_elements_it_agrees(data):
    process, variables = random_process(data, SPIFF_BLOCKS)
    ours = ProcessRun(process).start(**variables)
    theirs = raw_spiffworkflow(process, variables)

    while ours.state == "active":
        assert sorted(item.element_id for item in ours.user_tasks) == open_in(theirs)
        chosen = data.draw(st.sampled_from(open_in(theirs)))
        ours.complete(chosen)
        next(task for task in waiting_in(theirs) if task.task_spec.name == chosen).run()
        theirs.do_engine_steps()

    assert theirs.is_completed()
    drawn = ours.spec.by_id
    completed = Counter(
        task.task_spec.name for task in theirs.get_tasks(state=TaskState.COMPLETED) if task.task_spec.name in drawn
    )
    assert set(ours.path) == set(completed)


def raw_spiffworkflow(process, variables):
    """The same process by SpiffWorkflow's own parser and scheduler; conditions are plain variable names."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(BytesIO(xml_of(process))))
    workflow = BpmnWorkflow(parser.get_spec(process.key), parser.get_subprocess_specs(process.key))
    workflow.data.update(variables)
    workflow.task_tree.data.update(variables)
    workflow.do_engine_steps()
    return workflow


def waiting_in(workflow):
    return workflow.get_tasks(state=TaskState.READY, manual=True)


def open_in(workflow):
    return sorted(task.task_spec.name for task in waiting_in(workflow))
