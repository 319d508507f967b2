"""Cursors of lists with an order of their own: the list's name and the sort keys of the last item, opaque outside."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from baton.bpm import errors

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1


def encode(name: str, *keys: int | str | None) -> str:
    """The opaque text of the sort keys of the list `name`."""
    return base64.urlsafe_b64encode(msgspec.json.encode([name, *keys])).decode().rstrip("=")


def decode(name: str, cursor: str, shape: type[Any]) -> Any:
    """Back to the sort keys as a tuple of `shape`; of another list, or of none of ours: `InvalidCommand`."""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[Any])
        if not found or found[0] != name:
            raise _no_cursor(cursor)
        keys = msgspec.convert(found[1:], shape)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise _no_cursor(cursor) from error
    if any(isinstance(key, int) and abs(key) > _LARGEST for key in keys) or any(
        isinstance(key, str) and "\0" in key for key in keys
    ):
        raise _no_cursor(cursor)
    return keys


def of_time(moment: datetime | None) -> int | None:
    """A time as a sort key: microseconds since 1970."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def to_time(key: int) -> datetime:
    """Back from a sort key. Raises `InvalidCommand` for a time that no calendar has."""
    try:
        return _EPOCH + key * _MICROSECOND
    except OverflowError as error:
        raise errors.InvalidCommand("Expected cursor to be the nextCursor of an earlier answer", field="cursor") from (
            error
        )


def _no_cursor(cursor: str) -> errors.InvalidCommand:
    return errors.InvalidCommand(
        f"Expected cursor to be the nextCursor of an earlier answer of this list, found '{cursor[:50]}'",
        field="cursor",
    )
