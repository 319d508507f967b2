"""How large, how deep and of what kind variables may be; the check at every door."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from baton.bpm import errors
from baton.bpm.values.types import FileValue, check_datetime, check_decimal, type_of


@dataclass(frozen=True, slots=True)
class VariableLimits:
    """`max_bytes` counts all variables of one command as written; `max_depth` counts lists and objects."""

    max_bytes: int = 4 * 1024 * 1024
    max_depth: int = 100
    max_name: int = 255


DEFAULT_LIMITS = VariableLimits()


def check_limits(
    variables: Mapping[str, Any], *, limits: VariableLimits = DEFAULT_LIMITS, field: str = "variables"
) -> None:
    """Refuse variables that cannot be kept; `field` of the error is the path of what is wrong.

    Raises `TooLarge` for size and depth, `InvalidCommand` for names, types, NaN, infinity, and text
    that databases cannot keep (NUL, lone surrogates). Not recursive; the work is bounded by `max_bytes`.
    """
    for name in variables:
        _check_name(name, limits, field)
    walk = _Walk(field, limits)
    try:
        walk.check(variables)
    except errors.Rejection as error:
        error.field = walk.path()
        raise
    except ValueError as error:
        raise errors.InvalidCommand(str(error), field=walk.path()) from error


def _check_name(name: Any, limits: VariableLimits, field: str) -> None:
    if type(name) is str and 1 <= len(name) <= limits.max_name:
        return
    found = f"{len(name)} characters" if type(name) is str else f"a {type(name).__name__}"
    raise errors.InvalidCommand(
        f"Expected a variable name of 1 to {limits.max_name} characters, but found {found}.", field=field
    )


class _Walk:
    """Goes through a tree without recursion; knows the way to the item it looks at."""

    def __init__(self, field: str, limits: VariableLimits) -> None:
        self._limits = limits
        self._size = 0
        self._way: list[str] = [field]
        self._open: list[Iterator[tuple[str, Any]]] = []

    def path(self) -> str:
        """The way to the current item, shortened where keys are long."""
        text = "".join(self._way)
        return text if len(text) <= 300 else f"{text[:299]}…"

    def check(self, variables: Mapping[str, Any]) -> None:
        """Raises at the first item that breaks a limit."""
        self._open.append(_members(variables))
        while self._open:
            key, item = next(self._open[-1], (None, None))
            if key is None:
                self._open.pop()
                self._way.pop()
                continue
            depth = len(self._open)
            self._way[depth:] = [key]
            self._charge(len(key) + self._size_of(item))
            if isinstance(item, list | dict):
                if depth > self._limits.max_depth:
                    raise errors.TooLarge(
                        f"Expected at most {self._limits.max_depth} levels of lists and objects, but found more."
                    )
                self._open.append(_items(item) if isinstance(item, list) else _members(item))

    def _charge(self, size: int) -> None:
        self._size += size
        if self._size > self._limits.max_bytes:
            raise errors.TooLarge(
                f"Expected at most {self._limits.max_bytes:,} bytes of variables, but found more; keep large data "
                "elsewhere and its address in a variable."
            )

    def _size_of(self, value: Any) -> int:
        kind = type(value)
        if kind is str:
            return _text_size(value)
        if kind is int:
            return int(value.bit_length()) * 4 // 13 + 1
        if kind is float:
            if not math.isfinite(value):
                raise ValueError(f"Expected a finite number, but found {value}.")
            return 8
        if kind is Decimal:
            check_decimal(value)
            return len(value.as_tuple().digits) + 8
        if kind is datetime:
            check_datetime(value)
            return 8
        if kind is FileValue:
            return len(value.content) * 4 // 3 + _text_size(value.name) + _text_size(value.mime_type)
        type_of(value)
        return 8


def _items(items: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"[{index}]", item) for index, item in enumerate(items))


def _members(members: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in members.items():
        if type(key) is not str:
            raise ValueError(f"Expected text as the keys of an object, but found a {type(key).__name__}.")
        _text_size(key)
        yield f".{key}", item


def _text_size(text: str) -> int:
    """Bytes of the text; raises ValueError where a database could not keep it."""
    if "\0" in text:
        raise ValueError("Expected text without the NUL character, but found one.")
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise ValueError(
            f"Expected Unicode text, but found half a surrogate pair at character {error.start + 1}."
        ) from error
