"""Deploy, start, complete, audit."""

from __future__ import annotations

from baton.bpm.runtime import audit_events
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
    assert [event.type for event in events] == []
