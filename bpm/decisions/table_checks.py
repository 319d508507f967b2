"""Looks for overlaps and gaps of tables with the hit policy UNIQUE and warns of them.

Only what is certain is told: rules with a cell that is not simple take no part in overlaps, a table with such a cell
has no gaps that are told, and inputs that depend on each other by their text keep the table from being looked at.
Null is left out. The work has a bound for the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.cells import EVERYTHING, Cell, Pieces, pieces_of, read_cell
from baton.bpm.decisions.item_types import ItemType
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element

_MAX_COLUMNS: Final = 40
_MAX_TOLD: Final = 10
_PATH: Final = re.compile(r"[\w .]+")
_WHOLE: Final = frozenset({"integer", "int", "long"})


@dataclass(frozen=True, slots=True)
class _Column:
    """`cells` are the rules' bits of pieces, None where a cell is not simple; `domain` those that can occur."""

    name: str
    pieces: Pieces
    domain: int
    cells: Sequence[int | None]


class _TooMuch(Exception):
    """The table is too large to be looked at."""


def check(
    table: Element, known: Sequence[tuple[str, ItemType | None]], scope: Scope, reading: Reading, *, may_miss: bool
) -> None:
    """Warns of rules that match together and, unless `may_miss`, of values for which none does.

    `known` are each input's name and type.
    """
    rows = list(documents.children(table, "rule"))
    inputs = list(documents.children(table, "input"))
    seen: dict[str, Cell | None] = {}
    cells = [[_cell(cell, reading, seen) for cell in documents.children(row, "inputEntry")] for row in rows]
    if not 0 < len(inputs) <= _MAX_COLUMNS or any(len(row) != len(inputs) for row in cells) or _depend(inputs):
        return
    try:
        columns = [
            _column(name, expected, column, [row[index] for row in cells], reading)
            for index, ((name, expected), column) in enumerate(zip(known, inputs, strict=True))
        ]
        found = [column for column in columns if column is not None]
        if len(found) == len(columns):
            _tell_overlaps(rows, found, scope, reading)
            if not may_miss:
                _tell_gap(table, found, len(rows), scope, reading)
    except _TooMuch:
        return


def _cell(cell: Element, reading: Reading, seen: dict[str, Cell | None]) -> Cell | None:
    """The cell as a set of values; texts that a table repeats are read once."""
    if not reading.is_feel(cell):
        return None
    text = documents.text(cell)
    if text not in seen:
        seen[text] = read_cell(text)
    return seen[text]


def _spend(steps: int, reading: Reading) -> None:
    reading.check_steps -= steps
    if reading.check_steps < 0:
        raise _TooMuch


def _depend(inputs: Sequence[Element]) -> bool:
    """True if two inputs may be about the same value: then not all combinations can occur."""
    texts = sorted(documents.text(documents.child(column, "inputExpression")) or "" for column in inputs)
    if not all(texts) or any(second.startswith(first) for first, second in pairwise(texts)):
        return True
    words = [set(re.findall(r"[^\W\d]\w*", text)) for text in texts]
    return any(
        mine & others
        for (text, mine), (other, others) in combinations(zip(texts, words, strict=True), 2)
        if not (_PATH.fullmatch(text) and _PATH.fullmatch(other))
    )


def _column(
    name: str, expected: ItemType | None, column: Element, cells: Sequence[Cell | None], reading: Reading
) -> _Column | None:
    simple = [cell for cell in cells if cell is not None]
    domain = _domain(column, expected)
    parts = sum(len(cell.parts) for cell in [*simple, domain])
    _spend(2 * parts * parts + len(cells), reading)
    expression = documents.child(column, "inputExpression")
    whole = expression is not None and xml.attribute(expression, "typeRef") in _WHOLE
    pieces = pieces_of([*simple, domain], whole_numbers=whole)
    if pieces is None:
        return None
    bits = [None if cell is None else pieces.accepted_by(cell) for cell in cells]
    return _Column(name, pieces, pieces.accepted_by(domain), bits)


