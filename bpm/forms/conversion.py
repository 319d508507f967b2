"""A submitted value to the typed value of its field: texts of dates to dates, doubles to decimals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from baton.bpm.forms.model import Field, FieldType
from baton.bpm.values import FileValue, type_of
from baton.bpm.values.types import MAX_EXPONENT

_PARTS = {"yyyy": "year", "MM": "month", "dd": "day", "HH": "hour", "mm": "minute", "ss": "second"}
_TOKENS = re.compile(r"yyyy|MM|dd|HH|mm|ss|'[^']*'|.", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,5})?", re.ASCII)


class Wrong(Exception):
    """The value does not keep a rule of its field: `rule` is its name, the argument the sentence."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def convert(field: Field, value: Any) -> Any:
    """The typed value; null stays null. Raises `Wrong`."""
    if value is None:
        return None
    reader = _READERS.get(field.type)
    return value if reader is None else reader(field, value)


def is_empty(field: Field, value: Any) -> bool:
    """Whether a required field has nothing in it: an unticked box and a list of nothing count as empty."""
    if value is None or value == "" or (isinstance(value, list | dict) and not value):
        return True
    return field.type is FieldType.BOOLEAN and field.component == "checkbox" and value is False


def described(value: Any) -> str:
    """The value in a few words for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value[:60]!r}"
        case int() if value.bit_length() > 400:
            return "a very large number"
        case int() | float() | Decimal():
            return str(value)[:60]
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "an object"
        case FileValue():
            return "a file"
        case _:
            return f"the {type_of(value)} {value}"[:80]


def decimal_of(value: Any) -> int | Decimal | None:
    """An exact number of an int, double, decimal or a text of digits; None for anything else."""
    match value:
        case bool():
            return None
        case int() | Decimal():
            return value
        case float():
            return Decimal(repr(value))
        case str() if _NUMBER.fullmatch(value):
            try:
                found = Decimal(value)
            except InvalidOperation:
                return None
            return found if abs(found.adjusted()) <= MAX_EXPONENT else None
        case _:
            return None


def date_by_pattern(text: str, pattern: str) -> datetime | None:
    """A text in Java's pattern of digits (`dd/MM/yyyy`, `yyyy-MM-dd'T'HH:mm`); None if it does not fit."""
    expression, names = "", []
    for piece in _TOKENS.findall(pattern[:100]):
        if piece in _PARTS:
            if _PARTS[piece] in names:
                return None
            names.append(_PARTS[piece])
            expression += r"(\d{4})" if piece == "yyyy" else r"(\d{1,2})"
        elif piece.isalpha():
            return None
        else:
            expression += re.escape(piece.strip("'") if len(piece) > 1 else piece)
    found = re.fullmatch(expression, text, re.ASCII)
    if found is None or not {"year", "month", "day"} <= set(names):
        return None
    numbers: dict[str, Any] = dict(zip(names, map(int, found.groups()), strict=True))
    try:
        return datetime(**numbers)
    except ValueError:
        return None


def _wrong_type(expected: str, value: Any) -> Wrong:
    return Wrong("type", f"Expected {expected}, found {described(value)}")


def _text(field: Field, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _wrong_type("a text", value)


def _number(field: Field, value: Any) -> Any:
    if isinstance(value, str) and not field.constraints.as_text:
        raise _wrong_type("a number", value)
    if value == "" and field.constraints.as_text:
        return value
    number = decimal_of(value)
    if number is None:
        raise _wrong_type("a number", value)
    if field.type is FieldType.INTEGER:
        if number != int(number):
            raise _wrong_type("a whole number", value)
        number = int(number)
    if not field.constraints.as_text:
        return number
    return value if isinstance(value, str) else str(number)


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong_type("true or false", value)


def _choices(field: Field, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _wrong_type("a list of choices", value)


def _list(field: Field, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise _wrong_type("a list in JSON, such as [1, 2]", value)


def _object(field: Field, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _wrong_type('an object in JSON, such as {"name": 1}', value)


def _date(field: Field, value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        found = date_by_pattern(value, field.constraints.date_pattern) if field.constraints.date_pattern else None
        if found is not None:
            return found.date()
        if len(value) == 10:
            return _parsed(date.fromisoformat, value, "a date such as 2026-01-31")
        if value == "":
            return None
    raise _wrong_type("a date such as 2026-01-31", value)


def _time(field: Field, value: Any) -> Any:
    if isinstance(value, time):
        return value
    if isinstance(value, str):
        if value == "":
            return None
        if ":" in value:
            return _parsed(time.fromisoformat, value, "a time such as 09:30")
    raise _wrong_type("a time such as 09:30", value)


def _date_time(field: Field, value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        found = date_by_pattern(value, field.constraints.date_pattern) if field.constraints.date_pattern else None
        if found is not None:
            return found
        if value == "":
            return None
        if "T" in value:
            return _parsed(datetime.fromisoformat, value, "a date and time such as 2026-01-31T09:30")
    raise _wrong_type("a date and time such as 2026-01-31T09:30", value)


def _parsed(parse: Callable[[str], Any], text: str, expected: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise _wrong_type(expected, text) from error


def _files(field: Field, value: Any) -> Any:
    if isinstance(value, str | FileValue | dict | list):
        return value
    raise _wrong_type("a file or a list of files", value)


_READERS: Mapping[FieldType, Callable[[Field, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.INTEGER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICES: _choices,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.DATE_TIME: _date_time,
    FieldType.FILES: _files,
    FieldType.LIST: _list,
    FieldType.OBJECT: _object,
}
