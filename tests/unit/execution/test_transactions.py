"""Transactions and cancel events (BPMN 2.0.2, 10.3.5, 10.7 and 13.5.4)."""

import pytest

from baton.bpm.definition.event_definitions import CancelEventDefinition
from baton.bpm.execution import events
from tests.support.drawing import (
    boundary,
    end,
    error,
    exclusive,
    parallel,
    start,
    times,
    transaction,
    undone_by,
    user,
)
from tests.support.event_positions import PLACES, copies, finish, open_tasks, within

CANCEL = CancelEventDefinition()


def booking(**more):
    """`book` is done and can be undone, then `pay` decides; `wait` runs beside."""
    return transaction(
        "T", start("s1"), parallel("p"), user("book"), undone_by("book", "unbook"),
        user("unbook", for_compensation=True), user("pay"), user("wait"), exclusive("x", default="fine"), end("e1"),
        end("stop", CANCEL), "s1 p book pay x", ("bad", "x stop", "failed"), ("fine", "x e1"), "p wait e1", **more,
    )  # fmt: skip


@pytest.mark.proves("transaction", "cancel end event", "cancel boundary event")
@pytest.mark.parametrize("place", PLACES)
def test_a_cancelled_transaction_ends_what_runs_undoes_what_was_done_and_leaves_by_its_cancel_event(run, place):
    instance = run(
        *within(
            place, start("s"), booking(), boundary("c", "T", CANCEL), user("told"), user("after"), end("e"),
            "s T after e", "c told e",
        )
    )  # fmt: skip
    for number in range(1, copies(place) + 1):
        instance.complete("book")
        instance.complete("pay", failed=True)
        assert open_tasks(instance).count("unbook") == 1
        assert open_tasks(instance).count("told") == number - 1

        instance.complete("unbook")

        assert open_tasks(instance).count("told") == number
    assert "wait" not in open_tasks(instance)
    assert any(isinstance(event, events.TransactionCancelled) for event in instance.events)
    finish(instance)


def test_a_transaction_that_is_not_cancelled_goes_on(run):
    instance = run(start("s"), booking(), boundary("c", "T", CANCEL), user("after"), end("e"), "s T after e", "c e")

    instance.complete("book")
    instance.complete("pay", failed=False)
    instance.complete("wait")

    assert open_tasks(instance) == ["after"]
    finish(instance)


def test_a_transaction_with_a_hazard_is_left_by_its_error_event_without_compensation(run):
    inner = transaction(
        "T", start("s1"), user("book"), undone_by("book", "unbook"), user("unbook", for_compensation=True),
        end("bad", error("x")), "s1 book bad",
    )  # fmt: skip
    instance = run(
        start("s"), inner, boundary("c", "T", CANCEL), boundary("h", "T", error()), user("repair"), end("e"), "s T e",
        "h repair e", "c e",
    )  # fmt: skip

    instance.complete("book")

    assert open_tasks(instance) == ["repair"]
    finish(instance)


def test_a_transaction_with_nothing_to_undo_is_left_at_once(run):
    inner = transaction("T", start("s1"), user("u"), end("stop", CANCEL), "s1 u stop")
    instance = run(start("s"), inner, boundary("c", "T", CANCEL), user("told"), end("e"), "s T e", "c told e")

    instance.complete("u")

    assert open_tasks(instance) == ["told"]
    finish(instance)


def test_cancelling_one_instance_of_many_ends_them_all(run):
    instance = run(
        start("s"), booking(loop=times(2)), boundary("c", "T", CANCEL), user("told"), end("e"), "s T e", "c told e"
    )  # fmt: skip
    instance.complete("book")
    instance.complete("pay", failed=True)
    instance.complete("unbook")

    assert open_tasks(instance) == ["told"]
    finish(instance)


def test_a_cancelled_transaction_without_cancel_event_is_an_incident(run):
    inner = transaction("T", start("s1"), user("u"), end("stop", CANCEL), "s1 u stop")
    instance = run(start("s"), inner, end("e"), "s T e")

    instance.complete("u")

    [incident] = instance.incidents
    assert (incident.element_id, incident.event.type) == ("stop", "cancel")
