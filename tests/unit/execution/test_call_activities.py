"""Call activities (BPMN 2.0.2, 10.3.6 and 13.3.4), as the calling instance sees them."""

import pytest

from baton.bpm.definition.elements import Binding
from baton.bpm.errors import WrongState
from baton.bpm.execution import commands, events
from tests.support.drawing import boundary, call, end, feel, mapping, start, times, user
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within


def process(activity, *more):
    return (start("s"), activity, user("after"), end("e"), "s c after e", *more)


@pytest.mark.proves("call activity")
@pytest.mark.parametrize("place", PLACES)
def test_it_calls_another_process_and_waits_for_its_end(run, place):
    number = copies(place)
    instance = run(*within(place, *process(call("c", "shipping"))))
    assert [called.event.key for called in instance.calls] == ["shipping"] * number

    for _ in range(number):
        instance.return_from("c")

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


def test_all_variables_cross_unless_it_says_otherwise(run):
    instance = run(*process(call("c")), variables={"a": 1})
    assert instance.calls[0].event.variables == {"a": 1}

    instance.return_from("c", a=2, b=3)

    assert instance.variables == {"a": 2, "b": 3}


def test_only_what_is_mapped_crosses_if_it_says_so(run):
    mapped = call(
        "c", all_in=False, all_out=False, inputs=(mapping("n", "a + 1"),), outputs=(mapping("total", "n * 10"),)
    )  # fmt: skip
    instance = run(*process(mapped), variables={"a": 1})
    assert instance.calls[0].event.variables == {"n": 2}

    instance.return_from("c", n=5, secret=1)

    assert instance.variables == {"a": 1, "total": 50}


def test_key_version_and_business_key_may_be_expressions(run):
    drawn = call("c", feel("which"), binding=Binding.VERSION, version=feel("3"), business_key=feel('"order-" + id'))
    instance = run(*process(drawn), variables={"which": "billing", "id": "7"})

    called = instance.calls[0].event
    assert (called.key, called.binding, called.version, called.business_key) == ("billing", "version", "3", "order-7")


def test_each_of_many_instances_calls_a_process_of_its_own(run):
    instance = run(*process(call("c", loop=times(3))))
    assert len({called.id for called in instance.calls}) == 3

    for _ in range(3):
        instance.return_from("c")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_the_counters_of_a_loop_do_not_become_variables_of_the_called_process(run):
    instance = run(*process(call("c", "shipping", loop=times(3))), variables={"order": 7})

    carried = [called.event.variables for called in instance.calls]
    assert carried == [{"order": 7, "loopCounter": turn} for turn in range(3)]


def test_interrupting_it_ends_the_called_process(run):
    instance = run(*process(call("c"), boundary("b", "c", "PT1H"), user("late"), "b late e"))

    instance.advance(hours=1)

    assert any(isinstance(event, events.CalledProcessInstanceCancelled) for event in instance.events)
    assert open_tasks(instance) == ["late"]
    finish(instance)


@pytest.mark.parametrize("key", [5, "", None])
def test_a_key_that_is_no_text_is_an_incident_that_calls_when_resolved(run, key):
    instance = run(*process(call("c", feel("which"))), variables={"which": key})
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("c", "call")
    assert instance.calls == []

    instance.resolve_incident("c", which="billing")

    assert [called.event.key for called in instance.calls] == ["billing"]


def test_a_call_that_failed_is_an_incident_and_calls_again_when_resolved(run):
    instance = run(*process(call("c")))

    instance.fail_call("c", "no such process")
    [incident] = instance.incidents
    assert incident.event.message == "no such process"

    instance.resolve_incident("c")
    instance.return_from("c")

    assert open_tasks(instance) == ["after"]


def test_a_returned_call_does_not_return_twice(run):
    instance = run(*process(call("c")))
    called = instance.calls[0].event
    instance.return_from("c")

    with pytest.raises(WrongState, match="does not wait for it any more"):
        instance.handle(
            commands.ReturnFromCall(
                token_id=called.token_id, scope_id=called.scope_id, called_id=called.called_id, variables={"x": 1}
            )
        )

    assert instance.variables == {}


def test_guided_without_a_called_process_it_is_a_to_do(guided):
    instance = guided(*process(call("c", None)))
    assert [(item.element_id, item.event.kind) for item in instance.user_tasks] == [("c", "todo")]

    instance.complete("c")

    assert open_tasks(instance) == ["after"]
