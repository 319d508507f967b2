"""Messages: to the one who waits, to a start event, kept for a while; thrown by instances; along message flows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baton.bpm import errors
from baton.bpm.runtime import (
    audit_events,
    due_jobs,
    job_lists,
    messages,
    process_definitions,
    process_instances,
    subscriptions,
)
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.job_kinds import JobKind
from baton.bpm.runtime.messages import Outcome, PublishedView
from baton.bpm.testing import VirtualClock
from tests.integration.support import HEAD, JOHN, MARY, Desk, diagram, flow

ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
PAYMENT = '<message id="pay" name="payment"/>'
KEYED = (
    '<message id="pay" name="payment"><extensionElements><zeebe:subscription correlationKey="=order"/>'
    "</extensionElements></message>"
)


def with_message(content: bytes, message: str = PAYMENT) -> bytes:
    return content.replace(b"</definitions>", f"{message}</definitions>".encode()).replace(
        b'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"', ZEEBE.encode() if "zeebe" in message else b""
    )


WAITS = (
    '<startEvent id="start"/><intermediateCatchEvent id="paid" name="Paid?"><messageEventDefinition messageRef="pay"/>'
    '</intermediateCatchEvent><userTask id="ship"/><endEvent id="end"/>'
    + flow("start", "paid")
    + flow("paid", "ship")
    + flow("ship", "end")
)
PLAIN = with_message(diagram(WAITS))
WITH_KEY = with_message(diagram(WAITS), KEYED)
STARTED = (
    '<startEvent id="arrived"><messageEventDefinition messageRef="pay"/></startEvent><userTask id="book"/>'
    '<endEvent id="end"/>' + flow("arrived", "book") + flow("book", "end")
)
STARTS = with_message(diagram(STARTED, key="booking"))
THROWS = with_message(
    diagram(
        '<startEvent id="start"/><intermediateThrowEvent id="send"><messageEventDefinition messageRef="pay"/>'
        '</intermediateThrowEvent><userTask id="rest"/><endEvent id="end"/>'
        + flow("start", "send")
        + flow("send", "rest")
        + flow("rest", "end"),
        key="payer",
    )
)


def publish(engine: Engine, **given: object) -> PublishedView:
    return messages.publish(engine, actor=MARY, name="payment", **given)  # type: ignore[arg-type]


@pytest.mark.proves("message correlation by key")
def test_a_message_with_a_key_goes_to_the_instance_that_waits_for_this_key(desk: Desk) -> None:
    desk.deploy(WITH_KEY)
    desk.start(order=1)
    second = desk.start(order=2)

    published = publish(desk.engine, correlation_key=2, variables={"paid": True})

    assert (published.outcome, published.process_instance_id, published.element_id) == (
        Outcome.CORRELATED,
        second.id,
        "paid",
    )
    assert desk.task(second.id).element_id == "ship"
    assert desk.variables(second.id) == {"order": 2, "paid": True}
    (left,) = subscriptions.list_(desk.engine, actor=MARY).items
    assert left.correlation_key == "1"


def test_the_number_1_and_the_text_1_are_different_keys(desk: Desk) -> None:
    desk.deploy(WITH_KEY)
    instance = desk.start(order="1")

    with pytest.raises(errors.NotFound, match='waits for it with the correlation key "1"'):
        publish(desk.engine, correlation_key=1)
    assert publish(desk.engine, correlation_key="1").process_instance_id == instance.id


@pytest.mark.proves("message correlation by business key or variables")
def test_without_a_key_the_business_key_or_variables_must_leave_exactly_one(desk: Desk) -> None:
    desk.deploy(PLAIN)
    first = process_instances.start(desk.engine, actor=MARY, key="order", business_key="A", variables={"n": 1})
    second = process_instances.start(desk.engine, actor=MARY, key="order", business_key="B", variables={"n": 2})

    with pytest.raises(errors.Conflict, match=f"{first.id}.*{second.id}"):
        publish(desk.engine)
    with pytest.raises(errors.NotFound):
        publish(desk.engine, business_key="C")
    assert publish(desk.engine, business_key="B").process_instance_id == second.id
    assert publish(desk.engine, correlation_variables={"n": 1}).process_instance_id == first.id


def test_a_message_for_nobody_a_suspended_or_an_ended_instance_is_refused(desk: Desk) -> None:
    desk.deploy(PLAIN)
    instance = desk.start()
    process_instances.suspend(desk.engine, instance.id, actor=MARY)
    with pytest.raises(errors.WrongState, match=f"'{instance.id}'.*is suspended; resume it first"):
        publish(desk.engine)
    process_instances.terminate(desk.engine, instance.id, actor=MARY)
    with pytest.raises(errors.NotFound, match="nobody does"):
        publish(desk.engine)
    with pytest.raises(errors.NotAllowed):
        messages.publish(desk.engine, actor=JOHN, name="payment")
    for bad in ({"correlation_key": {"a": 1}}, {"time_to_live": -1.0}, {"message_id": ""}):
        with pytest.raises(errors.InvalidCommand):
            publish(desk.engine, **bad)


def test_a_kept_message_reaches_who_begins_to_wait_in_time_and_nobody_later(desk: Desk, clock: VirtualClock) -> None:
    desk.deploy(WITH_KEY)
    kept = publish(desk.engine, correlation_key=5, time_to_live=60.0, variables={"paid": 1})
    publish(desk.engine, correlation_key=6, time_to_live=60.0)
    assert kept.outcome is Outcome.BUFFERED
    assert [view.correlation_key for view in messages.list_(desk.engine, actor=MARY).items] == ["5", "6"]

    instance = desk.start(order=5)
    desk.settle()
    assert desk.task(instance.id).element_id == "ship"
    assert desk.variables(instance.id)["paid"] == 1
    clock.advance(timedelta(seconds=61))
    late = desk.start(order=6)
    desk.settle()
    assert desk.tasks(late.id) == []
    assert messages.list_(desk.engine, actor=MARY).items == ()
    assert messages.forget_old(desk.engine) == 1


def test_a_kept_message_can_be_withdrawn(desk: Desk) -> None:
    desk.deploy(WITH_KEY)
    kept = publish(desk.engine, correlation_key=5, time_to_live=60.0)
    assert kept.id is not None
    messages.withdraw(desk.engine, kept.id, actor=MARY)
    with pytest.raises(errors.NotFound):
        messages.withdraw(desk.engine, kept.id, actor=MARY)
    instance = desk.start(order=5)
    desk.settle()
    assert desk.tasks(instance.id) == []


def test_publishing_twice_under_one_message_id_happens_once(desk: Desk) -> None:
    desk.deploy(STARTS)
    first = publish(desk.engine, message_id="m-1")
    assert first.outcome is Outcome.STARTED
    assert publish(desk.engine, message_id="m-1") == first
    assert len(process_instances.list_(desk.engine, actor=MARY).items) == 1
    assert publish(desk.engine, message_id="m-2").process_instance_id != first.process_instance_id


def test_a_message_that_nobody_waits_for_starts_the_newest_version(desk: Desk) -> None:
    desk.deploy(STARTS)
    desk.deploy(STARTS, force=True)
    published = publish(desk.engine, business_key="B-7", variables={"amount": 3})

    assert published.outcome is Outcome.STARTED
    assert published.process_instance_id is not None
    instance = process_instances.get(desk.engine, published.process_instance_id, actor=MARY)
    assert instance.business_key == "B-7"
    (newest, _older) = versions(desk.engine)
    assert instance.process_definition_id == newest
    assert desk.task(instance.id).element_id == "book"
    assert desk.variables(instance.id) == {"amount": 3}


def versions(engine: Engine) -> list[int]:
    return [view.id for view in process_definitions.list_(engine, actor=MARY, key="booking").items]


def test_with_one_key_only_one_instance_is_live_that_it_started(desk: Desk) -> None:
    desk.deploy(STARTS)
    first = publish(desk.engine, correlation_key="k")
    with pytest.raises(errors.NotFound, match="has a live instance that was started with this key"):
        publish(desk.engine, correlation_key="k")
    assert publish(desk.engine, correlation_key="other").outcome is Outcome.STARTED
    assert first.process_instance_id is not None
    waiting = publish(desk.engine, correlation_key="k", time_to_live=60.0)
    assert waiting.outcome is Outcome.BUFFERED
    desk.complete(first.process_instance_id)
    desk.settle()
    assert messages.list_(desk.engine, actor=MARY).items == ()
    assert len(process_instances.list_(desk.engine, actor=MARY).items) == 3


def test_a_thrown_message_reaches_another_instance_once(desk: Desk) -> None:
    desk.deploy(PLAIN)
    desk.deploy(THROWS)
    waiting = process_instances.start(desk.engine, actor=MARY, key="order", business_key="A")
    process_instances.start(desk.engine, actor=MARY, key="order", business_key="B")
    process_instances.start(desk.engine, actor=MARY, key="payer", business_key="A", variables={"amount": 9})
    (sent,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.MESSAGE).items

    assert due_jobs.execute_due(desk.engine, sent.id)
    assert not due_jobs.execute_due(desk.engine, sent.id)
    assert desk.task(waiting.id).element_id == "ship"
    assert desk.variables(waiting.id) == {"amount": 9}


def test_a_thrown_message_that_nobody_waits_for_is_told_in_the_senders_audit(desk: Desk) -> None:
    desk.deploy(THROWS)
    sender = desk.start("payer")
    desk.settle()

    page = audit_events.list_(desk.engine, actor=MARY, process_instance_id=sender.id, type="MessageNotDelivered")
    (told,) = page.items
    assert told.element_id == "send"
    assert "nobody does" in told.data["reason"]
    assert desk.task(sender.id).element_id == "rest"
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_a_thrown_message_waits_for_a_suspended_instance(desk: Desk) -> None:
    desk.deploy(PLAIN)
    desk.deploy(THROWS)
    waiting = desk.start()
    process_instances.suspend(desk.engine, waiting.id, actor=MARY)
    desk.start("payer")
    desk.settle()
    assert desk.tasks(waiting.id) == []

    process_instances.resume(desk.engine, waiting.id, actor=MARY)
    desk.settle()
    assert desk.task(waiting.id).element_id == "ship"


BUYER = (
    '<process id="buyer"><startEvent id="need"/><sendTask id="ask"/><receiveTask id="get"/><userTask id="enjoy"/>'
    '<endEvent id="b_end"/>'
    + flow("need", "ask")
    + flow("ask", "get")
    + flow("get", "enjoy")
    + flow("enjoy", "b_end")
    + "</process>"
)
SELLER = (
    '<process id="seller"><startEvent id="order"/><userTask id="pack"/><endEvent id="sent">'
    "<messageEventDefinition/></endEvent>" + flow("order", "pack") + flow("pack", "sent") + "</process>"
)
TALK = (
    HEAD + '<collaboration id="c"><participant id="p1" processRef="buyer"/><participant id="p2" processRef="seller"/>'
    '<messageFlow id="m1" name="order" sourceRef="ask" targetRef="order"/>'
    '<messageFlow id="m2" name="goods" sourceRef="sent" targetRef="get"/></collaboration>'
    + BUYER
    + SELLER
    + "</definitions>"
).encode()


@pytest.mark.proves("message flow between pools")
def test_along_message_flows_each_conversation_keeps_to_itself(desk: Desk) -> None:
    desk.deploy(TALK)
    first, second = desk.start("buyer", wish="tea"), desk.start("buyer", wish="book")
    for buyer in (first, second):
        if desk.tasks(buyer.id):
            desk.complete(buyer.id)
    desk.settle()
    sellers = process_instances.list_(desk.engine, actor=MARY, key="seller").items
    by_wish = {desk.variables(seller.id)["wish"]: seller for seller in sellers}
    assert sorted(by_wish) == ["book", "tea"]

    desk.complete(by_wish["book"].id)
    desk.settle()
    assert desk.task(second.id).element_id == "enjoy"
    assert desk.tasks(first.id) == []
    desk.complete(by_wish["tea"].id)
    desk.settle()
    assert desk.task(first.id).element_id == "enjoy"
