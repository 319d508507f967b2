"""How a built-in function is declared, checked and called.

A signature is written as in the standard: `string: string, start position: number, length?: number`.
`?` after a name: may be left out. `|null` after a kind: null is passed on instead of making the result null.
`...` after the last name: takes the rest, or one list. Kinds are those of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import DecimalException
from enum import Enum
from typing import Any, Final, TypeAlias

from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import truncated
from baton.bpm.expressions.feel.values import (
    FeelDate,
    FeelDateTime,
    FeelFunction,
    FeelRange,
    FeelTime,
    MonthsDuration,
    TimeDuration,
    Value,
    is_number,
    type_name,
)

Implementation: TypeAlias = Callable[..., Value]


class _Mismatch(Enum):
    MISMATCH = "the value is of another kind"


_MISMATCH: Final = _Mismatch.MISMATCH


def _exactly(*types: type) -> Callable[[Value], Value]:
    return lambda value: value if type(value) in types else _MISMATCH


def _date_part(value: Value) -> Value:
    if type(value) is FeelDateTime:
        return value.date
    return value if type(value) is FeelDate else _MISMATCH


def _as_list(value: Value) -> Value:
    """A value that is no list counts as a list of one (DMN 1.5, 10.3.2.9.4); null does not."""
    if type(value) is list:
        return value
    return _MISMATCH if value is None else [value]


KINDS: Final[Mapping[str, Callable[[Value], Value]]] = {
    "any": lambda value: value,
    "number": lambda value: value if is_number(value) else _MISMATCH,
    "integer": lambda value: truncated(value) if is_number(value) else _MISMATCH,
    "string": _exactly(str),
    "boolean": _exactly(bool),
    "list": _as_list,
    "context": _exactly(dict),
    "date": _exactly(FeelDate),
    "day": _date_part,
    "time": _exactly(FeelTime),
    "date and time": _exactly(FeelDateTime),
    "duration": _exactly(MonthsDuration, TimeDuration),
    "time duration": _exactly(TimeDuration),
    "range": _exactly(FeelRange),
    "point": lambda value: _MISMATCH if value is None or type(value) is FeelRange else value,
    "function": _exactly(FeelFunction),
}
_MOST_PARAMETERS: Final = 10
"""More than any function names; those that take any number take this many as well as more."""
_EXPECTED: Final = {"day": "date", "integer": "number", "point": "value that is no range"}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str
    convert: Callable[[Value], Value]
    is_optional: bool
    takes_null: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function. `takes_rest`: the last parameter is a list of all further arguments."""

    parameters: tuple[Parameter, ...]
    takes_rest: bool
    implementation: Implementation

    @property
    def required(self) -> int:
        return sum(not parameter.is_optional for parameter in self.parameters)

    def accepts(self, count: int) -> bool:
        return self.required <= count and (self.takes_rest or count <= len(self.parameters))

    def positions_of(self, names: Mapping[str, Value]) -> list[Value] | None:
        """The arguments in order, or None if the names are not those of this way."""
        known = [parameter.name for parameter in self.parameters]
        if not names.keys() <= set(known):
            return None
        given = [name in names for name in known]
        if not all(given[index] or parameter.is_optional for index, parameter in enumerate(self.parameters)):
            return None
        last = max((index for index, is_given in enumerate(given) if is_given), default=-1)
        return [names.get(name) for name in known[: last + 1]]


FUNCTIONS: Final[dict[str, FeelFunction]] = {}
_OVERLOADS: Final[dict[str, list[Overload]]] = {}


def builtin(name: str, *signatures: str) -> Callable[[Implementation], Implementation]:
    """Declares the decorated function under that FEEL name, once for each signature; it gets the evaluation first."""

    def declare(implementation: Implementation) -> Implementation:
        overloads = _OVERLOADS.setdefault(name, [])
        overloads.extend(_overload(signature, implementation) for signature in signatures or ("",))
        FUNCTIONS[name] = _function(name, overloads)
        return implementation

    return declare


def _overload(signature: str, implementation: Implementation) -> Overload:
    parts = [part.strip() for part in signature.split(",") if part.strip()]
    takes_rest = bool(parts) and parts[-1].partition(":")[0].endswith("...")
    return Overload(tuple(_parameter(part) for part in parts), takes_rest, implementation)


def _parameter(text: str) -> Parameter:
    name, _, kind = (part.strip() for part in text.partition(":"))
    kind, _, null = kind.partition("|")
    bare = name.removesuffix("...").removesuffix("?")
    return Parameter(bare, kind, KINDS[kind], name.endswith("?"), takes_null=null == "null")


def _function(name: str, overloads: Sequence[Overload]) -> FeelFunction:
    by_count = {
        count: [overload for overload in overloads if overload.accepts(count)] for count in range(_MOST_PARAMETERS + 1)
    }

    def invoke(evaluation: Evaluation, arguments: Sequence[Value]) -> Value:
        candidates = by_count[min(len(arguments), _MOST_PARAMETERS)]
        if not candidates:
            evaluation.note(f"'{name}' does not take {len(arguments)} arguments")
            return None
        return _call_first(name, candidates, [arguments] * len(candidates), evaluation)

    def by_name(evaluation: Evaluation, named: Mapping[str, Value]) -> Value:
        fitting = [(overload, overload.positions_of(named)) for overload in overloads]
        candidates = [overload for overload, positions in fitting if positions is not None]
        if not candidates:
            ways = " or ".join(f"({', '.join(p.name for p in overload.parameters)})" for overload in overloads)
            evaluation.note(f"'{name}' has the parameters {ways}")
            return None
        arguments = [positions for _, positions in fitting if positions is not None]
        return _call_first(name, candidates, arguments, evaluation)

    parameters = tuple(parameter.name for parameter in overloads[0].parameters)
    return FeelFunction(parameters, invoke, (), by_name)


def _call_first(
    name: str, overloads: Sequence[Overload], arguments: Sequence[Sequence[Value]], evaluation: Evaluation
) -> Value:
    """Calls the first way whose kinds fit; its result may still be null."""
    evaluation.budget.spend(2)
    reason = ""
    for overload, given in zip(overloads, arguments, strict=True):
        converted = _converted(overload, given)
        if isinstance(converted, str):
            reason = reason or converted
            continue
        try:
            result = overload.implementation(evaluation, *converted)
        except (DecimalException, OverflowError):
            result = None
        if result is None and evaluation.notes is not None:
            evaluation.note(f"'{name}' has no result for these arguments")
        return result
    evaluation.note(f"'{name}' {reason}")
    return None


def _converted(overload: Overload, arguments: Sequence[Value]) -> list[Any] | str:
    """The arguments as the implementation wants them, or why they do not fit."""
    if overload.takes_rest:
        fixed = len(overload.parameters) - 1
        arguments = [*arguments[:fixed], list(arguments[fixed:])]
    result: list[Any] = []
    for parameter, argument in zip(overload.parameters, arguments, strict=False):
        if argument is None and parameter.takes_null:
            result.append(None)
            continue
        value = parameter.convert(argument)
        if value is _MISMATCH and type(argument) is list and len(argument) == 1:
            # A list of one counts as its item where an item is wanted (DMN 1.5, 10.3.2.9.4).
            value = parameter.convert(argument[0])
        if value is _MISMATCH:
            expected = _EXPECTED.get(parameter.kind, parameter.kind)
            return f"expects a {expected} as '{parameter.name}', found {type_name(argument)}"
        result.append(value)
    return result
