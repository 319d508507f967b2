"""The cells of a decision table as sets of values, where a cell is simple enough to be sure what it accepts.

A column's values are cut into pieces at every number and string that its cells mention: the numbers themselves, the
gaps between them, each string, and all other strings. A cell is then the set of pieces it accepts, held as the bits of
an integer, so that sets meet in one operation. Whether a cell accepts null is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor
from typing import Any, Final

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions.feel import syntax
from baton.bpm.expressions.feel.builtins import FUNCTIONS
from baton.bpm.expressions.feel.operators import negate
from baton.bpm.expressions.feel.parser import Parser
from baton.bpm.expressions.feel.values import is_number


class Kind(StrEnum):
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers between two ends; None is no end."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A simple cell: what it accepts is the union of `parts`, or everything else if `negated`.

    Parts are intervals, strings or Booleans. No parts and not negated: everything.
    """

    parts: tuple[Interval | str | bool, ...]
    negated: bool

    @property
    def accepts_all(self) -> bool:
        return not self.parts

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(_kind(part) for part in self.parts)


EVERYTHING: Final = Cell((), False)


def read_cell(text: str) -> Cell | None:
    """The cell, or None if it is not simple."""
    if text in ("", "-"):
        return EVERYTHING
    try:
        tests = Parser(text, names=(), functions=FUNCTIONS, types=None).whole_unary_tests()
    except (ExpressionSyntaxError, RecursionError):
        return None
    parts = [_part(test) for test in tests.tests]
    if any(part is None for part in parts):
        return None
    return Cell(tuple(part for part in parts if part is not None), tests.negated)


def _part(test: syntax.Test) -> Interval | str | bool | None:
    match test:
        case syntax.ComparisonTest(operator=operator, operand=operand):
            return _compared(operator, _number(operand))
        case syntax.ExpressionTest(expression=expression, is_condition=False):
            return _expression(expression)
        case _:
            return None


def _expression(node: syntax.Node) -> Interval | str | bool | None:
    number = _number(node)
    if number is not None:
        return Interval(number, number, True, True)
    match node:
        case syntax.Literal(value=str() | bool() as value):
            return value
        case syntax.Range(start=start, end=end, start_included=start_included, end_included=end_included):
            low, high = _number(start), _number(end)
            if low is None or high is None or low > high:
                return None
            return Interval(low, high, start_included, end_included)
        case syntax.OpenRange(operator=operator, operand=operand):
            return _compared(operator, _number(operand))
        case _:
            return None


def _compared(operator: str, number: Any) -> Interval | None:
    if number is None:
        return None
    match operator:
        case "<":
            return Interval(None, number, False, False)
        case "<=":
            return Interval(None, number, False, True)
        case ">":
            return Interval(number, None, False, False)
        case ">=":
            return Interval(number, None, True, False)
        case "=":
            return Interval(number, number, True, True)
        case _:
            return None


def _number(node: syntax.Node) -> Any:
    match node:
        case syntax.Literal(value=value) if is_number(value):
            return value
        case syntax.Negation(operand=operand, count=1):
            number = _number(operand)
            return None if number is None else negate(number)
        case _:
            return None


def _kind(part: Interval | str | bool) -> Kind:
    if isinstance(part, Interval):
        return Kind.NUMBER
    return Kind.BOOLEAN if isinstance(part, bool) else Kind.STRING


@dataclass(frozen=True, slots=True)
class Piece:
    """Values that every cell of the column treats alike; `words` describe them."""

    words: str
    accepts: Callable[[Interval | str | bool], bool]


@dataclass(frozen=True, slots=True)
class Pieces:
    """All pieces of one column."""

    pieces: Sequence[Piece]

    @property
    def all(self) -> int:
        """The bits of every piece."""
        return (1 << len(self.pieces)) - 1

    def accepted_by(self, cell: Cell) -> int:
        """The bits of the pieces that the cell accepts."""
        if cell.accepts_all:
            return self.all
        bits = 0
        for index, piece in enumerate(self.pieces):
            if any(piece.accepts(part) for part in cell.parts) is not cell.negated:
                bits |= 1 << index
        return bits


def pieces_of(cells: Iterable[Cell], *, whole_numbers: bool) -> Pieces | None:
    """The pieces of a column with these cells; None if they are of several kinds.

    `whole_numbers`: the column holds no others, so that nothing lies between 1 and 2.
    """
    parts = {part for cell in cells for part in cell.parts}
    kinds = {_kind(part) for part in parts}
    if len(kinds) > 1:
        return None
    if kinds == {Kind.NUMBER}:
        return Pieces(_number_pieces([part for part in parts if isinstance(part, Interval)], whole_numbers))
    if kinds == {Kind.STRING}:
        return Pieces(_string_pieces(sorted(part for part in parts if isinstance(part, str))))
    if kinds == {Kind.BOOLEAN}:
        return Pieces([Piece("true", lambda part: part is True), Piece("false", lambda part: part is False)])
    return Pieces([Piece("any value", lambda part: True)])


def _string_pieces(strings: Sequence[str]) -> list[Piece]:
    pieces = [Piece(f'"{text}"', _equals(text)) for text in strings]
    return [*pieces, Piece("any other text", lambda part: False)]


def _equals(text: str) -> Callable[[Interval | str | bool], bool]:
    return lambda part: part == text


def _number_pieces(intervals: Sequence[Interval], whole_numbers: bool) -> list[Piece]:
    ends = sorted({end for interval in intervals for end in (interval.low, interval.high) if end is not None})
    pieces = [Piece(f"below {ends[0]}", _between(None, ends[0]))]
    for index, end in enumerate(ends):
        if not whole_numbers or end == floor(end):
            pieces.append(Piece(str(end), _between(end, end)))
        if index + 1 == len(ends):
            pieces.append(Piece(f"above {end}", _between(end, None)))
        elif not whole_numbers or floor(end) + 1 < ends[index + 1]:
            pieces.append(Piece(f"between {end} and {ends[index + 1]}", _between(end, ends[index + 1])))
    return pieces


def _between(low: Any, high: Any) -> Callable[[Interval | str | bool], bool]:
    """A piece is one number (`low` is `high`) or the open gap between two neighbours; an interval holds it or misses
    it as a whole."""

    def accepted(part: Interval | str | bool) -> bool:
        if not isinstance(part, Interval):
            return False
        if low is not None and low == high:
            above = part.low is None or part.low < low or (part.low == low and part.low_included)
            below = part.high is None or part.high > high or (part.high == high and part.high_included)
            return above and below
        above = part.low is None or (low is not None and part.low <= low)
        below = part.high is None or (high is not None and part.high >= high)
        return above and below

    return accepted
