"""Expressions that are not conditions of sequence flows: loop conditions, cardinalities, data paths."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression, Language, Text
from baton.bpm.definition.reader.conditions import named_language
from baton.bpm.definition.reader.context import Context
from baton.bpm.definition.texts import marked_expression
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


def expression_of(body: str, named: Language | None, context: Context) -> Expression:
    """`body` in its language: the one named, else the marks', else the file's, else FEEL."""
    marked = marked_expression(body)
    language = named or context.expression_language
    if language is None:
        return marked or Expression(body, Language.FEEL)
    if language is Language.FEEL:
        return Expression(body.removeprefix("=").strip(), Language.FEEL)
    return Expression(body, Language.JUEL)
