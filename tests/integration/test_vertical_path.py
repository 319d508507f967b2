"""Deploy, start, complete, audit."""

from __future__ import annotations

from baton.bpm.runtime import audit_chains, audit_events
from tests.integration.support import MARY, TWO_TASKS, Desk


def test_a_deployed_process_runs_to_its_end_and_the_audit_tells_it(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)

    instance = desk.start(amount=120)
    desk.complete(instance.id, approved=True)
    desk.complete(instance.id, amount=130)

    assert desk.state(instance.id) == "completed"
    assert desk.variables(instance.id) == {"amount": 130, "approved": True}
    events = audit_events.list_(desk.engine, actor=MARY, process_instance_id=instance.id, limit=100).items
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert [(event.type, event.element_id) for event in events[-5:]] == [
        ("FlowNodeCompleted", "ship"),
        ("SequenceFlowTaken", "ship_end"),
        ("FlowNodeActivated", "end"),
        ("FlowNodeCompleted", "end"),
        ("ProcessInstanceCompleted", None),
    ]
    assert {event.actor_id for event in events} == {"mary"}
    updated = next(event for event in events if event.type == "VariableUpdated")
    assert updated.data["name"] == "amount"
    assert (updated.data["old_value"], updated.data["value"]) == (120, 130)
    assert audit_chains.verify(desk.engine, instance.id, actor=MARY).broken_at is None
