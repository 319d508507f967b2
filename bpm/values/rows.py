"""Variables as database rows: a type and a text, exact in both directions.

Lists and objects are JSON in which leaves that JSON would change are `{"$type", "value"}`.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from baton.bpm import errors
from baton.bpm.values import durations
from baton.bpm.values.durations import YearsMonthsDuration
from baton.bpm.values.types import FileValue, ValueType, type_of

HEX_BITS = 14_000
"""Above this Python refuses or slowly converts decimal digits; hexadecimal is linear."""

_TAG = "$type"
_TAGGED_VALUE = "value"


def encode(value: Any) -> tuple[ValueType, str | None]:
    """A variable as a row's type and text; `decode` gives back an equal value of the same type.

    Raises `InvalidCommand` for what is no variable, `TooLarge` for nesting beyond what can be written.
    """
    kind = type_of(value)
    return kind, ENCODERS[kind](value)


def decode(type_: str, text: str | None) -> Any:
    """The variable of a row that `encode` made; raises ValueError for any other row."""
    if text is None:
        if type_ != ValueType.NULL:
            raise ValueError(f"Expected the text of a {type_} variable, but found none.")
        return None
    reader = _DECODERS.get(type_)
    if reader is None:
        raise ValueError(f"Expected one of the types {', '.join(ValueType)}, but found {type_!r}.")
    return reader(text)


def _encode_integer(value: int) -> str:
    return str(value) if value.bit_length() <= HEX_BITS else hex(value)


def decode_integer(text: str) -> int:
    return int(text, 16 if "x" in text else 10)


def _encode_datetime(value: datetime) -> str:
    zone = value.tzinfo
    return f"{value.isoformat()}[{zone.key}]" if isinstance(zone, ZoneInfo) else value.isoformat()


def decode_datetime(text: str) -> datetime:
    stamp, bracket, zone = text.partition("[")
    value = datetime.fromisoformat(stamp)
    if not bracket:
        return value
    named = value.replace(tzinfo=ZoneInfo(zone.removesuffix("]")))
    later = named.replace(fold=1)
    return later if named.utcoffset() != value.utcoffset() == later.utcoffset() else named


def encode_time(value: time) -> str:
    zone = value.tzinfo
    return f"{value.isoformat()}[{zone.key}]" if isinstance(zone, ZoneInfo) else value.isoformat()


def decode_time(text: str) -> time:
    stamp, bracket, zone = text.partition("[")
    value = time.fromisoformat(stamp)
    return value.replace(tzinfo=ZoneInfo(zone.removesuffix("]"))) if bracket else value


def encode_duration(value: timedelta | YearsMonthsDuration) -> str:
    return str(value) if isinstance(value, YearsMonthsDuration) else durations.format_timedelta(value)


def _encode_file(value: FileValue) -> str:
    return msgspec.json.encode(file_parts(value)).decode()


def _decode_file(text: str) -> FileValue:
    return read_file(msgspec.json.decode(text))


def file_parts(value: FileValue) -> dict[str, str]:
    content = base64.b64encode(value.content).decode("ascii")
    return {"name": value.name, "mime_type": value.mime_type, "content": content}


def read_file(parts: Any) -> FileValue:
    match parts:
        case {"name": str(name), "mime_type": str(mime_type), "content": str(content)} if len(parts) == 3:
            try:
                return FileValue(name, mime_type, base64.b64decode(content, validate=True))
            except binascii.Error as error:
                raise ValueError(f"Expected the content in base64, but it is not: {error}.") from error
    raise ValueError('Expected a file as {"name", "mime_type", "content" in base64}.')


def _encode_tree(value: Any) -> str:
    try:
        return msgspec.json.encode(_tag(value)).decode()
    except RecursionError as error:
        raise errors.TooLarge("Expected fewer levels of lists and objects than this value has.") from error


_PLAIN = frozenset({type(None), bool, str})


def _tag(value: Any) -> Any:
    """The value as JSON keeps it: leaves that JSON would change become `{"$type", "value"}`."""
    kind = type(value)
    if kind in _PLAIN or (kind is int and value.bit_length() <= 64):
        return value
    if kind is list:
        return [_tag(item) for item in value]
    if kind is dict:
        if not all(type(key) is str for key in value):
            raise errors.InvalidCommand("Expected text as the keys of an object, but found another type.")
        members = {key: _tag(item) for key, item in value.items()}
        return {_TAG: ValueType.OBJECT, _TAGGED_VALUE: members} if _TAG in members else members
    if kind is float and math.isfinite(value):
        return value
    type_, text = encode(value)
    return {_TAG: type_, _TAGGED_VALUE: text}


def _decode_tree(text: str) -> Any:
    tree = msgspec.json.decode(text)
    return _untag(tree) if _TAG in text else tree


def _untag(tree: Any) -> Any:
    if type(tree) is list:
        return [_untag(item) for item in tree]
    if type(tree) is not dict:
        return tree
    if _TAG not in tree:
        return {key: _untag(item) for key, item in tree.items()}
    content = tree[_TAGGED_VALUE]
    if tree[_TAG] == ValueType.OBJECT:
        return {key: _untag(item) for key, item in content.items()}
    return decode(tree[_TAG], content)


ENCODERS: Mapping[ValueType, Callable[[Any], str | None]] = {
    ValueType.NULL: lambda value: None,
    ValueType.BOOLEAN: lambda value: "true" if value else "false",
    ValueType.INTEGER: _encode_integer,
    ValueType.DECIMAL: str,
    ValueType.DOUBLE: repr,
    ValueType.STRING: lambda value: value,
    ValueType.DATE: lambda value: value.isoformat(),
    ValueType.TIME: encode_time,
    ValueType.DATE_TIME: _encode_datetime,
    ValueType.DURATION: encode_duration,
    ValueType.LIST: _encode_tree,
    ValueType.OBJECT: _encode_tree,
    ValueType.FILE: _encode_file,
}

_DECODERS: Mapping[str, Callable[[str], Any]] = {
    ValueType.BOOLEAN: lambda text: text == "true",
    ValueType.INTEGER: decode_integer,
    ValueType.DECIMAL: Decimal,
    ValueType.DOUBLE: float,
    ValueType.STRING: lambda text: text,
    ValueType.DATE: date.fromisoformat,
    ValueType.TIME: decode_time,
    ValueType.DATE_TIME: decode_datetime,
    ValueType.DURATION: durations.value_of_duration,
    ValueType.LIST: _decode_tree,
    ValueType.OBJECT: _decode_tree,
    ValueType.FILE: _decode_file,
}
