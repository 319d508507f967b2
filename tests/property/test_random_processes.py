"""Random processes, random deeds: nothing is lost between commands, nothing is stuck, raw SpiffWorkflow agrees."""

from collections import Counter
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from baton.bpm.testing import ProcessRun
from tests.support.random_processes import SPIFF_BLOCKS, random_process
from tests.support.xml_of import xml_of

MOST_DEEDS = 300


def deeds_to_the_end(run: ProcessRun, data: st.DataObject) -> list[tuple[str, str]]:
    """Complete open tasks and fire open timers in random order until the run ends."""
    deeds: list[tuple[str, str]] = []
    while run.state == "active":
        open_ = [("complete", item.element_id) for item in run.user_tasks]
        open_ += [("fire_timer", item.element_id) for item in run.timers]
        assert open_, f"nothing is open but the instance is active: {run.incidents}"
        assert len(deeds) < MOST_DEEDS
        deed = data.draw(st.sampled_from(open_))
        deeds.append(deed)
        getattr(run, deed[0])(deed[1])
    return deeds


@given(st.data())
def test_a_run_that_reloads_before_each_command_does_exactly_the_same(data):
    process, variables = random_process(data)
    kept = ProcessRun(process).start(**variables)
    reloaded = ProcessRun(kept.spec, reload=True).start(**variables)

    deeds = deeds_to_the_end(kept, data)
    for verb, element_id in deeds:
        getattr(reloaded, verb)(element_id)

    assert reloaded.events == kept.events
    assert kept.state == "completed"
    assert kept.incidents == []
    assert reloaded.store.scopes == {}


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
    drawn = {node.id for node in process.elements.nodes}
    completed = Counter(
        task.task_spec.name for task in theirs.get_tasks(state=TaskState.COMPLETED) if task.task_spec.name in drawn
    )
    assert set(ours.path) == set(completed)


def raw_spiffworkflow(process, variables):
    """The same process by SpiffWorkflow's own parser and scheduler; conditions are plain variable names."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(BytesIO(xml_of(process))))
    workflow = BpmnWorkflow(parser.get_spec(process.key))
    workflow.data.update(variables)
    workflow.task_tree.data.update(variables)
    workflow.do_engine_steps()
    return workflow


def waiting_in(workflow):
    return workflow.get_tasks(state=TaskState.READY, manual=True)


def open_in(workflow):
    return sorted(task.task_spec.name for task in waiting_in(workflow))
