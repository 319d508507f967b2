"""Inputs made of a form's fields, by `parts/inputs.html`: what was typed into them, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import request

from baton.bpm import errors, values
from baton.bpm.forms import FieldType
from baton.bpm.values.json_depth import nests_deeper

PREFIX = "field:"
DATA = "data"
"""The field that the island of form-js fills with JSON."""
WITHOUT_INPUT = (FieldType.FILES, FieldType.OBJECT, FieldType.LIST, FieldType.ANY)


def given() -> dict[str, list[str]]:
    """What was typed, by the fields' paths; a field may be sent several times."""
    names = [name for name in request.form if name.startswith(PREFIX)]
    return {name.removeprefix(PREFIX): request.form.getlist(name) for name in names}


def by_island() -> dict[str, Any] | None:
    """What the island sent, None if it was not there. Raises `InvalidCommand`."""
    text = request.form.get(DATA, "")
    if not text:
        return None
    try:
        if nests_deeper(text.encode(errors="replace"), values.DEFAULT_LIMITS.max_depth):
            raise ValueError
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise errors.InvalidCommand(
            f"Expected the form's data to be a JSON object, at most {values.DEFAULT_LIMITS.max_depth} levels deep.",
            field=DATA,
        ) from None


def wrong(refusal: errors.Rejection | None) -> dict[str, str]:
    """What is wrong with each field, by its path."""
    if not isinstance(refusal, errors.FormRefused):
        return {}
    return {each.field: each.message for each in refusal.fields}
