"""Variables as short texts to search by: equal values, equal keys."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from baton.bpm.values import rows
from baton.bpm.values.durations import YearsMonthsDuration

_KEY_TEXT = 150
_DOUBLE_EXACT = 2**53


def value_key(value: Any) -> str | None:
    """A short text that is equal for equal values, at most 215 characters; None for null, lists, objects and files.

    Numbers are equal across types (`n:100`), date-times at the same instant too. Long strings are cut
    and carry a digest.
    """
    match value:
        case bool():
            return "b:true" if value else "b:false"
        case int() | float() | Decimal():
            return "n:" + _number_key(value)
        case str():
            return _text_key(value)
        case datetime():
            zone = value.utcoffset()
            return f"l:{value.isoformat()}" if zone is None else f"t:{value.astimezone(UTC).isoformat()}"
        case date():
            return f"d:{value.isoformat()}"
        case time():
            return f"h:{rows.encode_time(value)}"
        case timedelta() | YearsMonthsDuration():
            return f"p:{rows.encode_duration(value)}"
    return None


def _text_key(text: str) -> str:
    if len(text) <= _KEY_TEXT:
        return f"s:{text}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"s:{text[:_KEY_TEXT]}#{digest[:60]}"


def _number_key(value: int | float | Decimal) -> str:
    if isinstance(value, int) and value.bit_length() <= 128:
        return str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _DOUBLE_EXACT:
            return str(int(value))
        value = Decimal(repr(value))
    if isinstance(value, int) and value.bit_length() > rows.HEX_BITS:
        return f"#{hashlib.sha256(hex(value).encode()).hexdigest()}"
    return _decimal_key(Decimal(value))


def _decimal_key(value: Decimal) -> str:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return str(value)
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    exponent += len(text) - len(stripped)
    if not stripped:
        return "0"
    minus = "-" if sign else ""
    if exponent >= 0 and len(stripped) + exponent <= 39:
        return f"{minus}{stripped}{'0' * exponent}"
    plain = f"{minus}{stripped}e{exponent}"
    return plain if len(plain) <= 200 else f"#{hashlib.sha256(plain.encode()).hexdigest()}"
