"""Batches: the same deed on many instances, each in a transaction of its own."""

from __future__ import annotations

from typing import Any

import pytest

from baton.bpm import errors
from baton.bpm.lifecycle import IncidentState, ProcessInstanceState
from baton.bpm.runtime import audit_events, batches, due_jobs, incidents, process_instances
from baton.bpm.runtime.batches import BatchView, Deed
from baton.bpm.runtime.instance_search import InstanceFilter
from tests.integration.support import JOHN, MARY, TWO_TASKS, Desk
from tests.integration.test_process_instances import DECIDE


def asked(desk: Desk, deed: Deed, **options: Any) -> BatchView:
    view = batches.request(desk.engine, deed, actor=MARY, **options)
    desk.settle()
    return view


def test_named_instances_are_terminated_in_the_name_of_who_asked(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instances = [desk.start() for _ in range(4)]
    process_instances.terminate(desk.engine, instances[0].id, actor=MARY)
    ids = [instance.id for instance in instances[:3]]

    view = asked(desk, Deed.TERMINATE, ids=[*ids, ids[1], 5], reason="wrong price")

    assert (view.instances, view.more) == (3, False)
    assert [desk.state(instance.id) for instance in instances] == ["terminated"] * 3 + ["active"]
    events = audit_events.list_(desk.engine, actor=MARY, process_instance_id=ids[1], limit=100).items
    (ended,) = [event for event in events if event.type == "ProcessInstanceTerminated"]
    assert (ended.actor_id, ended.data["reason"]) == ("mary", "wrong price")
    (told,) = audit_events.list_(desk.engine, actor=MARY, type="BatchRequested").items
    told.data.pop("last_job_id")
    assert told.data == {"batch_id": str(view.id), "deed": "terminate", "instances": 3, "reason": "wrong price"}


def test_what_a_filter_finds_is_suspended_and_resumed(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    wanted = [desk.start(region="north") for _ in range(3)]
    other = desk.start(region="south")

    view = asked(desk, Deed.SUSPEND, wanted=InstanceFilter(key="order", variable=("region", "north")))

    assert view.instances == 3
    assert {desk.state(instance.id) for instance in wanted} == {"suspended"}
    assert desk.state(other.id) == "active"
    asked(desk, Deed.RESUME, wanted=InstanceFilter(state=ProcessInstanceState.SUSPENDED))
    assert {desk.state(instance.id) for instance in [*wanted, other]} == {"active"}


def test_incidents_of_many_are_tried_again(desk: Desk) -> None:
    desk.deploy(DECIDE)
    instances = [desk.start() for _ in range(3)]
    for instance in instances[:2]:
        process_instances.set_variables(desk.engine, instance.id, actor=MARY, variables={"amount": 500})

    view = asked(desk, Deed.RESOLVE_INCIDENTS, wanted=InstanceFilter(has_incident=True))

    assert view.instances == 3
    assert [len(desk.tasks(instance.id)) for instance in instances] == [1, 1, 0]
    (again,) = incidents.list_(desk.engine, actor=MARY, state=IncidentState.OPEN).items
    assert again.process_instance_id == instances[2].id


def test_how_far_a_batch_is_is_told_from_the_first_to_the_last(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    ids = [desk.start().id for _ in range(3)]
    other = batches.request(desk.engine, Deed.SUSPEND, actor=MARY, ids=ids)
    view = batches.request(desk.engine, Deed.SUSPEND, actor=MARY, ids=ids[:2], reason="wait for the price")

    begun = batches.progress(desk.engine, view.id, actor=MARY)

    assert (begun.deed, begun.instances, begun.remaining) == (Deed.SUSPEND, 2, 2)
    assert (begun.reason, begun.requested_by) == ("wait for the price", "mary")
    due_jobs.execute_due(desk.engine, due_jobs.take_due(desk.engine, limit=1)[0])
    remaining = [batches.progress(desk.engine, id_, actor=MARY).remaining for id_ in (other.id, view.id)]
    assert remaining == [2, 2]
    desk.settle()
    assert batches.progress(desk.engine, view.id, actor=MARY).remaining == 0
    with pytest.raises(errors.NotFound, match="batch with id '7'"):
        batches.progress(desk.engine, 7, actor=MARY)
    with pytest.raises(errors.NotAllowed):
        batches.progress(desk.engine, view.id, actor=JOHN)


def test_the_reason_of_a_suspension_is_in_the_audit_of_each(desk: Desk) -> None:
    desk.deploy(TWO_TASKS)
    instance = desk.start()

    asked(desk, Deed.SUSPEND, ids=[instance.id], reason="wait for the price")
    process_instances.resume(desk.engine, instance.id, actor=MARY)

    resumed, suspended = audit_events.until(desk.engine, instance.id, actor=MARY, limit=2).items
    assert (suspended.type, suspended.data) == ("ProcessInstanceSuspended", {"reason": "wait for the price"})
    assert (resumed.type, resumed.data) == ("ProcessInstanceResumed", {})


def test_more_than_fit_in_one_batch_are_told_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_INSTANCES", 2)
    desk.deploy(TWO_TASKS)
    for _ in range(3):
        desk.start()
    wanted = InstanceFilter(state=ProcessInstanceState.ACTIVE)

    first = asked(desk, Deed.TERMINATE, wanted=wanted)
    second = asked(desk, Deed.TERMINATE, wanted=wanted)

    assert [(view.instances, view.more) for view in (first, second)] == [(2, True), (1, False)]


def test_a_batch_is_for_operators_and_says_for_which(desk: Desk) -> None:
    with pytest.raises(errors.NotAllowed):
        batches.request(desk.engine, Deed.RESUME, actor=JOHN, ids=[1])
    for neither in ({}, {"ids": [1], "wanted": InstanceFilter()}, {"ids": []}):
        with pytest.raises(errors.InvalidCommand):
            batches.request(desk.engine, Deed.RESUME, actor=MARY, **neither)  # type: ignore[arg-type]
