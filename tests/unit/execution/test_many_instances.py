"""Many instances of one activity, and what an interruption leaves: nothing (docs/semantics.md)."""

from itertools import count

import pytest

from baton.bpm.definition.elements import BoundaryEvent
from baton.bpm.definition.event_definitions import CompensateEventDefinition
from baton.bpm.definition.loops import MultiInstance
from baton.bpm.execution import commands, events
from baton.bpm.execution.limits import RunLimits
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.specs import build_specs
from baton.bpm.testing import InMemoryStore, ProcessRun, VirtualClock
from tests.support.drawing import boundary, draw, end, feel, start, sub, task, user

NOW = VirtualClock().now


class CountedStore(InMemoryStore):
    """Counts what is read."""

    def __init__(self, root_id):
        super().__init__(root_id)
        self.asked = []

    def load_scope(self, scope_id):
        self.asked.append("scope")
        return super().load_scope(scope_id)

    def load_children(self, scope_id, token_id):
        self.asked.append("children")
        return super().load_children(scope_id, token_id)

    def load_children_of(self, scope_ids):
        self.asked.append("children of many")
        return super().load_children_of(scope_ids)

    def load_variables(self, scope_ids):
        self.asked.append("variables")
        return super().load_variables(scope_ids)


class Handled:
    """Every command by an instance of its own, restored from the store."""

    def __init__(self, *drawn, steps=1_000):
        self.spec = build_specs(draw(*drawn))
        self.store = CountedStore(1)
        self.next_id = count(2).__next__
        self.limits = RunLimits(steps=steps)

    def __call__(self, command):
        instance = ProcessInstance(self.spec, self.store, id=1, next_id=self.next_id, limits=self.limits)
        self.store.asked.clear()
        happened = instance.handle(command, NOW)
        self.changes = instance.take_changes()
        self.store.apply(self.changes, happened)
        return happened

    def begin(self, **variables):
        """Start, and go on until nothing is ready; the events of each command."""
        happened = [self(commands.StartProcessInstance(variables=variables))]
        while any(isinstance(event, events.ContinuationScheduled) for event in happened[-1]):
            happened.append(self(commands.ContinueProcessInstance()))
        return happened


def many(**more):
    return MultiInstance(collection=feel("items"), element="item", **more)


def drawn_many():
    loop = many(output_collection="results", output_element=feel("item + 1"))
    return start("s"), user("work", loop=loop), boundary("stop", "work", "PT1H"), end("e"), "s work e", "stop e"


@pytest.mark.parametrize("size", [10, 2_000])
def test_completing_one_instance_reads_and_writes_the_same_whatever_their_number(size):
    handled = Handled(*drawn_many())
    tasks = [
        event
        for happened in handled.begin(items=list(range(size)))
        for event in happened
        if isinstance(event, events.UserTaskCreated)
    ]

    task = tasks[size // 2]
    happened = handled(commands.CompleteUserTask(token_id=task.token_id, scope_id=task.scope_id))

    assert len(tasks) == size
    assert [type(event).__name__ for event in happened] == [
        "UserTaskCompleted", "FlowNodeCompleted", "ScopeClosed", "VariableCreated",
    ]  # fmt: skip
    assert (len(handled.changes.updated), len(handled.changes.removed)) == (1, 1)
    assert len(handled.changes.updated[0].state) < 250
    assert handled.store.asked == ["scope", "scope", "variables"]


def test_beginning_many_instances_is_done_in_bounded_commands():
    happened = Handled(*drawn_many()).begin(items=list(range(3_000)))

    created = [sum(isinstance(event, events.UserTaskCreated) for event in command) for command in happened]
    assert sum(created) == 3_000
    assert max(created) <= 500


def test_interrupting_many_instances_asks_for_all_of_them_at_once_and_leaves_none():
    handled = Handled(*drawn_many())
    began = handled.begin(items=list(range(500)))
    timer = next(event for happened in began for event in happened if isinstance(event, events.TimerScheduled))

    happened = handled(
        commands.FireTimer(
            job_id=timer.job_id, token_id=timer.token_id, scope_id=timer.scope_id, element_id="stop", payload={}
        )
    )

    assert sum(isinstance(event, events.UserTaskCancelled) for event in happened) == 500
    assert handled.store.asked == ["scope", "children"]
    assert handled.store.scopes == {}
    assert set(handled.store.variables) == {1}


def test_interrupting_many_sub_processes_asks_for_all_that_is_in_them_at_once():
    inner = sub("inner", start("s2"), user("work"), end("e2"), "s2 work e2", loop=many())
    handled = Handled(start("s"), inner, boundary("stop", "inner", "PT1H"), end("e"), "s inner e", "stop e")
    began = handled.begin(items=list(range(300)))
    timer = next(event for happened in began for event in happened if isinstance(event, events.TimerScheduled))

    happened = handled(
        commands.FireTimer(
            job_id=timer.job_id, token_id=timer.token_id, scope_id=timer.scope_id, element_id="stop", payload={}
        )
    )

    assert sum(isinstance(event, events.UserTaskCancelled) for event in happened) == 300
    assert handled.store.asked == ["scope", "children", "children of many"]
    assert handled.store.scopes == {}


def test_outputs_of_instances_that_ended_in_the_same_command_are_collected():
    loop = many(output_collection="results", output_element=feel("item + 1"))
    run = ProcessRun(draw(start("s"), user("a"), task("work", loop=loop), end("e"), "s a work e"), reload=True)
    run.start(items=[1, 2, 3])
    run.limits = RunLimits(steps=2)

    run.complete("a")

    assert run.variables["results"] == [2, 3, 4]


def test_more_instances_than_there_may_be_are_an_incident_at_once():
    loop = MultiInstance(cardinality=feel("1000001"))
    run = ProcessRun(draw(start("s"), user("work", loop=loop), end("e"), "s work e")).start()

    (incident,) = run.incidents
    assert incident.event.message == "'work' would have 1000001 instances, at most 1000000 can be"


def test_very_many_instances_are_an_incident_at_the_limit_of_steps_and_go_on_when_it_is_resolved():
    loop = MultiInstance(cardinality=feel("1000000"))
    limits = RunLimits(steps=100, steps_without_wait=1_000)
    run = ProcessRun(draw(start("s"), user("work", loop=loop), end("e"), "s work e"), limits=limits).start()

    incident = next(
        item for item in run.incidents if item.event.element_id == "work" and "of 1000000" in item.event.message
    )
    begun = len(run.user_tasks)

    assert incident.event.type == "endless_loop"
    assert begun < 1_100
    run.resolve_incident("work")
    assert len(run.user_tasks) > begun


def test_what_is_kept_for_compensation_goes_with_the_scope_around_it():
    inner = sub("inner", start("s2"), user("a"), BoundaryEvent(
        id="mark", attached_to="a", event=CompensateEventDefinition(), handler="undo"
    ), task("undo", for_compensation=True), end("e2"), "s2 a e2")  # fmt: skip
    run = ProcessRun(draw(start("s"), inner, user("b"), end("e"), "s inner b e"), reload=True).start()
    run.complete("a")
    assert len(run.store.scopes) == 2

    run.complete("b")

    assert run.state == "completed"
    assert run.store.scopes == {}
