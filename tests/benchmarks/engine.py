"""The engine in memory, with all its events, beside raw SpiffWorkflow on the same diagrams; and loops."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from baton.bpm.definition.elements import Mode
from baton.bpm.execution import commands, diagrams, events
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.specs import ProcessSpec, build_specs
from baton.bpm.execution.state import NewInstanceSource
from baton.bpm.testing import ProcessRun
from tests.benchmarks import drawings
from tests.benchmarks.figures import Figure, at_least, at_most, compare, figure

GROUP = "engine"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

CASES = (
    ("10 pass-through tasks", drawings.sequence(10), 15, 40),
    ("200 pass-through tasks", drawings.sequence(200), 60, 8),
    ("50 parallel branches", drawings.parallel(50), 60, 10),
    ("5 user tasks", drawings.sequence(5, "userTask"), 10, 40),
)


def figures() -> Iterator[Figure]:
    for name, xml, reach, rounds in CASES:
        ours, theirs = compare(baton(xml), spiffworkflow(xml), rounds=rounds)
        yield figure(GROUP, f"{name}, engine in memory: microseconds", ours * 1e6)
        yield figure(GROUP, f"{name}: times faster than raw SpiffWorkflow", theirs / ours, at_least(reach))
    short, long = compare(loop(100), loop(10_000), rounds=5)
    yield figure(GROUP, "loop of 10,000 turns: microseconds per turn", long / 10_000 * 1e6)
    yield figure(GROUP, "loop of 10,000 turns: cost per turn against 100 turns", long / short / 100, at_most(1.2))


def spec_of(xml: str) -> ProcessSpec:
    """Read and built once, outside the timing."""
    diagram = diagrams.read(xml.encode(), mode=Mode.AUTOMATIC)
    assert diagram.ok, diagram.problems
    return build_specs(diagram.processes[0])


def baton(xml: str) -> Callable[[], None]:
    """One run from start to end with our engine; user tasks are completed as they come."""
    spec = spec_of(xml)

    def run() -> None:
        instance = ProcessInstance(spec, NewInstanceSource(), id=1, next_id=count(2).__next__)
        happened = instance.handle(commands.StartProcessInstance(), NOW)
        while tasks := [event for event in happened if type(event) is events.UserTaskCreated]:
            for task in tasks:
                command = commands.CompleteUserTask(token_id=task.token_id, scope_id=task.scope_id)
                happened = instance.handle(command, NOW)
        assert type(happened[-1]) is events.ProcessInstanceCompleted

    return run


def spiffworkflow(xml: str) -> Callable[[], None]:
    """The same with raw SpiffWorkflow: its own parser (outside the timing) and scheduler."""
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(xml.encode()))
    (key,) = parser.get_process_ids()
    spec = parser.get_spec(key)
    sub_specs = parser.get_subprocess_specs(key)

    def run() -> None:
        workflow = BpmnWorkflow(spec, sub_specs)
        workflow.do_engine_steps()
        while tasks := workflow.get_tasks(state=TaskState.READY, manual=True):
            for task in tasks:
                task.run()
                workflow.do_engine_steps()
        assert workflow.is_completed()

    return run


def loop(turns: int) -> Callable[[], None]:
    """`turns` turns of a FEEL script and a FEEL condition, in memory, with the right result."""
    spec = spec_of(drawings.script_loop())

    def run() -> None:
        done = ProcessRun(spec).start(i=0, n=turns)
        assert done.state == "completed", done.state
        assert done.variables["i"] == turns

    return run
