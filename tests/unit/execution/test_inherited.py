"""No public method inherited from SpiffWorkflow's tree-walking classes is left to answer wrongly."""

import inspect
import re
from itertools import chain

import pytest
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task

from baton.bpm.execution import inherited
from baton.bpm.execution.inherited import NoTaskTree
from baton.bpm.execution.process_instance import ProcessInstance
from baton.bpm.execution.scope import Scope
from baton.bpm.execution.token import Token
from baton.bpm.testing import ProcessRun
from tests.support.drawing import draw, end, start, user

PLAIN_DATA = {"thread_id_pool"}
REFUSED = inherited.refused("any", "another").__qualname__


@pytest.mark.parametrize(("ours", "theirs"), [(ProcessInstance, BpmnWorkflow), (Scope, BpmnSubWorkflow), (Token, Task)])
def test_every_public_inherited_member_is_overridden(ours, theirs):
    public = {name for name, _ in inspect.getmembers(theirs) if not name.startswith("_")} - PLAIN_DATA

    own = {name for class_ in ours.__mro__ if class_.__module__.startswith("baton.") for name in vars(class_)}

    assert public - own == set()


def test_a_method_that_needs_the_task_tree_raises_and_names_what_to_use():
    run = ProcessRun(draw(start("s"), user("u"), end("e"), "s u e")).start()
    instance = run._instance

    with pytest.raises(NoTaskTree, match=r"use ProcessInstance\.handle"):
        instance.do_engine_steps()
    with pytest.raises(NoTaskTree):
        instance.scope(1).update_waiting_tasks()
    with pytest.raises(NoTaskTree):
        next(iter(instance.scope(1).tokens.values())).run()


def test_what_a_refused_method_names_instead_exists():
    run = ProcessRun(draw(start("s"), user("u"), end("e"), "s u e")).start()
    scope = run._instance.scope(1)
    ours = {"ProcessInstance": run._instance, "Scope": scope, "Token": next(iter(scope.tokens.values()))}
    members = [vars(class_).values() for one in ours.values() for class_ in type(one).__mro__]
    refused = [member for member in chain(*members) if getattr(member, "__qualname__", "") == REFUSED]

    assert refused
    for method in refused:
        with pytest.raises(NoTaskTree) as raised:
            method()
        for class_, name in re.findall(r"use (\w+)\.(\w+)", str(raised.value)):
            assert hasattr(ours[class_], name), str(raised.value)


def test_what_is_answered_is_right():
    run = ProcessRun(draw(start("s"), user("u"), end("e"), "s u e")).start(x=1)
    instance = run._instance

    assert not instance.is_completed()
    assert instance.manual_input_required()
    assert instance.get_data("x") == 1

    run.complete("u")

    assert instance.is_completed()
