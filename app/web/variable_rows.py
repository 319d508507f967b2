"""Variables as people type them on pages: rows of name, type and value, made by `parts/variables.html`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import request

from baton.app import variable_texts
from baton.bpm import errors, values

FIELD = "variables"
TYPES = (
    "", "string", "integer", "decimal", "double", "boolean", "date", "time", "date-time", "duration", "list", "object",
)  # fmt: skip
"""The types that can be chosen; an empty one is read as it is written: JSON where it is JSON, text otherwise."""


class VariableRow(msgspec.Struct, frozen=True):
    """One row; `message` says what is wrong with it."""

    name: str
    type: str
    value: str
    message: str = ""


def sent() -> dict[str, Any]:
    """The variables of the form that was sent; rows without name and value are none. Raises `InvalidCommand`."""
    rows = [row for row in _rows() if row.name.strip() or row.value.strip()]
    return dict(variable_texts.typed(row.name, row.type, row.value, field=FIELD) for row in rows)


def again(refusal: errors.Rejection | None) -> list[VariableRow]:
    """The rows of a form that was refused, as they were typed, what is wrong beside the row that it is about."""
    if refusal is None:
        return []
    told = [
        msgspec.structs.replace(row, message=refusal.message) if _is_about(refusal.field or "", row) else row
        for row in _rows()
    ]
    return [row for row in told if row.name or row.value]


def of(variables: Mapping[str, Any]) -> list[VariableRow]:
    """Rows that hold these typed values."""
    return [VariableRow(name, type_of(value), written(value)) for name, value in variables.items()]


def type_of(value: Any) -> str:
    """Its type as it can be chosen, empty for one that cannot."""
    found = values.type_of(value)
    return found if found in TYPES else ""


def written(value: Any) -> str:
    """The value as it is typed into the row of its type: see `variable_texts.typed`."""
    if isinstance(value, str):
        return value
    told = values.to_json(value)
    if isinstance(told, dict) and told.keys() == {"type", "value"} and type_of(value):
        told = told["value"]
    return told if isinstance(told, str) else msgspec.json.encode(told).decode()


def _rows() -> list[VariableRow]:
    columns = (request.form.getlist(f"{FIELD}:{column}") for column in ("name", "type", "value"))
    return [VariableRow(*row) for row in zip(*columns, strict=False)]


def _is_about(field: str, row: VariableRow) -> bool:
    """Whether the field of a refusal is the row's variable or a part of it; a value without a name is of none."""
    name = row.name.strip()
    if not name:
        return field == FIELD and bool(row.value.strip())
    about = f"{FIELD}.{name}"
    return field == about or field.startswith((f"{about}.", f"{about}["))
