"""Variables at the door: JSON members to typed values and back. The runtime checks sizes and names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baton.bpm import values

_SCALARS = frozenset({str, int, float, bool, type(None)})


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values. Raises `InvalidCommand` whose `field` is the path, `variables.amount`."""
    return {
        name: value if type(value) in _SCALARS else values.from_json(value, None, field=f"variables.{name}")
        for name, value in given.items()
    }


def write(variables: Mapping[str, Any]) -> dict[str, Any]:
    """JSON members."""
    return {name: values.to_json(value) for name, value in variables.items()}