def _domain(column: Element, expected: ItemType | None) -> Cell:
    """The values the column may have: those listed with it, else those its type allows, else all."""
    listed = documents.text(documents.child(column, "inputValues")) if _has(column, "inputValues") else ""
    return read_cell(listed or (expected.allowed_text if expected is not None else "")) or EVERYTHING


def _has(element: Element, name: str) -> bool:
    return documents.child(element, name) is not None


def _tell_overlaps(rows: Sequence[Element], columns: Sequence[_Column], scope: Scope, reading: Reading) -> None:
    told = 0
    simple = [number for number in range(len(rows)) if all(column.cells[number] is not None for column in columns)]
    _spend(len(simple) * len(simple) // 2, reading)
    for first, second in combinations(simple, 2):
        shared = _shared(columns, first, second)
        if shared is None:
            continue
        _spend(10, reading)
        told += 1
        if told > _MAX_TOLD:
            return
        message = (
            f"rules {_called(rows, first)} and {_called(rows, second)} both match{_when(columns, shared)}, "
            "but the hit policy UNIQUE allows one"
        )
        fix = "Change a cell of one of the rules, or choose another hit policy."
        reading.warning("table-overlap", scope, rows[second], message, fix)


def _called(rows: Sequence[Element], index: int) -> str:
    id_ = xml.attribute(rows[index], "id")
    return f"{index + 1} ({id_})" if id_ else str(index + 1)


def _shared(columns: Sequence[_Column], first: int, second: int) -> list[str] | None:
    """Words for a piece of each column that both rules accept; None if there is none."""
    found = []
    for column in columns:
        both = (column.cells[first] or 0) & (column.cells[second] or 0) & column.domain
        if not both:
            return None
        found.append(both)
    return [
        column.pieces.pieces[(both & -both).bit_length() - 1].words if both != column.domain else ""
        for column, both in zip(columns, found, strict=True)
    ]


def _when(columns: Sequence[_Column], words: Sequence[str]) -> str:
    said = [f"'{column.name}' is {word}" for column, word in zip(columns, words, strict=False) if word]
    return f" when {' and '.join(said)}" if said else ""


def _tell_gap(table: Element, columns: Sequence[_Column], rules: int, scope: Scope, reading: Reading) -> None:
    groups = []
    for column in columns:
        if any(cell is None for cell in column.cells):
            return
        groups.append(_groups(column, reading))
    words = _gap(groups, (1 << rules) - 1, reading, set())
    if words is not None:
        message = f"no rule matches{_when(columns, words) or ' any value'}"
        reading.warning("table-gap", scope, table, message, "Add a rule, or a default output, for these values.")


def _groups(column: _Column, reading: Reading) -> list[tuple[int, str]]:
    """The rules' bits for each piece that can occur, each set of rules once; pieces with few rules come first."""
    found: dict[int, str] = {}
    _spend(len(column.pieces.pieces) * len(column.cells) // 8, reading)
    for index, piece in enumerate(column.pieces.pieces):
        if column.domain >> index & 1:
            rules = 0
            for number, cell in enumerate(column.cells):
                if (cell or 0) >> index & 1:
                    rules |= 1 << number
            found.setdefault(rules, piece.words)
    groups = sorted(found.items(), key=lambda group: group[0].bit_count())
    return [(rules, words if len(groups) > 1 else "") for rules, words in groups]


def _gap(
    groups: Sequence[Sequence[tuple[int, str]]], rules: int, reading: Reading, covered: set[tuple[int, int]]
) -> list[str] | None:
    """Words for a piece of each column, from the first on, that no rule accepts together; None if there are none."""
    if not rules:
        return []
    if not groups or (len(groups), rules) in covered:
        return None
    for accepting, words in groups[0]:
        _spend(5, reading)
        rest = _gap(groups[1:], rules & accepting, reading, covered)
        if rest is not None:
            return [words, *rest]
    covered.add((len(groups), rules))
    return None
