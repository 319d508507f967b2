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
