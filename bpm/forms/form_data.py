"""Form fields that a diagram holds itself (`camunda:formData`, `formProperty`) to the neutral form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from baton.bpm.definition.elements import Expression, FormField
from baton.bpm.definition.problems import Severity
from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.forms.conversion import decimal_of
from baton.bpm.forms.findings import Findings
from baton.bpm.forms.formulas import Formula
from baton.bpm.forms.limits import LIMITS
from baton.bpm.forms.model import Constraints, Field, FieldType, Form, FormKind, Number, Option, Options
from baton.bpm.forms.patterns import PatternError, compile_pattern

_TYPES = {
    "string": FieldType.TEXT,
    "long": FieldType.INTEGER,
    "integer": FieldType.INTEGER,
    "int": FieldType.INTEGER,
    "double": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "enum": FieldType.CHOICE,
}
_SWITCHES = ("required", "readonly")
_NUMBERS = ("min", "max", "minlength", "maxlength")
DATE_PATTERN = "dd/MM/yyyy"


def read(id_: str, fields: Sequence[FormField], findings: Findings) -> Form:
    """The form of the element `id_`; what is wrong goes to `findings`."""
    if len(fields) > LIMITS.max_components:
        findings.add(
            Severity.ERROR,
            "form-too-large",
            f"The form of '{id_}' has {len(fields)} fields; at most {LIMITS.max_components} are allowed.",
            "Split the form.",
            id=id_,
        )
        return Form(id=id_, kind=FormKind.FIELDS)
    return Form(
        id=id_,
        kind=FormKind.FIELDS,
        parts=tuple(_field(id_, field, findings) for field in fields if _has_id(id_, field, findings)),
    )


def _has_id(id_: str, field: FormField, findings: Findings) -> bool:
    if 1 <= len(field.id) <= 255:
        return True
    findings.add(
        Severity.ERROR,
        "form-key",
        f"A form field of '{id_}' in line {field.line} has no id of 1 to 255 characters.",
        "Give the field an id.",
        id=id_,
    )
    return False


def _field(element: str, field: FormField, findings: Findings) -> Field:
    """The id is a variable's name, dots and all."""
    given = dict(field.constraints)
    type_ = _TYPES.get(field.type)
    if type_ is None:
        _info(findings, element, field, f"its type '{field.type[:60]}' is not known here and is not checked")
        type_ = FieldType.ANY
    pattern = field.date_pattern or DATE_PATTERN
    if type_ is FieldType.DATE and any(letter in pattern for letter in "Hms"):
        type_ = FieldType.DATE_TIME
    options = tuple(Option(value, name) for value, name in field.options)
    return Field(
        path=(field.id,),
        type=type_,
        component=field.type,
        label=field.label,
        required=_switch(given, "required"),
        readonly=_switch(given, "readonly"),
        default=_default(field, type_),
        options=Options(fixed=options) if type_ is FieldType.CHOICE else None,
        constraints=_constraints(element, field, given, pattern, findings),
    )


def _switch(given: Mapping[str, str], name: str) -> bool:
    """`<constraint name="required"/>` is enough; `config="false"` turns it off."""
    return name in given and given[name].strip().lower() != "false"


def _default(field: FormField, type_: FieldType) -> Any:
    if isinstance(field.default, Expression):
        try:
            return Formula(field.default)
        except ExpressionSyntaxError:
            return None  # told of where the diagram is read
    if field.default is None:
        return None
    match type_:
        case FieldType.INTEGER | FieldType.NUMBER:
            return decimal_of(field.default)
        case FieldType.BOOLEAN:
            return field.default.strip().lower() == "true"
        case _:
            return field.default


def _constraints(
    element: str, field: FormField, given: Mapping[str, str], date_pattern: str, findings: Findings
) -> Constraints:
    for name in given:
        if name not in (*_SWITCHES, *_NUMBERS, "pattern"):
            _info(findings, element, field, f"the constraint '{name[:60]}' is not known here and is not checked")
    numbers: dict[str, Number | None] = {name: _number(element, field, given, name, findings) for name in _NUMBERS}
    pattern = None
    if given.get("pattern"):
        try:
            pattern = compile_pattern(given["pattern"][: LIMITS.max_pattern])
        except PatternError as error:
            _error(findings, element, field, f"{error}", "Correct the pattern.")
    return Constraints(
        minimum=numbers["min"],
        maximum=numbers["max"],
        min_length=numbers["minlength"],
        max_length=numbers["maxlength"],
        pattern=pattern,
        date_pattern=date_pattern,
    )


def _number(element: str, field: FormField, given: Mapping[str, str], name: str, findings: Findings) -> Number | None:
    if not given.get(name):
        return None
    number = decimal_of(given[name].strip())
    if number is None:
        _error(findings, element, field, f"'{name}' is not a number: '{given[name][:60]}'", "Correct the constraint.")
    return number


def _info(findings: Findings, element: str, field: FormField, what: str) -> None:
    findings.add(
        Severity.INFO,
        "form-component",
        f"The form field '{field.id[:120]}' of '{element}': {what}.",
        "Nothing has to be done; the field is taken as it is.",
        id=element,
    )


def _error(findings: Findings, element: str, field: FormField, what: str, fix: str) -> None:
    findings.add(
        Severity.ERROR, "form-component", f"The form field '{field.id[:120]}' of '{element}': {what}.", fix, id=element
    )
