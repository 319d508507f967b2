"""Conditions of sequence flows: which language a text is written in."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression, Language
from baton.bpm.definition.reader.context import Context, called, syntax_fix
from baton.bpm.definition.reader.extensions import check_extensions, says_refused_work
from baton.bpm.definition.reader.languages import expression_of, named_language
from baton.bpm.definition.texts import marked_expression, shown
from baton.bpm.definition.xml import Element

_DEFAULTS_OF_TOOLS = ("xpath", "unspecified")


def read_condition(flow: Element, context: Context) -> Expression | None:
    """The flow's condition, None if it has none; where an error was recorded, it stands there as written."""
    element = xml.child(flow, "conditionExpression")
    if element is None:
        return None
    check_extensions(element, context, about=flow)
    body = xml.text(element)
    language = xml.attribute(element, "language")
    if _is_script(language):
        context.error(
            "unsupported-condition-language",
            f"The condition of the {called(flow)} is a script in {shown(language)}, which cannot be run.",
            "Write the condition as an expression: ${amount > 100} (JUEL), =amount > 100 (FEEL), or in javascript.",
            flow,
        )
        return _as_written(body)
    if says_refused_work(element, context):
        return _as_written(body)
    if not body:
        return None
    return _compiled(flow, expression_of(body, named_language(language), context), body, context)


def _is_script(language: str) -> bool:
    """Tools write XPath, BPMN's default, whatever the author typed: it says nothing."""
    if not language or named_language(language) is not None:
        return False
    return not any(default in language.lower() for default in _DEFAULTS_OF_TOOLS)


def _compiled(flow: Element, expression: Expression, body: str, context: Context) -> Expression | None:
    reason = context.syntax_error(expression)
    if reason is None:
        return expression
    if context.guided and marked_expression(body) is None and expression.language is not Language.JAVASCRIPT:
        context.warning(
            "expression-syntax",
            f"The condition of the {called(flow)} is read as a remark, because {reason}",
            "Nothing has to be done if people shall decide; else write an expression such as =amount > 100.",
            flow,
        )
        return None
    context.error(
        "expression-syntax", f"The condition of the {called(flow)} {reason}", syntax_fix(expression.language), flow
    )
    return expression


def _as_written(body: str) -> Expression:
    """Never run, since the file is refused: it keeps the rules from saying that there is no condition."""
    return Expression(body, Language.FEEL)
