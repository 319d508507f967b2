"""`name=value` as people type it, in the terminal and on pages: JSON where it is JSON, text otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from baton.bpm import errors, values
from baton.bpm.values.json_depth import nests_deeper


def parse_all(lines: Iterable[str]) -> dict[str, Any]:
    """Several; empty lines are left out."""
    return dict(parse(line) for line in lines if line.strip())


def plain(lines: Iterable[str]) -> dict[str, Any]:
    """Several as JSON values, not typed yet: for a request to a server."""
    return dict(_split(line, "variables") for line in lines)


def parse(text: str, *, field: str = "variables") -> tuple[str, Any]:
    """`amount=100` to `("amount", 100)`; `name=Ada` needs no quotes, `name="100"` stays text.

    Raises `InvalidCommand` without a name or an equals sign.
    """
    name, value = _split(text, field)
    values.check_limits({name: value})
    return name, values.from_json(value, None, field=f"{field}.{name}")


def typed(name: str, type_name: str, text: str, *, field: str = "variables") -> tuple[str, Any]:
    """A name and a text of a page as a variable of the type, one of `bpm.values`; without one as `parse` reads it.

    Raises `InvalidCommand` whose field is the variable's.
    """
    name = name.strip()
    if not name:
        raise errors.InvalidCommand(f"Expected a name for the value {text.strip()[:100]!r}.", field=field)
    value = text if type_name == values.ValueType.STRING else text.strip()
    if type_name not in _WRITTEN_AS_TEXT:
        value = _value(text.strip())
    values.check_limits({name: value})
    return name, values.from_json(value, type_name or None, field=f"{field}.{name}")


_WRITTEN_AS_TEXT = frozenset(
    {
        values.ValueType.STRING,
        values.ValueType.INTEGER,
        values.ValueType.DECIMAL,
        values.ValueType.DATE,
        values.ValueType.TIME,
        values.ValueType.DATE_TIME,
        values.ValueType.DURATION,
    }
)


def _split(text: str, field: str) -> tuple[str, Any]:
    name, equals, given = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise errors.InvalidCommand(f"Expected 'name=value', but found '{text.strip()[:100]}'.", field=field)
    return name, _value(given.strip())


def _value(text: str) -> Any:
    if nests_deeper(text.encode(errors="replace"), values.DEFAULT_LIMITS.max_depth):
        return text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
