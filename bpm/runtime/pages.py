"""Pages of long lists: a cursor is the sort key of the last item, opaque outside."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Row, Select

from baton.bpm import errors

Item = TypeVar("Item")
Position = TypeVar("Position", bound=tuple[Any, ...])
MAXIMUM_LIMIT = 1000
_LARGEST_KEY = 2**63 - 1


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """`next_cursor` is None on the last page."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


def encode_cursor(key: int) -> str:
    """The opaque text of a sort key."""
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Back to the sort key; anything that is not one of ours is an `InvalidCommand`."""
    try:
        key = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise _no_cursor(cursor) from error
    if not 0 <= key <= _LARGEST_KEY:
        raise _no_cursor(cursor)
    return key


def encode_position(position: Position) -> str:
    """The opaque text of a place in an order of several keys."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_position(cursor: str, shape: type[Position]) -> Position:
    """Back to the place, if it has the shape of this order; anything else is an `InvalidCommand`."""
    try:
        found: Position = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=shape)
        return found
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise _no_cursor(cursor) from error


def _no_cursor(cursor: str) -> errors.InvalidCommand:
    return errors.InvalidCommand(
        f"Expected cursor to be the nextCursor of an earlier answer, found '{cursor[:50]}'", field="cursor"
    )


def check_limit(limit: int) -> None:
    """Raises `InvalidCommand` for a page of no size or too large a one."""
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise errors.InvalidCommand(f"Expected limit between 1 and {MAXIMUM_LIMIT}, found {limit}", field="limit")


def fetch_page(
    connection: Connection,
    select: Select[Any],
    key: Column[Any],
    view: Callable[[Row[Any]], Item],
    *,
    limit: int,
    cursor: str | None,
    newest_first: bool,
) -> Page[Item]:
    """One page of `select`, ordered by `key` (a time-ordered id that `select` returns under its own name)."""
    check_limit(limit)
    if cursor is not None:
        last = decode_cursor(cursor)
        select = select.where(key < last if newest_first else key > last)
    rows = connection.execute(select.order_by(key.desc() if newest_first else key).limit(limit + 1)).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(tuple(view(row) for row in rows), encode_cursor(rows[-1]._mapping[key]) if more else None)
