"""Where the fields of a form are in the data: one spot per field, and one per row in lists that repeat."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baton.bpm.forms.limits import LIMITS
from baton.bpm.forms.model import Field, Form, Group, Part
from baton.bpm.forms.paths import Step, Way, find


class TooManySpots(Exception):
    """The lists have more rows than a submission may have; the argument is the way to the list."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A field at its place. `rows` are the ways to the rows around it, outermost first."""

    field: Field
    way: Way
    rows: tuple[Way, ...]
    hidden: bool = False

    @property
    def in_list(self) -> bool:
        """Whether it is in a row of a list."""
        return bool(self.rows)


@dataclass(slots=True)
class _Walk:
    look: Callable[[Way], Any]
    is_hidden: Callable[[Part, tuple[Way, ...]], bool]
    left: int = LIMITS.max_spots


def spots(
    form: Form,
    look: Callable[[Way], Any],
    is_hidden: Callable[[Part, tuple[Way, ...]], bool] = lambda part, rows: False,
) -> Iterator[Spot]:
    """Every field where it is. `look` gives the value at a way; `is_hidden` is asked outside in.

    Raises `TooManySpots`. Recursion is as deep as the form, which is bounded.
    """
    walk = _Walk(look, is_hidden)
    for part in form.parts:
        yield from _part(walk, part, (), (), False)


def _part(walk: _Walk, part: Part, prefix: tuple[Step, ...], rows: tuple[Way, ...], hidden: bool) -> Iterator[Spot]:
    hidden = hidden or walk.is_hidden(part, rows)
    way = (*prefix, *part.path)
    if isinstance(part, Field):
        walk.left -= 1
        if walk.left < 0:
            raise TooManySpots(way)
        yield Spot(part, way, rows, hidden)
    elif part.repeats:
        yield from _rows(walk, part, way, rows, hidden)
    else:
        for inner in part.parts:
            yield from _part(walk, inner, way, rows, hidden)


def _rows(walk: _Walk, group: Group, way: Way, rows: tuple[Way, ...], hidden: bool) -> Iterator[Spot]:
    value = walk.look(way)
    count = len(value) if isinstance(value, list) else 0
    if count > walk.left:
        raise TooManySpots(way)
    walk.left -= count
    for index in range(count):
        row = (*way, index)
        for inner in group.parts:
            yield from _part(walk, inner, row, (*rows, row), hidden)


def sight_of(variables: Mapping[str, Any], rows: tuple[Way, ...]) -> Mapping[str, Any]:
    """What a formula sees in a row: its members first, `this`, `parent` and `i` (from 1), then everything outside."""
    visible = variables
    for row in rows:
        value = find(variables, row)
        members = value if isinstance(value, dict) else {}
        index = row[-1]
        assert isinstance(index, int)
        own = {"this": members, "parent": visible, "i": index + 1}
        visible = ChainMap(members, own, visible)  # type: ignore[arg-type]  # it is only read
    return visible
