"""What is kept ready is bounded by number and by size."""

from __future__ import annotations

from baton.bpm.runtime.recently_used import RecentlyUsed


def kept(cache, keys):
    return [key for key in keys if cache.get(key) is not None]


def test_the_least_recently_used_goes_first():
    cache = RecentlyUsed(entries=2, size=100)
    cache.put("a", "A", 1)
    cache.put("b", "B", 1)
    assert cache.get("a") == "A"
    cache.put("c", "C", 1)
    assert kept(cache, "abc") == ["a", "c"]


def test_together_they_are_not_larger_than_the_room():
    cache = RecentlyUsed(entries=100, size=10)
    for key in "abc":
        cache.put(key, key, 4)
    assert kept(cache, "abc") == ["b", "c"]


def test_the_newest_stays_however_large():
    cache = RecentlyUsed(entries=100, size=10)
    cache.put("a", "A", 4)
    cache.put("b", "B", 1_000)
    assert kept(cache, "ab") == ["b"]
    cache.put("c", "C", 4)
    assert kept(cache, "bc") == ["c"]


def test_what_is_replaced_or_forgotten_takes_no_room():
    cache = RecentlyUsed(entries=100, size=10)
    cache.put("a", "A", 4)
    for _ in range(5):
        cache.put("b", "B", 6)
    assert kept(cache, "ab") == ["a", "b"]
    cache.forget("b")
    cache.forget("never there")
    cache.put("c", "C", 6)
    assert kept(cache, "abc") == ["a", "c"]
