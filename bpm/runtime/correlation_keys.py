"""Correlation keys and other typed values as texts: to compare, and to travel in a job's payload."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from baton.bpm import errors, values

_LONGEST = 300
_encode = msgspec.json.Encoder().encode
_decode_variables = msgspec.json.Decoder(dict[str, tuple[str, str | None]]).decode


def canonical(key: Any) -> str | None:
    """The same text for equal keys: numbers are equal across their types, 1 and "1" differ. None for null.

    Several correlation properties are a list. Raises `InvalidCommand` for an object or a file.
    """
    if key is None:
        return None
    if isinstance(key, list):
        text = _encode([canonical(part) for part in key]).decode()
        return text if len(text) <= _LONGEST else f"#{hashlib.sha256(text.encode()).hexdigest()}"
    found = values.value_key(key)
    if found is None:
        raise errors.InvalidCommand(
            f"Expected a correlation key that is a text, number, Boolean or time, found {values.type_of(key)}",
            field="correlationKey",
        )
    return found


def canonical_or_digest(key: Any) -> str | None:
    """The same for keys that expressions yield, which may be anything: an object is its digest."""
    try:
        return canonical(key)
    except errors.InvalidCommand:
        return f"#{hashlib.sha256(_encode(values.to_json(key))).hexdigest()}"


def shown(key: Any) -> str | None:
    """The key as people know it."""
    return None if key is None else _encode(values.to_json(key)).decode()[:_LONGEST]


def written(canonical_key: str) -> str:
    """A canonical key as people write it: texts in quotes."""
    kind, _, text = canonical_key.partition(":")
    return f'"{text}"' if kind == "s" else text or canonical_key


def encode_variables(variables: Mapping[str, Any]) -> str:
    """Typed, as JSON."""
    return _encode({name: _row(value) for name, value in variables.items()}).decode()


def _row(value: Any) -> tuple[str, str | None]:
    type_, text = values.encode(value)
    return type_.value, text


def decode_variables(text: str) -> dict[str, Any]:
    """The inverse."""
    return {name: values.decode(type_, value) for name, (type_, value) in _decode_variables(text).items()}
