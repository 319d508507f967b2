"""The types of variables and the Python classes that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from baton.bpm import errors
from baton.bpm.values.durations import YearsMonthsDuration

MAX_EXPONENT = 6144
"""Powers of ten a decimal may reach, as decimal128: a tiny text must not become a huge number."""


class ValueType(StrEnum):
    """The types of variables, as rows and HTTP name them."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    STRING = "string"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date-time"
    DURATION = "duration"
    LIST = "list"
    OBJECT = "object"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class FileValue:
    """A file kept as a variable."""

    name: str
    mime_type: str
    content: bytes


TYPE_OF: Mapping[type, ValueType] = {
    type(None): ValueType.NULL,
    bool: ValueType.BOOLEAN,
    int: ValueType.INTEGER,
    Decimal: ValueType.DECIMAL,
    float: ValueType.DOUBLE,
    str: ValueType.STRING,
    date: ValueType.DATE,
    time: ValueType.TIME,
    datetime: ValueType.DATE_TIME,
    timedelta: ValueType.DURATION,
    YearsMonthsDuration: ValueType.DURATION,
    list: ValueType.LIST,
    dict: ValueType.OBJECT,
    FileValue: ValueType.FILE,
}


def type_of(value: Any) -> ValueType:
    """The type of a variable; raises `InvalidCommand` for anything that is none of the carriers."""
    kind = TYPE_OF.get(type(value))
    if kind is None:
        raise errors.InvalidCommand(
            f"Expected a variable of type {', '.join(ValueType)}, but found a Python {type(value).__name__}; "
            "convert it before you hand it over."
        )
    return kind


def check_decimal(value: Decimal) -> None:
    """Raises ValueError for a decimal that is not finite or of an unreasonable power."""
    if not value.is_finite():
        raise ValueError(f"Expected a finite number, but found {value}.")
    if abs(value.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"Expected a decimal of a power of ten up to {MAX_EXPONENT}, but found {value.adjusted()}.")


def check_datetime(value: datetime) -> None:
    """Raises ValueError for a date-time whose moment in UTC lies outside the years 1 to 9999: it has no search key."""
    if value.tzinfo is None:
        return
    try:
        value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(
            f"Expected a date-time within the years 1 to 9999 in UTC, but found {value.isoformat()}."
        ) from error
