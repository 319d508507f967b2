"""Inputs made of a form's fields, by `parts/inputs.html`: what was typed into them, and what is wrong with it."""

from __future__ import annotations

from flask import request

from baton.bpm import errors
from baton.bpm.forms import FieldType

PREFIX = "field:"
WITHOUT_INPUT = (FieldType.FILES, FieldType.OBJECT, FieldType.LIST, FieldType.ANY)


def given() -> dict[str, list[str]]:
    """What was typed, by the fields' paths; a field may be sent several times."""
    names = [name for name in request.form if name.startswith(PREFIX)]
    return {name.removeprefix(PREFIX): request.form.getlist(name) for name in names}


def wrong(refusal: errors.Rejection | None) -> dict[str, str]:
    """What is wrong with each field, by its path."""
    if not isinstance(refusal, errors.FormRefused):
        return {}
    return {each.field: each.message for each in refusal.fields}
