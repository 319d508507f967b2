"""The form of a user task or start event: where it is, and whether its expressions can be read."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import FormSource
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.xml import Element


def read_form_source(element: Element, context: Context) -> FormSource | None:
    """None where the element has no form; broken default values are recorded as errors."""
    source = context.dialect.form_source(element)
    if source is None:
        return None
    for field in source.fields:
        what = f"default value of the form field '{field.id[:120]}' of the {called(element)}"
        context.check_text(field.default, what, xml.place(element))
    return source
