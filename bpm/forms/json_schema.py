"""Forms that are JSON Schema, draft 2020-12, 2019-09 or 7: read, shown as fields, and checked.

The schema is of the object of all variables that its properties name. Formats are checked; patterns take linear time;
nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import jsonschema_rs

from baton.bpm.definition.problems import Severity
from baton.bpm.forms import paths
from baton.bpm.forms.choices import option
from baton.bpm.forms.conversion import Wrong, convert, decimal_of, described
from baton.bpm.forms.findings import Findings
from baton.bpm.forms.limits import LIMITS
from baton.bpm.forms.model import (
    Constraints,
    Field,
    FieldError,
    FieldType,
    Form,
    FormKind,
    Group,
    Options,
    Outcome,
    Part,
)
from baton.bpm.forms.paths import MISSING
from baton.bpm.forms.patterns import PatternError, compile_pattern
from baton.bpm.forms.schema_bounds import SchemaError, resolve, size
from baton.bpm.forms.spots import TooManySpots, spots
from baton.bpm.values import FileValue, YearsMonthsDuration, encode

MAX_ERRORS = 500
_LARGEST_INTEGER_BITS = 4096
_FIELD_DEPTH = 8
DATA_URL = "data-url"
"""The `format` of a text that is a file, as browsers and react-jsonschema-form have it."""
_PATTERNS = jsonschema_rs.RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000)
_DRAFTS: Mapping[str, Any] = {
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
}
_DEFAULT_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_FORMATS = {"date": FieldType.DATE, "time": FieldType.TIME, "date-time": FieldType.DATE_TIME}
_TYPES = {
    "string": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "integer": FieldType.INTEGER,
    "boolean": FieldType.BOOLEAN,
    "object": FieldType.OBJECT,
    "array": FieldType.LIST,
}


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema ready to validate; `names` are the variables it speaks of, `size` its parts written out."""

    validator: Any
    names: frozenset[str]
    size: int


# --- reading -------------------------------------------------------------------------------------------------


def read(id_: str, document: Mapping[str, Any], findings: Findings) -> Form:
    """The form of a decoded schema; what is wrong goes to `findings`. Never raises on content."""
    root = {name: value for name, value in document.items() if name not in ("$id", "$schema")}
    schema = None
    try:
        schema = _schema(root, document.get("$schema", _DEFAULT_DRAFT))
        parts = tuple(_parts(root, root, (), 0))
    except SchemaError as error:
        parts = ()
        findings.add(
            Severity.ERROR, "form-schema", f"The JSON Schema cannot be used: {error}", "Correct the schema.", id=id_
        )
    return Form(
        id=id_,
        name=_text(document.get("title"))[:255],
        kind=FormKind.JSON_SCHEMA,
        parts=parts,
        schema=schema,
    )


def _schema(root: dict[str, Any], draft: Any) -> Schema:
    validator = _DRAFTS.get(draft.removesuffix("#")) if isinstance(draft, str) else None
    if validator is None:
        raise SchemaError(f"Expected '$schema' to be draft 2020-12, 2019-09 or 7, found {str(draft)[:120]!r}.")
    if root.get("type", "object") != "object":
        raise SchemaError("Expected a schema of type 'object', whose properties are the variables.")
    parts = size(root)
    try:
        ready = validator(root, pattern_options=_PATTERNS, validate_formats=True, retriever=_refuse)
    except ValueError as error:
        raise SchemaError(f"{_first_line(error)}.") from error
    properties = root.get("properties")
    return Schema(ready, frozenset(properties if isinstance(properties, dict) else ()), parts)


def _refuse(uri: str) -> Any:
    raise ValueError("nothing outside the file is read")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300].rstrip(".")


def _parts(root: Mapping[str, Any], schema: Mapping[str, Any], prefix: tuple[str, ...], depth: int) -> Iterator[Part]:
    """The properties as fields, for those who show them; what they cannot say stays with the schema."""
    properties = schema.get("properties")
    required = schema.get("required")
    for name, given in properties.items() if isinstance(properties, dict) else ():
        inner = _referred(root, given)
        if not isinstance(inner, dict) or not name or depth > _FIELD_DEPTH:
            continue
        yield _part(root, inner, name, isinstance(required, list) and name in required, depth)


