"""How a change is told."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.definition.xml import Element

_LONGEST = 255


def warning(rule: str, message: str, fix: str, element: Element | None = None) -> Problem:
    """A change that the author should know, at the element's place; None is the file as a whole."""
    if element is None:
        return Problem(rule=rule, severity=Severity.WARNING, message=message, fix=fix, line=1)
    place = xml.place(element)
    return Problem(
        rule=rule,
        severity=Severity.WARNING,
        message=message,
        fix=fix,
        element_id=(place.id or "")[:_LONGEST] or None,
        element_name=(place.name or "")[:_LONGEST] or None,
        line=place.line,
    )
