"""Messages at every position (BPMN 2.0.2, 10.5.2 to 10.5.5 and 13.5)."""

import pytest

from baton.bpm.definition.event_definitions import JobDefinition, MessageEventDefinition
from baton.bpm.errors import WrongState
from baton.bpm.execution import commands, events
from tests.support.drawing import boundary, catch, each, end, feel, message, receive, send, start, sub, throw, user
from tests.support.event_positions import (
    HOSTS,
    PLACES,
    Cause,
    check_boundary,
    check_boundary_is_closed_with_its_activity,
    check_catch,
    check_event_sub_process,
    check_event_sub_process_is_closed_with_its_scope,
    check_gateway,
    check_host,
    check_start,
    copies,
    finish,
    open_tasks,
    within,
)

CAUSE = Cause(message("order"), lambda instance: instance.receive("order"), alone=True)


@pytest.mark.proves("message start event")
def test_a_message_start_event_begins_the_process(run):
    check_start(run, CAUSE)


@pytest.mark.proves("message catch event")
@pytest.mark.parametrize("place", PLACES)
def test_a_message_catch_event_waits_for_it(run, place):
    check_catch(run, place, CAUSE)


@pytest.mark.parametrize("place", PLACES)
def test_a_message_event_behind_a_gateway_closes_the_others(run, place):
    check_gateway(run, place, CAUSE)


@pytest.mark.proves("message boundary event, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_message_boundary_event_ends_its_activity(run, place):
    check_boundary(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("message boundary event, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_message_boundary_event_leaves_its_activity_running(run, place):
    check_boundary(run, place, CAUSE, interrupting=False)


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_boundary_event_is_closed_with_its_activity(run, interrupting):
    check_boundary_is_closed_with_its_activity(run, CAUSE, interrupting=interrupting)


@pytest.mark.parametrize("host", HOSTS)
def test_a_message_boundary_event_ends_whatever_activity_waits(run, host):
    check_host(run, host, CAUSE)


@pytest.mark.proves("message start event of an event sub-process, interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupting_message_event_sub_process_ends_what_runs_around_it(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=True)


@pytest.mark.proves("message start event of an event sub-process, non-interrupting")
@pytest.mark.parametrize("place", PLACES)
def test_a_non_interrupting_message_event_sub_process_runs_beside(run, place):
    check_event_sub_process(run, place, CAUSE, interrupting=False)


def test_a_message_event_sub_process_listens_only_while_its_scope_is_alive(run):
    check_event_sub_process_is_closed_with_its_scope(run, CAUSE)


def sent(instance):
    return [event for event in instance.events if isinstance(event, events.MessageThrown)]


@pytest.mark.proves("receive task")
@pytest.mark.parametrize("place", PLACES)
def test_a_receive_task_waits_for_its_message(run, place):
    number = copies(place)
    instance = run(*within(place, start("s"), receive("r", "order"), user("after"), end("e"), "s r after e"))

    for amount in range(number):
        instance.receive("r", amount=amount)

    assert open_tasks(instance) == ["after"] * number
    finish(instance)


@pytest.mark.proves("message throw event")
def test_a_message_throw_event_sends_what_it_sees_and_goes_on(run):
    instance = run(
        start("s"), throw("t", message("order", "id + 1")), user("after"), end("e"), "s t after e", variables={"id": 7}
    )

    [event] = sent(instance)
    assert (event.name, event.correlation_key, event.variables) == ("order", 8, {"id": 7})
    assert open_tasks(instance) == ["after"]


@pytest.mark.proves("message end event")
def test_a_message_end_event_sends_and_ends(run):
    instance = run(start("s"), end("e", message("order")), "s e")

    assert [event.name for event in sent(instance)] == ["order"]
    finish(instance)


@pytest.mark.proves("send task")
def test_a_send_task_sends_its_message_and_goes_on(run):
    instance = run(start("s"), send("t", "order"), end("e"), "s t e", variables={"a": 1})

    assert [(event.name, event.variables) for event in sent(instance)] == [("order", {"a": 1})]
    finish(instance)


@pytest.mark.parametrize("tag", [throw, end])
def test_a_message_may_be_sent_by_a_worker(run, tag):
    by_worker = MessageEventDefinition("", job=JobDefinition("mail"))
    instance = run(start("s"), tag("t", by_worker), user("after"), "s t", *(["t after"] if tag is throw else []))
    assert [job.event.type for job in instance.jobs] == ["mail"]

    instance.complete_job("mail")

    assert sent(instance) == []
    finish(instance)


def test_what_a_message_brings_is_written_to_the_process(run):
    instance = run(start("s"), catch("c", message("order")), end("e"), "s c e")

    instance.receive("order", amount=3)

    assert instance.variables == {"amount": 3}


def test_a_non_interrupting_message_boundary_event_happens_as_often_as_the_message_comes(run):
    instance = run(
        start("s"), user("u"), boundary("b", "u", message("more"), interrupting=False), user("note"), end("e"),
        "s u e", "b note e",
    )  # fmt: skip

    instance.receive("more")
    instance.receive("more")

    assert open_tasks(instance) == ["note", "note", "u"]
    finish(instance)


def test_a_message_for_one_of_many_goes_to_that_one_only(run):
    instance = run(
        start("s"), sub("S", start("s1"), catch("c", message("m", "item")), user("u"), end("e1"), "s1 c u e1",
                        loop=each('["a", "b"]')), end("e"), "s S e",
    )  # fmt: skip
    keys = [opened.correlation_key for opened in [item.event for item in instance.subscriptions]]

    instance.receive("m")

    assert keys == ["a", "b"]
    assert [opened.correlation_key for opened in [item.event for item in instance.subscriptions]] == ["b"]
    assert open_tasks(instance) == ["u"]


@pytest.mark.parametrize("key", ["nothing", "1 + null", "[1, 2][9]"])
def test_a_correlation_key_without_value_is_an_incident_that_can_be_resolved(run, key):
    instance = run(start("s"), catch("c", message("m", key)), end("e"), "s c e")
    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("c", "message")
    assert instance.waiting_for == []

    if key == "nothing":
        instance.resolve_incident("c", nothing="order-1")
        assert [opened.correlation_key for opened in [item.event for item in instance.subscriptions]] == ["order-1"]


def test_the_correlation_key_of_a_boundary_event_is_needed_before_its_activity_begins(run):
    instance = run(start("s"), user("u"), boundary("b", "u", message("m", "id")), end("e"), "s u e", "b e")
    assert [incident.element_id for incident in instance.incidents] == ["u"]
    assert open_tasks(instance) == []

    instance.resolve_incident("u", id=1)

    assert open_tasks(instance) == ["u"]
    assert instance.path.count("u") == 1


def test_a_message_name_must_be_a_text(run):
    instance = run(start("s"), catch("c", MessageEventDefinition(feel("n"))), end("e"), "s c e", variables={"n": 5})

    [incident] = instance.incidents
    assert incident.event.type == "message"

    instance.resolve_incident("c", n="order")
    instance.receive("order")
    finish(instance)


def test_a_message_for_what_is_open_no_more_is_rejected(run):
    instance = run(start("s"), catch("c", message("m")), user("u"), end("e"), "s c u e")
    [opened] = [item.event for item in instance.subscriptions]
    instance.receive("m")

    with pytest.raises(WrongState, match="not open any more"):
        instance.handle(
            commands.CorrelateMessage(
                token_id=opened.token_id,
                scope_id=opened.scope_id,
                subscription_id=opened.subscription_id,
                variables={"late": 1},
            )
        )

    assert instance.variables == {}
