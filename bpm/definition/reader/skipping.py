"""Expressions that leave out an activity's work while they hold (`skipExpression` of Flowable and Activiti)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element


def read_skip(activity: Element, context: Context) -> Expression | None:
    """The expression; one that is none is told and left out."""
    skip = context.dialect.skip(activity)
    if skip is None or isinstance(skip, Expression):
        context.check_text(skip, f"skip expression of the {called(activity)}", xml.place(activity))
        return skip
    context.warning(
        "vendor-extension",
        f"The skip expression {shown(skip)} of the {called(activity)} is no expression: the work is never left out.",
        "Write it as an expression such as ${isInternal}, or remove it.",
        activity,
    )
    return None


def refuse_skip_on_flow(flow: Element, context: Context) -> None:
    """A sequence flow cannot be skipped here."""
    if context.dialect.skip(flow) is not None:
        context.error(
            "unsupported-attribute",
            f"The skip expression of the {called(flow)} cannot be run: sequence flows are not skipped.",
            "Write its condition into the flow's own condition.",
            flow,
        )
