"""Only so many requests may wait at once."""

from baton.app.context import LongPolls


def test_beyond_the_bound_nobody_may_wait():
    polls = LongPolls(2)

    assert [polls.enter(), polls.enter(), polls.enter()] == [True, True, False]


def test_who_leaves_makes_room():
    polls = LongPolls(1)
    polls.enter()

    polls.leave()

    assert polls.enter()


def test_after_closing_nobody_may_wait_and_those_who_do_are_told(engine):
    polls = LongPolls(1)

    polls.close(engine)

    assert polls.is_closing()
    assert not polls.enter()
