"""A form for what has none: a field for each variable, by the kind of its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from baton.bpm.forms.filling import typed
from baton.bpm.forms.model import Field, FieldType, Form, FormKind, Option, Options
from baton.bpm.forms.show import ShownField

MOST_FIELDS = 100
YES_OR_NO = Options(fixed=(Option(True, "true"), Option(False, "false")))
_TYPES: Mapping[type, FieldType] = {
    str: FieldType.TEXT,
    bool: FieldType.CHOICE,
    int: FieldType.INTEGER,
    Decimal: FieldType.NUMBER,
    float: FieldType.NUMBER,
    date: FieldType.DATE,
    time: FieldType.TIME,
    datetime: FieldType.DATE_TIME,
    list: FieldType.LIST,
    dict: FieldType.OBJECT,
    type(None): FieldType.TEXT,
}


def of_variables(variables: Mapping[str, Any], *, leave_out: Iterable[str] = ()) -> Form:
    """At most `MOST_FIELDS`, by name. Lists and objects are typed as JSON; files are fields of type `ANY`."""
    hidden = frozenset(leave_out)
    names = sorted(name for name in variables if name and name not in hidden)[:MOST_FIELDS]
    return Form(id="", kind=FormKind.FIELDS, parts=tuple(_field(name, variables[name]) for name in names))


def changed(fields: Iterable[ShownField], texts: Mapping[str, list[str]]) -> dict[str, Any]:
    """The variables whose text is another than was shown; a value keeps its kind where the text allows it."""
    variables: dict[str, Any] = {}
    for field in fields:
        sent = texts.get(field.field)
        if sent is None or not field.has_input:
            continue
        value = typed(field, sent)
        if field.type is FieldType.CHOICE:
            same = value == field.value
        else:
            same = _line_ends(sent[-1]) == _line_ends(field.text)
        if not same:
            variables[field.field] = _as_before(value, field.value)
    return variables


def _field(name: str, value: Any) -> Field:
    kind = _TYPES.get(type(value), FieldType.ANY)
    component = "textarea" if type(value) is str and (len(value) > 80 or "\n" in value) else type(value).__name__
    return Field(
        path=(name,),
        type=kind,
        component=component,
        label=name,
        options=YES_OR_NO if kind is FieldType.CHOICE else None,
    )


def _as_before(value: Any, before: Any) -> Any:
    if value is None and isinstance(before, str):
        return ""
    if isinstance(before, datetime) and before.tzinfo is not None and isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return value


def _line_ends(text: str) -> str:
    """Browsers send every end of line as two characters."""
    return text.replace("\r\n", "\n")
