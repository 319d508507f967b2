"""An actor that was found is remembered for a few seconds."""

import pytest

from baton.app.auth.access import REMEMBER_AT_MOST, REMEMBER_SECONDS, Remembered
from baton.bpm import errors
from baton.bpm.runtime.actors import Actor, ActorKind

ACTOR = Actor(ActorKind.USER, "demo")


class Finder:
    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return ACTOR


def test_within_the_time_nobody_is_asked_again():
    now = [0.0]
    remembered, find = Remembered(lambda: now[0]), Finder()

    remembered.get("key x", find)
    now[0] = REMEMBER_SECONDS - 0.1
    found = remembered.get("key x", find)

    assert found is ACTOR
    assert find.calls == 1


def test_after_the_time_it_is_looked_up_again():
    now = [0.0]
    remembered, find = Remembered(lambda: now[0]), Finder()

    remembered.get("key x", find)
    now[0] = REMEMBER_SECONDS + 0.1
    remembered.get("key x", find)

    assert find.calls == 2


def test_a_forgotten_proof_is_looked_up_again():
    remembered, find = Remembered(), Finder()

    remembered.get("session x", find)
    remembered.forget("session x")
    remembered.get("session x", find)

    assert find.calls == 2


def test_when_all_are_forgotten_everybody_is_looked_up_again():
    remembered, find = Remembered(), Finder()

    remembered.get("key x", find)
    remembered.forget_all()
    remembered.get("key x", find)

    assert find.calls == 2


def test_who_was_looked_up_before_all_were_forgotten_is_not_remembered():
    remembered, find = Remembered(), Finder()

    def find_while_it_changes():
        remembered.forget_all()
        return ACTOR

    remembered.get("key x", find_while_it_changes)
    remembered.get("key x", find)

    assert find.calls == 1


def test_a_refusal_is_not_remembered():
    remembered, find = Remembered(), Finder()

    def refuse():
        raise errors.NotAuthenticated

    with pytest.raises(errors.NotAuthenticated):
        remembered.get("key x", refuse)

    assert remembered.get("key x", find) is ACTOR


def test_it_never_holds_more_than_its_bound():
    remembered, find = Remembered(), Finder()

    for number in range(REMEMBER_AT_MOST * 2 + 5):
        remembered.get(f"key {number}", find)

    assert len(remembered._actors) <= REMEMBER_AT_MOST
