"""FEEL values as text: what `string()` and `to json()` give."""

from __future__ import annotations

import json
from typing import Final

from baton.bpm.expressions.feel.budget import MAX_NESTING, Budget, too_nested
from baton.bpm.expressions.feel.numbers import number_text
from baton.bpm.expressions.feel.values import OPEN, FeelFunction, FeelRange, Value, is_number

_NULL: Final = "null"
_UNREADABLE: Final = frozenset('{}:,"\\')


def value_text(value: Value, budget: Budget) -> str:
    """Strings as they are; inside lists and contexts quoted, and dates and durations as literals."""
    if type(value) is str:
        return value
    pieces: list[str] = []
    _write(value, pieces, budget, 0, is_inside=False)
    return _joined(pieces, budget)


def _joined(pieces: list[str], budget: Budget) -> str:
    budget.text(sum(map(len, pieces)))
    return "".join(pieces)


def _write(value: Value, pieces: list[str], budget: Budget, depth: int, *, is_inside: bool) -> None:
    if depth >= MAX_NESTING:
        raise too_nested()
    kind = type(value)
    if kind is list:
        budget.elements(len(value))
        _write_all("[", [("", item) for item in value], "]", pieces, budget, depth)
    elif kind is dict:
        budget.elements(len(value))
        _write_all("{", [(f"{_key(key)}: ", item) for key, item in value.items()], "}", pieces, budget, depth)
    elif kind is FeelRange:
        pieces.append("[" if value.start_included else "(")
        _write_end(value.start, pieces, budget, depth)
        pieces.append("..")
        _write_end(value.end, pieces, budget, depth)
        pieces.append("]" if value.end_included else ")")
    elif kind is str:
        pieces.append(_quoted(value))
    else:
        pieces.append(_scalar_text(value, is_inside=is_inside))


def _write_all(
    opening: str, items: list[tuple[str, Value]], closing: str, pieces: list[str], budget: Budget, depth: int
) -> None:
    pieces.append(opening)
    for index, (label, item) in enumerate(items):
        pieces.append(f", {label}" if index else label)
        _write(item, pieces, budget, depth + 1, is_inside=True)
    pieces.append(closing)


def _write_end(end: Value, pieces: list[str], budget: Budget, depth: int) -> None:
    _write(None if end is OPEN else end, pieces, budget, depth + 1, is_inside=True)


def _scalar_text(value: Value, *, is_inside: bool) -> str:
    if value is None or type(value) is FeelFunction:
        return _NULL
    if type(value) is bool:
        return "true" if value else "false"
    if is_number(value):
        return number_text(value)
    return f'@"{value}"' if is_inside else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(name: str) -> str:
    """In quotes where it could not be read as a name."""
    return _quoted(name) if _UNREADABLE.intersection(name) else name


def json_text(value: Value, budget: Budget) -> str:
    """Compact JSON."""
    pieces: list[str] = []
    _write_json(value, pieces, budget, 0)
    return _joined(pieces, budget)


def _write_json(value: Value, pieces: list[str], budget: Budget, depth: int) -> None:
    if depth >= MAX_NESTING:
        raise too_nested()
    kind = type(value)
    if kind is list:
        budget.elements(len(value))
        pieces.append("[")
        for index, item in enumerate(value):
            pieces.append("," if index else "")
            _write_json(item, pieces, budget, depth + 1)
        pieces.append("]")
    elif kind is dict:
        budget.elements(len(value))
        pieces.append("{")
        for index, (key, item) in enumerate(value.items()):
            pieces.append(f"{',' if index else ''}{json.dumps(key)}:")
            _write_json(item, pieces, budget, depth + 1)
        pieces.append("}")
    elif kind is str:
        budget.text(len(value))
        pieces.append(json.dumps(value, ensure_ascii=False))
    elif kind is FeelRange:
        pieces.append(json.dumps(value_text(value, budget)))
    else:
        text = _scalar_text(value, is_inside=False)
        is_plain = value is None or kind is bool or kind is FeelFunction or is_number(value)
        pieces.append(text if is_plain else json.dumps(text))
