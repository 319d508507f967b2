"""When the job of a task ends with a BPMN error (`camunda:errorEventDefinition` of external tasks)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import ErrorMapping, Expression
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.texts import literal_or_expression
from baton.bpm.definition.xml import Element


def read_error_mappings(task: Element, context: Context) -> tuple[ErrorMapping, ...]:
    """In the file's order; one without an error or a condition is told and left out."""
    found: list[ErrorMapping] = []
    for words in context.dialect.error_mappings(task):
        error = context.roots.get(words.reference)
        condition = literal_or_expression(words.expression)
        if error is None or not isinstance(condition, Expression):
            lacks = "names no error of the file" if error is None else "has no expression"
            context.warning(
                "error-mapping",
                f"An error mapping of the {called(task)} {lacks}: it never throws.",
                "Choose the error and write an expression such as ${errorCode == 'no-stock'} in the task's properties.",
                task,
            )
            continue
        code = xml.attribute(error, "errorCode") or xml.attribute(error, "name") or xml.attribute(error, "id")
        mapping = ErrorMapping(condition, literal_or_expression(code), context.dialect.error_message(error))
        for what, text in (("condition", condition), ("error code", mapping.code), ("error message", mapping.message)):
            context.check_text(text, f"{what} of an error mapping of the {called(task)}", xml.place(task))
        found.append(mapping)
    return tuple(found)
