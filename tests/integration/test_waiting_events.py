"""`waiting` explains every kind of wait that something elsewhere ends."""

from __future__ import annotations

import pytest

from baton.bpm import errors
from baton.bpm.runtime import messages, process_instances
from baton.bpm.runtime.process_instances import WaitingView
from tests.integration.support import MARY, Desk, diagram, flow
from tests.integration.test_called_instances import CHILD, caller
from tests.integration.test_messages import TALK, WITH_KEY, with_message
from tests.integration.test_signals import WAITS as SIGNAL_WAITS
from tests.integration.test_signals import with_signal

GATEWAY = with_signal(
    with_message(
        diagram(
            '<startEvent id="start"/><eventBasedGateway id="first"/>'
            '<intermediateCatchEvent id="paid"><messageEventDefinition messageRef="pay"/></intermediateCatchEvent>'
            '<intermediateCatchEvent id="heard"><signalEventDefinition signalRef="alarm"/></intermediateCatchEvent>'
            '<intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
            '</timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>'
            + flow("start", "first")
            + flow("first", "paid")
            + flow("first", "heard")
            + flow("first", "late")
            + flow("paid", "end")
            + flow("heard", "end")
            + flow("late", "end")
        )
    )
)
CONDITION = diagram(
    '<startEvent id="start"/><intermediateCatchEvent id="low"><conditionalEventDefinition>'
    "<condition>${stock &lt; 10}</condition></conditionalEventDefinition></intermediateCatchEvent>"
    '<endEvent id="end"/>' + flow("start", "low") + flow("low", "end")
)
LOOP = diagram(
    '<startEvent id="start"/><userTask id="look"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>'
    '</multiInstanceLoopCharacteristics></userTask><endEvent id="end"/>' + flow("start", "look") + flow("look", "end")
)
LISTENS = with_signal(
    diagram(
        '<startEvent id="start"/><userTask id="work"/><endEvent id="end"/>'
        '<subProcess id="panic" name="Panic" triggeredByEvent="true"><startEvent id="cry">'
        '<signalEventDefinition signalRef="alarm"/></startEvent><endEvent id="p_end"/>'
        + flow("cry", "p_end")
        + "</subProcess>"
        + flow("start", "work")
        + flow("work", "end")
    )
)


def waits(desk: Desk, instance_id: int) -> list[WaitingView]:
    return list(process_instances.waiting(desk.engine, instance_id, actor=MARY).items)


def test_a_message_is_named_with_its_key_and_with_what_nearly_came(desk: Desk) -> None:
    desk.deploy(WITH_KEY)
    instance = desk.start(order="order-2")
    with pytest.raises(errors.NotFound):
        messages.publish(desk.engine, actor=MARY, name="payment", correlation_key="order-1")

    (view,) = waits(desk, instance.id)
    assert view.waits_for == "message"
    assert "the message 'payment' with the correlation key \"order-2\"" in view.description
    assert "A message 'payment' arrived with the key \"order-1\" at 2026-01-01 09:00:00 UTC" in view.description
    assert view.action["kind"] == "publish_message"


def test_a_gateway_names_all_events_behind_it_with_their_times(desk: Desk) -> None:
    desk.deploy(GATEWAY)
    (view,) = waits(desk, desk.start().id)

    assert view.waits_for == "events"
    assert "'paid' on the message 'payment'; 'heard' on the signal 'alarm'; 'late' at 2026-01-01 10:00:00 UTC" in (
        view.description
    )
    assert view.due_at is not None


def test_a_signal_and_a_condition_are_named_with_the_values_it_saw(desk: Desk) -> None:
    desk.deploy(SIGNAL_WAITS)
    (view,) = waits(desk, desk.start().id)
    assert (view.waits_for, view.action) == ("signal", {"kind": "broadcast_signal", "name": "alarm"})

    desk.deploy(CONDITION)
    instance = desk.start(stock=12)
    (view,) = waits(desk, instance.id)
    assert view.description == "Waits until its condition holds (stock is 12)."
    process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"stock": 3})
    assert desk.state(instance.id) == "completed"


def test_a_call_activity_names_the_called_instance_and_its_state(desk: Desk) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    (view,) = waits(desk, instance.id)
    assert "is about to start" in view.description
    desk.settle()

    (child,) = process_instances.list_(desk.engine, actor=MARY, caller_id=instance.id).items
    (view,) = waits(desk, instance.id)
    assert view.waits_for == "call"
    assert view.description == f"Waits for the called process instance '{child.id}' of 'child', which is active."


def test_a_loop_says_how_many_are_done(desk: Desk) -> None:
    desk.deploy(LOOP)
    instance = desk.start()
    host = next(view for view in waits(desk, instance.id) if view.waits_for == "loop")

    assert host.description == "0 of 3 turns are done; 3 are under way."
    assert sorted(view.waits_for for view in waits(desk, instance.id)) == ["loop", *["user_task"] * 3]


def test_an_event_sub_process_is_something_that_may_happen(desk: Desk) -> None:
    desk.deploy(LISTENS)
    listener = next(view for view in waits(desk, desk.start().id) if view.waits_for == "listener")

    assert listener.description == "May begin as long as the scope around it is alive: 'cry' on the signal 'alarm'."


def test_along_a_message_flow_the_wait_has_no_name(desk: Desk) -> None:
    desk.deploy(TALK)
    buyer = desk.start("buyer")
    desk.complete(buyer.id)

    waiting = {view.element_id: view for view in waits(desk, buyer.id)}
    assert waiting["get"].description.startswith("Waits for a message along its message flow")
