"""What crosses between instances when several do it at once, or somebody stopped half-way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy

from baton.bpm.runtime import announcements, due_jobs, job_lists, messages, process_instances
from baton.bpm.runtime.engine import Engine
from baton.bpm.runtime.messages import Outcome
from tests.integration.support import MARY, Desk
from tests.integration.test_called_instances import CHILD, caller
from tests.integration.test_messages import STARTS, WITH_KEY
from tests.integration.test_signals import THROWS, WAITS

ROUNDS = 12


def at_once(*deeds: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result() for future in [pool.submit(deed) for deed in deeds]]


def test_a_message_and_who_begins_to_wait_for_it_never_miss_each_other(desk: Desk) -> None:
    desk.deploy(WITH_KEY)
    for number in range(ROUNDS):

        def publish(key: int = number) -> object:
            return messages.publish(
                desk.engine, actor=MARY, name="payment", correlation_key=key, time_to_live=60.0
            ).outcome

        def start(key: int = number) -> object:
            return desk.start(order=key).id

        _, instance_id = at_once(publish, start)
        desk.settle()
        assert isinstance(instance_id, int)
        assert desk.task(instance_id).element_id == "ship"
    assert messages.list_(desk.engine, actor=MARY).items == ()


def test_one_message_id_published_at_once_by_many_happens_once(desk: Desk) -> None:
    desk.deploy(STARTS)
    publish = [
        lambda: messages.publish(desk.engine, actor=MARY, name="payment", message_id="one").process_instance_id
    ] * 4

    assert len(set(at_once(*publish))) == 1
    assert len(process_instances.list_(desk.engine, actor=MARY).items) == 1


def test_one_key_published_at_once_by_many_starts_one_instance(desk: Desk) -> None:
    desk.deploy(STARTS)
    publish = [
        lambda: (
            messages.publish(desk.engine, actor=MARY, name="payment", correlation_key="k", time_to_live=60.0).outcome
        )
    ] * 4

    outcomes = at_once(*publish)
    assert sorted(map(str, outcomes)) == [Outcome.BUFFERED] * 3 + [Outcome.STARTED]


@pytest.mark.parametrize("content", [caller(), THROWS], ids=["call", "signal"])
def test_a_job_that_several_carry_out_at_once_has_one_effect(desk: Desk, content: bytes) -> None:
    desk.deploy(CHILD)
    desk.deploy(content)
    waiting = None
    if content is THROWS:
        desk.deploy(WAITS)
        waiting = desk.start()
    desk.start("order" if content is not THROWS else "thrower")
    for _ in range(4):
        for job in job_lists.list_(desk.engine, actor=MARY).items:
            at_once(*[lambda id_=job.id: due_jobs.execute_due(desk.engine, id_)] * 3)  # type: ignore[misc]

    if waiting is not None:
        assert desk.task(waiting.id).element_id == "act"
    else:
        assert len(process_instances.list_(desk.engine, actor=MARY, key="child").items) == 1
    assert job_lists.list_(desk.engine, actor=MARY).items == ()


def test_a_crash_before_the_commit_leaves_the_job_for_another_try(
    desk: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deploy(CHILD)
    desk.deploy(caller())
    instance = desk.start()
    (job,) = job_lists.list_(engine, actor=MARY).items

    with monkeypatch.context() as broken:
        broken.setattr(announcements, "announce", _die)
        with pytest.raises(ConnectionError):
            due_jobs.execute_due(engine, job.id)
    assert process_instances.list_(engine, actor=MARY, caller_id=instance.id).items == ()
    assert due_jobs.execute_due(engine, job.id)
    assert len(process_instances.list_(engine, actor=MARY, caller_id=instance.id).items) == 1


def _die(*_: object) -> None:
    raise ConnectionError("the machine is gone")


def test_an_instance_without_subscriptions_never_touches_their_tables(desk: Desk) -> None:
    desk.deploy(CHILD)
    instance = desk.start("child")
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    sqlalchemy.event.listen(desk.engine.database.engine, "before_cursor_execute", note)
    desk.complete(instance.id)
    sqlalchemy.event.remove(desk.engine.database.engine, "before_cursor_execute", note)

    assert not [statement for statement in seen if "subscription" in statement or " message" in statement]
