"""Ways into nested values: `("customer", "name")`, `("items", 2, "price")`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

Step = str | int
Way = tuple[Step, ...]


class Missing:
    """There is no value, not even null."""


MISSING: Final = Missing()


def written(way: Sequence[Step]) -> str:
    """`items[2].price`."""
    text = ""
    for step in way:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def find(tree: Any, way: Sequence[Step]) -> Any:
    """The value at the end of the way, MISSING if the way ends before."""
    for step in way:
        if isinstance(step, str):
            if not isinstance(tree, Mapping) or step not in tree:
                return MISSING
            tree = tree[step]
        else:
            if not isinstance(tree, list) or step >= len(tree):
                return MISSING
            tree = tree[step]
    return tree


def blocked(tree: Any, way: Sequence[Step]) -> Way | None:
    """The first part of the way that leads to something other than an object to go on in; null may be replaced."""
    for length in range(1, len(way)):
        value = find(tree, way[:length])
        expected = list if isinstance(way[length], int) else dict
        if value is MISSING or value is None:
            return None
        if not isinstance(value, expected):
            return tuple(way[:length])
    return None


def put(tree: dict[str, Any], way: Sequence[Step], value: Any) -> None:
    """Set the value, with the objects on the way; nothing where the way is blocked."""
    place: Any = tree
    for step, following in pairwise(way):
        if isinstance(step, int):
            if not isinstance(place, list) or step >= len(place):
                return
        elif not isinstance(place, dict):
            return
        elif place.get(step) is None and isinstance(following, str):
            place[step] = {}
        elif step not in place:
            return
        place = place[step]
    if isinstance(place, dict) and isinstance(way[-1], str):
        place[way[-1]] = value


def remove(tree: dict[str, Any], way: Sequence[Step]) -> None:
    """Take the member away, if it is there."""
    place = find(tree, way[:-1])
    if isinstance(place, dict):
        place.pop(way[-1], None)


def copy(value: Any) -> Any:
    """A copy of the lists and objects; their leaves never change."""
    if type(value) is dict:
        return {key: copy(item) for key, item in value.items()}
    if type(value) is list:
        return [copy(item) for item in value]
    return value
