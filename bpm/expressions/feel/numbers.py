"""FEEL's numbers: IEEE 754-2008 Decimal128, 34 digits, round half even (DMN 1.5, 10.3.2.3.1).

`int` is kept where both sides are; whatever has more than 34 digits is rounded as a decimal.
"""

from __future__ import annotations

import decimal
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Final, TypeAlias

Number: TypeAlias = int | Decimal

DIGITS: Final = 34
MAX_INTEGER: Final = 10**DIGITS
CONTEXT: Final = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
_LITERAL: Final = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,9})?")
MAX_LITERAL: Final = 10_000


def parse_number(text: str) -> Number | None:
    """The number written in plain or scientific notation; None if it is none or beyond 10**6145."""
    if len(text) > MAX_LITERAL or _LITERAL.fullmatch(text) is None:
        return None
    try:
        return simplest(CONTEXT.create_decimal(text))
    except DecimalException:
        return None


def simplest(number: Number) -> Number:
    """An `int` where that is exact and has no more than 34 digits, else a `Decimal`."""
    if isinstance(number, int):
        return number if -MAX_INTEGER < number < MAX_INTEGER else CONTEXT.create_decimal(number)
    if number.adjusted() < DIGITS and number == number.to_integral_value():
        return int(number)
    return number


def whole(number: Number) -> int | None:
    """The number as an `int`, or None if it has a fraction or is beyond any size that counts something."""
    if isinstance(number, int):
        return number
    if -MAX_INTEGER < number < MAX_INTEGER and number == number.to_integral_value():
        return int(number)
    return None


def truncated(number: Number) -> int:
    """Toward zero; numbers beyond 34 digits become the largest that fits."""
    return int(min(max(number, -MAX_INTEGER), MAX_INTEGER))


def number_text(number: Number) -> str:
    """Plain notation without trailing zeros."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
