"""Small shapes that requests and answers of all nouns share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from baton.bpm import errors

T = TypeVar("T")

LARGEST_ID = 2**63 - 1

Id = Annotated[
    str, msgspec.Meta(pattern="^[0-9]{1,19}$", description="Opaque; sorts by time of creation.", examples=["7319"])
]
Time = Annotated[
    str,
    msgspec.Meta(
        description="RFC 3339, UTC.", extra_json_schema={"format": "date-time"}, examples=["2026-01-01T10:00:00.123Z"]
    ),
]
TimeFilter = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with a zone.")]
Variables = Annotated[
    dict[str, Any],
    msgspec.Meta(
        description='Plain JSON values, or `{"type": "date", "value": "2026-01-01"}` where JSON has no such type.',
        examples=[{"approved": True, "amount": 1234.5}],
    ),
]


Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
# Long enough for a place in an order by names or business keys, of up to 255 characters.
Cursor = Annotated[str, msgspec.Meta(max_length=3000, description="`nextCursor` of the page before.")]


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Base of bodies and queries: a member that nobody reads is refused, so that typing errors show."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of what is answered."""


class PageQuery(Request, frozen=True, kw_only=True):
    """What every list takes."""

    limit: Limit = 50
    cursor: Cursor | None = None


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True, rename="camel"):
    """One page; `nextCursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None


class Nothing(Answer, frozen=True, kw_only=True):
    """An empty object: it was done."""


def id_number(text: str | None, *, field: str) -> int | None:
    """The number behind an `Id`, or None. Raises `InvalidCommand` for no number or more than 63 bits, as no id has."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID):
        raise errors.InvalidCommand(f"Expected an id that Baton gave, but found '{text[:100]}'.", field=field)
    return int(text)


def time_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-01-01T10:00:00.123Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def optional_time(moment: datetime | None) -> str | None:
    """`time_text`, or None."""
    return None if moment is None else time_text(moment)


def optional_id(number: int | None) -> str | None:
    """The id as text, or None."""
    return None if number is None else str(number)
