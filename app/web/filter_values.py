"""What people write into filters and fields, as values; what cannot be one is refused with the field's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from baton.app.api.shapes import LARGEST_ID
from baton.bpm import errors

Choice = TypeVar("Choice", bound=StrEnum)


def an_id(given: Mapping[str, str], name: str) -> int | None:
    """The id, or None where nothing is written. Raises `InvalidCommand`."""
    text = given.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= LARGEST_ID):
        raise errors.InvalidCommand("Expected an id that Baton gave: digits only.", field=name)
    return int(text)


def a_time(given: Mapping[str, str], name: str) -> datetime | None:
    """The time, UTC unless it says otherwise, or None where nothing is written. Raises `InvalidCommand`."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise errors.InvalidCommand("Expected a time such as 2026-01-31T18:00, in UTC.", field=name) from error


def a_number(given: Mapping[str, str], name: str) -> int | None:
    """The whole number, or None where nothing is written. Raises `InvalidCommand`."""
    text = given.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise errors.InvalidCommand("Expected a whole number.", field=name)
    return int(text)


def a_choice(given: Mapping[str, str], name: str, choices: type[Choice]) -> Choice | None:
    """One of the choices, or None for "any". Raises `InvalidCommand`."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        return choices(text)
    except ValueError as error:
        expected = ", ".join(f"'{choice}'" for choice in choices)
        raise errors.InvalidCommand(f"Expected one of {expected}.", field=name) from error
