"""What one instance sends happens in the order in which it was sent, whichever job is carried out first."""

from __future__ import annotations

from baton.bpm.runtime import audit_events, due_jobs, job_lists
from baton.bpm.runtime.job_kinds import JobKind
from tests.integration.support import MARY, Desk, diagram, flow

ROOTS = (
    '<escalation id="late" escalationCode="late"/><message id="first" name="first"/>'
    '<message id="second" name="second"/></definitions>'
)


def drawn(content: str, key: str) -> bytes:
    return diagram(content, key=key).replace(b"</definitions>", ROOTS.encode())


ESCALATES = drawn(
    '<startEvent id="s"/><intermediateThrowEvent id="tell"><escalationEventDefinition escalationRef="late"/>'
    '</intermediateThrowEvent><endEvent id="e"/>' + flow("s", "tell") + flow("tell", "e"),
    "child",
)
CALLS = drawn(
    '<startEvent id="s"/><callActivity id="call" calledElement="child"/><endEvent id="e"/>'
    '<boundaryEvent id="told" attachedToRef="call" cancelActivity="false">'
    '<escalationEventDefinition escalationRef="late"/></boundaryEvent><userTask id="look"/>'
    + flow("s", "call")
    + flow("call", "e")
    + flow("told", "look"),
    "order",
)
SENDS = drawn(
    '<startEvent id="s"/><intermediateThrowEvent id="one"><messageEventDefinition messageRef="first"/>'
    '</intermediateThrowEvent><intermediateThrowEvent id="two"><messageEventDefinition messageRef="second"/>'
    '</intermediateThrowEvent><endEvent id="e"/>' + flow("s", "one") + flow("one", "two") + flow("two", "e"),
    "sender",
)
RECEIVES = drawn(
    '<startEvent id="s"/><receiveTask id="one" messageRef="first"/><receiveTask id="two" messageRef="second"/>'
    '<userTask id="both"/>' + flow("s", "one") + flow("one", "two") + flow("two", "both"),
    "order",
)


def test_an_escalation_thrown_before_the_end_is_caught_before_the_call_returns(desk: Desk) -> None:
    desk.deploy(ESCALATES)
    desk.deploy(CALLS)
    instance = desk.start()
    (call,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.CALL).items
    assert due_jobs.execute_due(desk.engine, call.id)

    (back,) = job_lists.list_(desk.engine, actor=MARY, kind=JobKind.RETURN).items
    assert due_jobs.execute_due(desk.engine, back.id)

    assert desk.task(instance.id).element_id == "look"
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_two_messages_of_one_sender_arrive_in_the_order_they_were_thrown(desk: Desk) -> None:
    desk.deploy(SENDS)
    desk.deploy(RECEIVES)
    receiver, sender = desk.start(), desk.start("sender")
    first, second = sorted(job_lists.list_(desk.engine, actor=MARY, kind=JobKind.MESSAGE).items, key=lambda job: job.id)

    assert due_jobs.execute_due(desk.engine, second.id)
    assert not due_jobs.execute_due(desk.engine, first.id)

    assert desk.task(receiver.id).element_id == "both"
    refused = audit_events.list_(desk.engine, actor=MARY, process_instance_id=sender.id, type="MessageNotDelivered")
    assert refused.items == ()
