"""Locks hand over in the order of arrival; wakeups reach who looked before they came."""

from __future__ import annotations

import threading

from baton.bpm.runtime.locks import FifoLock, KeyedLocks
from baton.bpm.runtime.wakeups import Wakeups


def test_a_fifo_lock_serves_in_the_order_of_arrival() -> None:
    lock = FifoLock()
    served: list[int] = []
    lock.acquire()
    threads = []
    for number in range(5):

        def take(number: int = number) -> None:
            with lock:
                served.append(number)

        thread = threading.Thread(target=take)
        thread.start()
        while len(lock._queue) <= number:
            threading.Event().wait(0.001)
        threads.append(thread)

    lock.release()
    for thread in threads:
        thread.join()

    assert served == [0, 1, 2, 3, 4]


def test_keyed_locks_are_forgotten_when_nobody_wants_them() -> None:
    locks = KeyedLocks()

    with locks.hold(1):
        assert locks.is_held(1)
        assert not locks.is_held(2)

    assert not locks.is_held(1)


def test_a_wakeup_between_looking_and_waiting_is_not_missed() -> None:
    wakeups = Wakeups()
    generation = wakeups.generation(("a",))

    wakeups.notify(("a",))

    assert wakeups.wait(("a",), generation, 0)


def test_other_topics_wake_nobody() -> None:
    wakeups = Wakeups()
    generation = wakeups.generation(("a",))

    wakeups.notify(("b",))

    assert not wakeups.wait(("a",), generation, 0)


def test_wakeups_keep_no_more_for_a_million_topics_than_for_one() -> None:
    wakeups = Wakeups()
    wakeups.notify(["job:0"])
    size = len(wakeups._counts)

    wakeups.notify([f"job:{number}" for number in range(100_000)])

    assert len(wakeups._counts) == size
