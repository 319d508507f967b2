"""Whether a typed value keeps what its field asks of it: one function per rule, each raising `Wrong`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from baton.bpm.forms.conversion import Wrong, decimal_of, described
from baton.bpm.forms.formulas import Formula
from baton.bpm.forms.model import Constraints
from baton.bpm.forms.patterns import PatternTooSlow

# Both without nested repetition, so that no text takes long.
_EMAIL = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){0,16}")
_PHONE = re.compile(r"(?:\+|00)[1-9][0-9]{4,22}")

Bound = int | Decimal | Formula | None


@dataclass(frozen=True, slots=True)
class Measure:
    """How formulas of bounds get their numbers, and which day it is."""

    evaluate: Callable[[Formula], Any]
    today: date

    def number(self, bound: Bound) -> int | Decimal | None:
        """The bound; a formula that yields no number bounds nothing."""
        return decimal_of(self.evaluate(bound)) if isinstance(bound, Formula) else bound


def check_value(constraints: Constraints, value: Any, measure: Measure) -> None:
    """Raises `Wrong` for the first rule that the value breaks; null breaks none."""
    match value:
        case bool() | None:
            return
        case str() if constraints.as_text:
            number = decimal_of(value)
            if number is not None:
                _check_number(constraints, number, measure)
        case int() | Decimal():
            _check_number(constraints, value, measure)
        case str():
            _check_text(constraints, value, measure)
        case datetime() | date() | time():
            _check_moment(constraints, value, measure)
        case _:
            return


def _check_number(constraints: Constraints, value: int | Decimal, measure: Measure) -> None:
    minimum, maximum = measure.number(constraints.minimum), measure.number(constraints.maximum)
    if minimum is not None and value < minimum:
        raise Wrong("min", f"Expected a number of at least {minimum}, found {described(value)}")
    if maximum is not None and value > maximum:
        raise Wrong("max", f"Expected a number of at most {maximum}, found {described(value)}")
    digits = constraints.decimal_digits
    if digits is not None and _fraction_digits(value) > digits:
        expected = f"a number with at most {digits} digits after the point" if digits else "a whole number"
        raise Wrong("decimalDigits", f"Expected {expected}, found {described(value)}")
    step = constraints.increment
    if step and not _is_multiple(value, step):
        raise Wrong("increment", f"Expected a multiple of {step}, found {described(value)}")


def _fraction_digits(value: int | Decimal) -> int:
    if isinstance(value, int) or value == value.to_integral_value():
        return 0
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _is_multiple(value: int | Decimal, step: int | Decimal) -> bool:
    """Exact: as whole numbers of the smallest digit. A value far beyond the step's digits counts as a multiple."""
    digits = max(_fraction_digits(value), _fraction_digits(step))
    if digits > 400 or abs(Decimal(value).adjusted()) > 400:
        return True
    scale = 10**digits
    return _scaled(value, scale) % _scaled(step, scale) == 0


def _scaled(value: int | Decimal, scale: int) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * scale // denominator


def _check_text(constraints: Constraints, value: str, measure: Measure) -> None:
    if value == "":
        return
    length = len(value.encode("utf-16-le", "surrogatepass")) // 2
    shortest, longest = measure.number(constraints.min_length), measure.number(constraints.max_length)
    if shortest is not None and length < shortest:
        raise Wrong("minLength", f"Expected at least {shortest} characters, found {length}")
    if longest is not None and length > longest:
        raise Wrong("maxLength", f"Expected at most {longest} characters, found {length}")
    if constraints.validation == "email" and _EMAIL.fullmatch(value) is None:
        raise Wrong("email", f"Expected an e-mail address, found {described(value)}")
    if constraints.validation == "phone" and _PHONE.fullmatch(value) is None:
        raise Wrong("phone", f"Expected a phone number such as +49301234567, found {described(value)}")
    _check_pattern(constraints, value)


def _check_pattern(constraints: Constraints, value: str) -> None:
    pattern = constraints.pattern
    if pattern is None:
        return
    try:
        if pattern.matches(value):
            return
    except PatternTooSlow as error:
        raise Wrong("pattern", "Expected a text that can be compared with the field's pattern in time") from error
    expected = constraints.pattern_message or f"Expected a text that matches {pattern.text[:120]}"
    raise Wrong("pattern", f"{expected}, found {described(value)}")


def _check_moment(constraints: Constraints, value: date | time, measure: Measure) -> None:
    if isinstance(value, date) and constraints.not_in_the_past:
        day = value.date() if isinstance(value, datetime) else value
        if day < measure.today:
            raise Wrong("disallowPassedDates", f"Expected {measure.today} or later, found {day}")
    if constraints.time_interval and isinstance(value, datetime | time):
        minutes = value.hour * 60 + value.minute
        if minutes % constraints.time_interval or value.second or value.microsecond:
            raise Wrong(
                "timeInterval",
                f"Expected a time in steps of {constraints.time_interval} minutes, "
                f"found {value.hour:02}:{value.minute:02}:{value.second:02}",
            )
