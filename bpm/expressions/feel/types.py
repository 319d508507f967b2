"""FEEL's types as `instance of` and function parameters name them (DMN 1.5, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from baton.bpm.expressions.feel.values import OPEN, FeelFunction, FeelRange, type_name

if TYPE_CHECKING:
    from baton.bpm.expressions.feel.evaluation import Evaluation

TypeTest: TypeAlias = "Callable[[Any, Evaluation], bool]"
"""Says whether a FEEL value conforms to a type that a DMN model defines; it charges the evaluation's budget."""


@dataclass(frozen=True, slots=True)
class SimpleType:
    name: str


@dataclass(frozen=True, slots=True)
class ListType:
    item: FeelType


@dataclass(frozen=True, slots=True)
class RangeType:
    item: FeelType


@dataclass(frozen=True, slots=True)
class ContextType:
    entries: tuple[tuple[str, FeelType], ...]


@dataclass(frozen=True, slots=True)
class FunctionType:
    parameters: tuple[FeelType, ...]
    result: FeelType


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type of the model's own; `test` is None where the model has none of that name."""

    name: str
    test: TypeTest | None


FeelType: TypeAlias = SimpleType | ListType | RangeType | ContextType | FunctionType | NamedType

_ALIASES: Final[Mapping[str, str]] = {
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "any": "Any",
    "null": "Null",
}

BUILT_IN_TYPES: Final = (
    "days and time duration",
    "years and months duration",
    "day and time duration",
    "year and month duration",
    "date and time",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "Any",
    "Null",
    "list",
    "context",
    "range",
    "function",
)


def simple_type(name: str) -> SimpleType:
    """The built-in type of that name, older spellings included."""
    return SimpleType(_ALIASES.get(name, name))


def is_instance(value: Any, expected: FeelType, evaluation: Evaluation) -> bool | None:
    """None if the type is not known. Null is an instance of Null only."""
    match expected:
        case NamedType(test=test):
            return None if test is None else test(value, evaluation)
        case SimpleType(name="Null"):
            return value is None
        case SimpleType(name="Any"):
            return value is not None
        case SimpleType(name=name):
            return value is not None and type_name(value) == name
        case ListType(item=item):
            evaluation.budget.spend(1 + len(value) if isinstance(value, list) else 1)
            return isinstance(value, list) and all(_conforms(element, item, evaluation) for element in value)
        case RangeType(item=item):
            return isinstance(value, FeelRange) and all(
                end is OPEN or end is None or bool(is_instance(end, item, evaluation))
                for end in (value.start, value.end)
            )
        case ContextType(entries=entries):
            return isinstance(value, dict) and all(
                name in value and (value[name] is None or bool(is_instance(value[name], entry, evaluation)))
                for name, entry in entries
            )
        case FunctionType(parameters=parameters):
            return isinstance(value, FeelFunction) and len(value.parameters) == len(parameters)


def _conforms(element: Any, expected: FeelType, evaluation: Evaluation) -> bool:
    return expected == SimpleType("Any") or bool(is_instance(element, expected, evaluation))