def _part(root: Mapping[str, Any], schema: Mapping[str, Any], name: str, required: bool, depth: int) -> Part:
    label = _text(schema.get("title")) or name
    if isinstance(schema.get("properties"), dict):
        return Group(path=(name,), label=label, parts=tuple(_parts(root, schema, (), depth + 1)))
    items = _referred(root, schema.get("items"))
    if isinstance(items, dict) and isinstance(items.get("properties"), dict):
        return Group(path=(name,), label=label, repeats=True, parts=tuple(_parts(root, items, (), depth + 1)))
    choices = _choices(schema)
    several = _choices(items) if isinstance(items, dict) else None
    type_ = _type(schema, choices, several)
    return Field(
        path=(name,),
        type=type_,
        item=_item(items) if type_ is FieldType.LIST else None,
        component=DATA_URL if schema.get("format") == DATA_URL else _text(schema.get("type")),
        label=label,
        description=_text(schema.get("description")),
        required=required,
        readonly=schema.get("readOnly") is True,
        default=schema.get("default"),
        options=choices or several,
        constraints=_constraints(schema),
    )


def _type(schema: Mapping[str, Any], choices: Options | None, several: Options | None) -> FieldType:
    if choices:
        return FieldType.CHOICE
    if several:
        return FieldType.CHOICES
    named = schema.get("type")
    if isinstance(named, list):
        others = [each for each in named if each != "null"]
        named = others[0] if len(others) == 1 else None
    type_ = _TYPES.get(named, FieldType.ANY) if isinstance(named, str) else FieldType.ANY
    return _FORMATS.get(_text(schema.get("format")), type_) if type_ is FieldType.TEXT else type_


def _item(items: Any) -> FieldType | None:
    """What each value of a list is, if it is a simple one."""
    found = _type(items, None, None) if isinstance(items, dict) else None
    return None if found in (FieldType.LIST, FieldType.OBJECT, FieldType.ANY) else found


def _choices(schema: Mapping[str, Any]) -> Options | None:
    """`enum`, or `oneOf` of constants with titles."""
    listed = schema.get("enum")
    if isinstance(listed, list):
        return Options(fixed=tuple(option({"value": value}) for value in listed[: LIMITS.max_options]))
    titled = schema.get("oneOf")
    if isinstance(titled, list) and titled and all(isinstance(each, dict) and "const" in each for each in titled):
        return Options(
            fixed=tuple(
                option({"value": each["const"], "label": each.get("title")}) for each in titled[: LIMITS.max_options]
            )
        )
    return None


def _constraints(schema: Mapping[str, Any]) -> Constraints:
    pattern = None
    if isinstance(schema.get("pattern"), str):
        try:
            pattern = compile_pattern(schema["pattern"][: LIMITS.max_pattern])
        except PatternError:
            pattern = None  # the schema itself was refused, or its engine knows more
    return Constraints(
        minimum=decimal_of(schema.get("minimum")),
        maximum=decimal_of(schema.get("maximum")),
        min_length=decimal_of(schema.get("minLength")),
        max_length=decimal_of(schema.get("maxLength")),
        pattern=pattern,
    )


def _referred(root: Mapping[str, Any], schema: Any) -> Any:
    """The schema itself, or what it refers to; bounded, because a schema that refers to itself was refused."""
    for _ in range(LIMITS.max_depth):
        if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
            return schema
        schema = {**_object(resolve(root, schema["$ref"])), **{k: v for k, v in schema.items() if k != "$ref"}}
    return None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


# --- checking ------------------------------------------------------------------------------------------------


def check(form: Form, variables: Mapping[str, Any], existing: Mapping[str, Any]) -> Outcome:
    """Defaults and readonly properties as in other forms; then the schema decides, then texts become typed values."""
    schema: Schema = form.schema
    given = {name: paths.copy(value) for name, value in variables.items()}
    try:
        _restore_readonly(form, given, existing)
        _set_defaults(form, given, existing)
        known = {name: existing[name] for name in schema.names if name in existing}
        nodes = _Nodes()
        instance = {name: nodes.plain(value) for name, value in {**known, **given}.items()}
        if nodes.count * schema.size > LIMITS.max_schema_work:
            raise Wrong("rows", "Expected less data for a schema of this size")
    except Wrong as wrong:
        return Outcome(errors=(FieldError(field="variables", message=wrong.message, rule=wrong.rule),))
    except TooManySpots as error:
        (way,) = error.args
        message = "Expected fewer rows than were sent"
        return Outcome(errors=(FieldError(field=paths.written(way), message=message, rule="rows"),))
    found = tuple(_errors(schema, instance))
    if found:
        return Outcome(errors=found)
    return Outcome(_converted(form, given))


