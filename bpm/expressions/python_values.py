"""Variables into the Python sandbox and back; nothing but plain values crosses, so no host object is ever reachable."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from baton.bpm import errors
from baton.bpm.values import DEFAULT_LIMITS, type_of

MAX_ITEMS = 500_000
"""Values in all that may cross at once."""

_SCALARS = frozenset({type(None), bool, int, float, str, Decimal, date, time, datetime, timedelta})


def to_sandbox(value: Any, name: str) -> Any:
    """A copy for the sandbox. Raises `ExpressionError` for what Python scripts have no type for."""
    return _Copy(name).into(value, 0)


def from_sandbox(value: Any, name: str) -> Any:
    """A copy as variables are: tuples become lists. Raises `ExpressionError`, `ExpressionLimitError`."""
    return _Copy(name).out(value, 0)


class _Copy:
    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MAX_ITEMS

    def into(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _SCALARS:
            return value
        self._charge(value, depth)
        if kind is list:
            return [self.into(item, depth + 1) for item in value]
        if kind is dict:
            return {key: self.into(item, depth + 1) for key, item in value.items()}
        raise errors.ExpressionError(
            f"Expected {self._name} to be something a Python script can read, but it holds a {_word(value)}; read it "
            "with FEEL, or map what is needed to a string or number."
        )

    def out(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _SCALARS:
            return value
        self._charge(value, depth)
        if kind is list or kind is tuple:
            return [self.out(item, depth + 1) for item in value]
        if kind is dict:
            return {self._key(key): self.out(item, depth + 1) for key, item in value.items()}
        raise errors.ExpressionError(
            f"Expected {self._name} to become a variable, but it holds a Python {kind.__name__}; use a list, dict, "
            "string, number, boolean or date, or begin the name with _ to keep it inside the script."
        )

    def _key(self, key: Any) -> str:
        if type(key) is str:
            return key
        raise errors.ExpressionError(
            f"Expected text as the keys of {self._name}, but found a {type(key).__name__}; use str(...)."
        )

    def _charge(self, value: Any, depth: int) -> None:
        if depth > DEFAULT_LIMITS.max_depth:
            raise errors.ExpressionLimitError(
                f"Expected at most {DEFAULT_LIMITS.max_depth} levels in {self._name}, but found more."
            )
        self._left -= len(value) if isinstance(value, list | tuple | dict) else 1
        if self._left < 0:
            raise errors.ExpressionLimitError(f"Expected at most {MAX_ITEMS:,} values in {self._name}, but found more.")


def _word(value: Any) -> str:
    try:
        return f"{type_of(value)}"
    except errors.InvalidCommand:
        return type(value).__name__
