"""The neutral form: what form-js files, form fields of diagrams and JSON Schema are all read into.

A form is a tree of fields and groups. The path of a part is relative to the group that holds it; a group that repeats
is a list of objects, one per row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from baton.bpm.forms.formulas import Formula
from baton.bpm.forms.patterns import Pattern


class FormKind(StrEnum):
    """What a form is written in."""

    FORM_JS = "form-js"
    FIELDS = "fields"
    JSON_SCHEMA = "json-schema"


class FieldType(StrEnum):
    """What the value of a field is; `ANY` is not looked at, `COMPUTED` is calculated here."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date-time"
    FILES = "files"
    OBJECT = "object"
    LIST = "list"
    COMPUTED = "computed"
    ANY = "any"


Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a field: fixed, or the list in the variable `key`, or what `formula` yields."""

    fixed: tuple[Option, ...] = ()
    key: str = ""
    formula: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What a value must keep to; numbers may be formulas. Lengths count UTF-16 units, as browsers do.

    `validation` is `email`, `phone` or empty. `as_text`: the number is a text in the variable. `time_interval` is
    minutes, `date_pattern` Java's.
    """

    minimum: Number | Formula | None = None
    maximum: Number | Formula | None = None
    min_length: Number | Formula | None = None
    max_length: Number | Formula | None = None
    pattern: Pattern | None = None
    pattern_message: str = ""
    validation: str = ""
    decimal_digits: int | None = None
    increment: Number | None = None
    as_text: bool = False
    not_in_the_past: bool = False
    time_interval: int = 0
    date_pattern: str = ""


NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`component` is the file's own word for the type; `default` a value or a formula, None for none.

    `item` is the type of each value of a `LIST`, None where it is not known or not a simple one.
    """

    path: tuple[str, ...]
    type: FieldType
    item: FieldType | None = None
    component: str = ""
    label: str = ""
    description: str = ""
    required: bool | Formula = False
    readonly: bool | Formula = False
    hide: Formula | None = None
    default: Any = None
    options: Options | None = None
    constraints: Constraints = NO_CONSTRAINTS
    formula: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that are shown or hidden together; `repeats`: one object of them per row of a list."""

    path: tuple[str, ...] = ()
    label: str = ""
    hide: Formula | None = None
    repeats: bool = False
    parts: tuple[Part, ...] = ()


Part = Field | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`schema` is the whole JSON Schema of a form of that kind, ready to validate (`json_schema.Schema`)."""

    id: str
    kind: FormKind
    name: str = ""
    version_tag: str | None = None
    parts: tuple[Part, ...] = ()
    schema: Any = None

    def fields(self) -> Iterator[Field]:
        """Every field, in document order; rows are not repeated."""
        open_ = [iter(self.parts)]
        while open_:
            part = next(open_[-1], None)
            if part is None:
                open_.pop()
            elif isinstance(part, Field):
                yield part
            else:
                open_.append(iter(part.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field. `field` is its path (`customer.name`, `items[2].price`), `rule` what it broke."""

    field: str
    message: str
    rule: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`variables` are what may be written if there are no `errors`."""

    variables: dict[str, Any] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