def _restore_readonly(form: Form, given: dict[str, Any], existing: Mapping[str, Any]) -> None:
    for spot in list(spots(form, lambda way: paths.find(given, way))):
        if spot.field.readonly is not True or paths.find(given, spot.way) is MISSING:
            continue
        before = paths.find(existing, spot.way)
        if before is MISSING or len(spot.way) == 1:
            paths.remove(given, spot.way)
        else:
            paths.put(given, spot.way, before)


def _set_defaults(form: Form, given: dict[str, Any], existing: Mapping[str, Any]) -> None:
    """At the top only: deeper ones would make objects that nobody sent."""
    for part in form.parts:
        if isinstance(part, Field) and part.default is not None:
            name = part.path[0]
            if name not in given and name not in existing:
                given[name] = paths.copy(part.default)


class _Nodes:
    """Values as JSON has them, counted."""

    def __init__(self) -> None:
        self.count = 0

    def plain(self, value: Any) -> Any:
        """Raises `Wrong` for a number beyond what the validator should work on."""
        self.count += 1
        match value:
            case dict():
                return {key: self.plain(item) for key, item in value.items()}
            case list():
                return [self.plain(item) for item in value]
            case bool() | None | str() | float() | Decimal():
                return value
            case int():
                if value.bit_length() > _LARGEST_INTEGER_BITS:
                    raise Wrong("type", f"Expected smaller whole numbers, found {described(value)}")
                return value
            case date() | time() | datetime():
                return value.isoformat()
            case timedelta() | YearsMonthsDuration():
                return encode(value)[1]
            case FileValue():
                return value.name
            case _:
                return None


def _errors(schema: Schema, instance: dict[str, Any]) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for error in schema.validator.iter_errors(instance):
        rule = error.kind.name
        for field, message in _told(error):
            if (field, rule) not in seen:
                seen.add((field, rule))
                yield FieldError(field=field, message=message, rule=rule)
            if len(seen) >= MAX_ERRORS:
                return


def _told(error: Any) -> Iterator[tuple[str, str]]:
    """One error of the validator as fields with sentences in our words."""
    way, kind = tuple(error.instance_path), error.kind
    match kind.name:
        case "required":
            yield paths.written((*way, str(kind.property))), "Expected a value, found nothing"
        case "additionalProperties" | "unevaluatedProperties":
            for name in kind.unexpected:
                yield paths.written((*way, str(name))), "Expected no such member"
        case name:
            say = _SENTENCES.get(name)
            found = described(_typed(error.instance))
            message = f"Expected {say(kind)}, found {found}" if say else _first_line(error)
            yield paths.written(way) or "variables", message


def _typed(value: Any) -> Any:
    return value if isinstance(value, str | bool | int | float | list | dict | Decimal) else None


_SENTENCES: Mapping[str, Callable[[Any], str]] = {
    "type": lambda kind: " or ".join(f"a value of type {name}" for name in kind.types),
    "enum": lambda kind: f"one of {str(kind.options)[:200]}",
    "const": lambda kind: f"{str(kind.expected_value)[:100]}",
    "minimum": lambda kind: f"a number of at least {kind.limit}",
    "maximum": lambda kind: f"a number of at most {kind.limit}",
    "exclusiveMinimum": lambda kind: f"a number greater than {kind.limit}",
    "exclusiveMaximum": lambda kind: f"a number less than {kind.limit}",
    "multipleOf": lambda kind: f"a multiple of {kind.multiple_of}",
    "minLength": lambda kind: f"at least {kind.limit} characters",
    "maxLength": lambda kind: f"at most {kind.limit} characters",
    "minItems": lambda kind: f"at least {kind.limit} items",
    "maxItems": lambda kind: f"at most {kind.limit} items",
    "pattern": lambda kind: f"a text that matches {str(kind.pattern)[:120]}",
    "format": lambda kind: f"a text in the format '{kind.format}'",
    "uniqueItems": lambda kind: "every item once",
}


def _converted(form: Form, given: dict[str, Any]) -> dict[str, Any]:
    """Dates and times as such, doubles as decimals; what does not convert was not forbidden and stays."""
    for spot in list(spots(form, lambda way: paths.find(given, way))):
        value = paths.find(given, spot.way)
        if value is MISSING:
            continue
        try:
            converted = convert(spot.field, _items(spot.field, value))
        except Wrong:
            continue
        if converted is not value:
            paths.put(given, spot.way, converted)
    return given


def _items(field: Field, value: Any) -> Any:
    """A list of simple values with each of them converted. Raises `Wrong`."""
    if field.item is None or not isinstance(value, list):
        return value
    each = replace(field, type=field.item, item=None)
    return [convert(each, item) for item in value]
