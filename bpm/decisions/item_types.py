"""DMN's item definitions as tests of FEEL values, and how a value is made to fit its type (DMN 1.5, 10.3.2.9.4).

Null belongs to every type. Checking charges the evaluation's budget for each value it looks at, because a value that
is small in memory may be large when walked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from baton.bpm.expressions.feel.budget import MAX_NESTING, too_nested
from baton.bpm.expressions.feel.code import TestCode
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.types import FeelType, is_instance
from baton.bpm.expressions.feel.values import FeelDate, FeelFunction, Value, at_midnight_utc, type_name


class ItemType(Protocol):
    """What a value may be. `is_list`: its values are lists; `allowed_text`: its allowed values as written."""

    @property
    def is_list(self) -> bool: ...

    @property
    def allowed_text(self) -> str: ...

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        """Whether the value, which is not null, belongs to the type."""
        ...

    def component(self, name: str) -> ItemType | None:
        """The type of that entry; None if nothing is known of it."""
        ...

    def shape(self) -> ItemType:
        """The type without its constraints, which is what `instance of` looks at."""
        ...


@dataclass(frozen=True, slots=True)
class BuiltInType:
    """One of FEEL's own types."""

    type: FeelType
    is_list: bool = False
    allowed_text: str = ""

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        evaluation.budget.spend(1)
        return is_instance(value, self.type, evaluation) is True

    def component(self, name: str) -> ItemType | None:
        return None

    def shape(self) -> ItemType:
        return self


@dataclass(frozen=True, slots=True)
class AnyType:
    """Every value."""

    is_list: bool = False
    allowed_text: str = ""

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        return True

    def component(self, name: str) -> ItemType | None:
        return None

    def shape(self) -> ItemType:
        return self


ANY = AnyType()


@dataclass(frozen=True, slots=True)
class DefinedType:
    """A type by its name, found when it is used: definitions may refer to later ones and to themselves."""

    name: str
    definitions: Mapping[str, ItemType]
    only_shape: bool = False

    @property
    def target(self) -> ItemType:
        found = self.definitions.get(self.name, ANY)
        return found.shape() if self.only_shape else found

    @property
    def is_list(self) -> bool:
        return self.target.is_list

    @property
    def allowed_text(self) -> str:
        return self.target.allowed_text

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        if depth > MAX_NESTING:
            raise too_nested()
        return self.target.conforms(value, evaluation, depth + 1)

    def component(self, name: str) -> ItemType | None:
        return self.target.component(name)

    def shape(self) -> ItemType:
        return DefinedType(self.name, self.definitions, only_shape=True)


@dataclass(frozen=True, slots=True)
class StructureType:
    """Contexts with at least these entries."""

    components: Mapping[str, ItemType]
    is_list: bool = False
    allowed_text: str = ""

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        evaluation.budget.spend(1 + len(self.components))
        return type(value) is dict and all(
            name in value and (value[name] is None or expected.conforms(value[name], evaluation, depth + 1))
            for name, expected in self.components.items()
        )

    def component(self, name: str) -> ItemType | None:
        return self.components.get(name)

    def shape(self) -> ItemType:
        return StructureType({name: component.shape() for name, component in self.components.items()})


@dataclass(frozen=True, slots=True)
class FunctionItemType:
    """Functions with that many parameters; what a function will give is not known before it is called."""

    parameters: int
    result: ItemType | None
    is_list: bool = False
    allowed_text: str = ""

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        return type(value) is FeelFunction and len(value.parameters) == self.parameters

    def component(self, name: str) -> ItemType | None:
        return None

    def shape(self) -> ItemType:
        return self


@dataclass(frozen=True, slots=True)
class CollectionType:
    """Lists of items of one type."""

    item: ItemType
    is_list: bool = True
    allowed_text: str = ""

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        if type(value) is not list:
            return False
        evaluation.budget.spend(1 + len(value))
        return all(item is None or self.item.conforms(item, evaluation, depth + 1) for item in value)

    def component(self, name: str) -> ItemType | None:
        return self.item.component(name)

    def shape(self) -> ItemType:
        return CollectionType(self.item.shape())


@dataclass(frozen=True, slots=True)
class ConstrainedType:
    """Values of `base` that pass. `allowed` is about each item where the values are lists, `constraint` never."""

    base: ItemType
    allowed: TestCode | None
    constraint: TestCode | None
    allowed_text: str

    @property
    def is_list(self) -> bool:
        return self.base.is_list

    def conforms(self, value: Value, evaluation: Evaluation, depth: int = 0) -> bool:
        if not self.base.conforms(value, evaluation, depth + 1):
            return False
        frame = Frame({}, None, evaluation)
        if self.constraint is not None and not self._passes(self.constraint, value, frame):
            return False
        if self.allowed is None:
            return True
        items = value if type(value) is list else [value]
        return all(item is None or self._passes(self.allowed, item, frame) for item in items)

    def component(self, name: str) -> ItemType | None:
        return self.base.component(name)

    def shape(self) -> ItemType:
        return self.base.shape()

    @staticmethod
    def _passes(test: TestCode, value: Value, frame: Frame) -> bool:
        frame.evaluation.budget.spend(1)
        return test(value, frame) is True


def result_of(expected: ItemType | None) -> ItemType | None:
    """The type of what is called: of a function type its result's, else the type itself."""
    found = expected.target if isinstance(expected, DefinedType) else expected
    return found.result if isinstance(found, FunctionItemType) else expected


def fit(value: Value, expected: ItemType | None, evaluation: Evaluation, what: str) -> Value:
    """The value as its type wants it, else null with a note.

    A list of one item becomes the item, an item where a list is wanted becomes a list of one, a date becomes its
    midnight in UTC.
    """
    if value is None or expected is None or expected.conforms(value, evaluation):
        return value
    if type(value) is list and len(value) == 1 and not expected.is_list:
        only = value[0]
        if only is None or expected.conforms(only, evaluation):
            return only
    if type(value) is not list and expected.is_list and expected.conforms([value], evaluation):
        return [value]
    if type(value) is FeelDate:
        moment = at_midnight_utc(value)
        if expected.conforms(moment, evaluation):
            return moment
    evaluation.note(f"{what} is a {type_name(value)} that does not belong to its type and became null")
    return None
