"""Variables as HTTP shows them: plain JSON, and `{"type", "value"}` where JSON has no word."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from baton.bpm import errors
from baton.bpm.values import durations, rows
from baton.bpm.values.limits import DEFAULT_LIMITS
from baton.bpm.values.types import TYPE_OF, ValueType, check_datetime, check_decimal, type_of

_JSON_SAFE = 2**53


def to_json(value: Any) -> Any:
    """The HTTP form: plain JSON, or `{"type", "value"}` for what JSON has no word for, at any depth.

    Integers that other JSON readers would round are `{"type": "integer", "value": "<digits>"}`; an
    object that looks like a typed value, whatever its type, is itself wrapped as one. `from_json` reads it back equal.
    """
    kind = type_of(value)
    match kind:
        case ValueType.NULL | ValueType.BOOLEAN | ValueType.STRING:
            return value
        case ValueType.INTEGER if abs(value) < _JSON_SAFE:
            return value
        case ValueType.DOUBLE if math.isfinite(value):
            return value
        case ValueType.LIST:
            return [to_json(item) for item in value]
        case ValueType.OBJECT:
            members = {key: to_json(item) for key, item in value.items()}
            return {"type": str(kind), "value": members} if _looks_typed(members) else members
        case ValueType.FILE:
            return {"type": str(kind), "value": rows.file_parts(value)}
    return {"type": str(kind), "value": rows.ENCODERS[kind](value)}


def from_json(value: Any, type_name: str | None, *, field: str) -> Any:
    """The variable of an HTTP value. Without `type_name` plain JSON keeps its type.

    An object of exactly `type` (a text) and `value` is typed; a type that is none of ours is refused, not kept as data.

    Raises `InvalidCommand` whose `field` is the path of what is wrong, beginning with `field`.
    """
    if type_name is not None:
        return _read_typed(type_name, value, field, 0)
    return _read_plain(value, field, 0)


def _looks_typed(value: Any) -> bool:
    return type(value) is dict and value.keys() == {"type", "value"} and isinstance(value["type"], str)


_TYPE_NAMES = frozenset(str(kind) for kind in ValueType)


def _read_plain(value: Any, field: str, depth: int) -> Any:
    if depth > DEFAULT_LIMITS.max_depth:
        raise errors.InvalidCommand(
            f"Expected at most {DEFAULT_LIMITS.max_depth} levels of lists and objects, but found more.", field=field
        )
    kind = type(value)
    if kind is list:
        return [_read_plain(item, f"{field}[{index}]", depth + 1) for index, item in enumerate(value)]
    if kind is not dict:
        return value
    if _looks_typed(value):
        return _read_typed(value["type"], value["value"], field, depth)
    return _read_members(value, field, depth)


def _read_members(value: dict[str, Any], field: str, depth: int) -> dict[str, Any]:
    return {key: _read_plain(item, f"{field}.{key}", depth + 1) for key, item in value.items()}


def _read_typed(type_name: str, value: Any, field: str, depth: int) -> Any:
    reader = _JSON_READERS.get(type_name)
    if reader is None and type_name not in _TYPE_NAMES:
        raise errors.InvalidCommand(
            f"Expected one of the types {', '.join(ValueType)}, but found {type_name[:100]!r}. "
            'An object of its own with the members type and value is written {"type": "object", "value": {...}}.',
            field=field,
        )
    if value is None:
        return None
    if type_name == ValueType.OBJECT and type(value) is dict:
        return _read_members(value, field, depth)
    if type_name == ValueType.LIST and type(value) is list:
        return _read_plain(value, field, depth)
    try:
        if reader is None:
            raise ValueError(f"Expected a JSON {type_name}, but found {_json_word(value)}.")
        return reader(value)
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise errors.InvalidCommand(f"{error} It is declared as {type_name}.", field=field) from error


def _json_word(value: Any) -> str:
    kind = TYPE_OF.get(type(value))
    return f"{kind} {value!r}"[:100] if kind and not isinstance(value, list | dict) else f"{kind}"


def _need(value: Any, expected: str, *kinds: type) -> Any:
    if type(value) not in kinds:
        raise ValueError(f"Expected {expected}, but found {_json_word(value)}.")
    return value


def _json_integer(value: Any) -> int:
    _need(value, "an integer", int, str)
    if isinstance(value, int):
        return value
    try:
        return rows.decode_integer(value)
    except ValueError as error:
        raise ValueError(f"Expected an integer, but found {value[:100]!r}.") from error


def _json_decimal(value: Any) -> Decimal:
    _need(value, "a decimal as text or number", int, float, str)
    try:
        decimal = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation as error:
        raise ValueError(f"Expected a decimal such as 12.50, but found {str(value)[:100]!r}.") from error
    check_decimal(decimal)
    return decimal


def _json_double(value: Any) -> float:
    return float(_need(value, "a number", int, float))


def _text_reader(expected: str, parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        _need(value, expected, str)
        try:
            return parse(value)
        except (ValueError, LookupError, OSError) as error:
            raise ValueError(f"Expected {expected}, but found {value[:100]!r}.") from error

    return read


def _json_datetime(value: Any) -> datetime:
    moment: datetime = _read_datetime(value)
    check_datetime(moment)
    return moment


def _parse_datetime(text: str) -> datetime:
    if "T" not in text and "t" not in text:
        raise ValueError(text)
    return rows.decode_datetime(text)


_read_datetime = _text_reader("a date-time such as 2026-01-31T09:30:00Z", _parse_datetime)


_JSON_READERS: Mapping[str, Callable[[Any], Any]] = {
    ValueType.BOOLEAN: lambda value: _need(value, "true or false", bool),
    ValueType.INTEGER: _json_integer,
    ValueType.DECIMAL: _json_decimal,
    ValueType.DOUBLE: _json_double,
    ValueType.STRING: lambda value: _need(value, "a string", str),
    ValueType.DATE: _text_reader("a date such as 2026-01-31", date.fromisoformat),
    ValueType.TIME: _text_reader("a time such as 09:30:00", rows.decode_time),
    ValueType.DATE_TIME: _json_datetime,
    ValueType.DURATION: _text_reader("a duration such as PT10M or P1Y2M", durations.value_of_duration),
    ValueType.FILE: rows.read_file,
}
