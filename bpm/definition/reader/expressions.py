"""Expressions that are not conditions of sequence flows: loop conditions, cardinalities, data paths."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression, Text
from baton.bpm.definition.reader.context import Context
from baton.bpm.definition.reader.languages import expression_of, named_language
from baton.bpm.definition.xml import Element

_NUMBER = frozenset("0123456789")


def read_condition_of(element: Element | None, what: str, about: Element, context: Context) -> Expression | None:
    """The expression in `element`, which stands for a truth; None if it is empty. `what` completes "The ..."."""
    body = xml.text(element)
    if element is None or not body:
        return None
    expression = expression_of(body, named_language(xml.attribute(element, "language")), context)
    context.check_text(expression, what, xml.place(about))
    return expression


def read_number_of(element: Element | None, what: str, about: Element, context: Context) -> Text | None:
    """A whole number, or an expression that yields one."""
    body = xml.text(element)
    if not body or set(body) <= _NUMBER:
        return body or None
    return read_condition_of(element, what, about, context)
