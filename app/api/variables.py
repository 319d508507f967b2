"""Variables at the door: JSON members to typed values and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baton.bpm import values
from baton.bpm.values import VariableLimits


def read(given: Mapping[str, Any], limits: VariableLimits = values.DEFAULT_LIMITS) -> dict[str, Any]:
    """Typed values. Raises `InvalidCommand` or `TooLarge` whose `field` is the path, `variables.amount`."""
    if not given:
        return {}
    values.check_limits(given, limits=limits)
    return {name: values.from_json(value, None, field=f"variables.{name}") for name, value in given.items()}


def write(variables: Mapping[str, Any]) -> dict[str, Any]:
    """JSON members."""
    return {name: values.to_json(value) for name, value in variables.items()}
