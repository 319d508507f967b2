"""Work that the engine does itself by evaluating an expression, in a vendor's words (`camunda:expression`)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.vocabulary import Job
from baton.bpm.definition.event_definitions import InProcess
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element


def read_in_process(job: Job, element: Element, context: Context) -> InProcess | None:
    """The expression that does the work of `element`, checked; None if a worker does it."""
    if job.in_process is None:
        return None
    context.check_text(job.in_process.expression, f"expression of the {called(element)}", xml.place(element))
    if job.in_process.bean:
        context.warning(
            "foreign-implementation",
            f"The {called(element)} calls a method of {shown(job.in_process.bean)}: while that is neither a variable "
            f"nor a registered bean, it becomes a job of the type {shown(str(job.type))}.",
            "Register a bean of that name, or a Python function for that job type, with --handlers, or run a worker.",
            element,
        )
    return job.in_process


def tell_foreign(job: Job, element: Element, context: Context) -> None:
    """A Java class or bean is a job of that name; the author should know."""
    if not job.stands_for:
        return
    type_ = job.type if isinstance(job.type, str) else job.type.text
    context.warning(
        "foreign-implementation",
        f"The {called(element)} names {job.stands_for}, which does not run here: "
        f"it becomes a job of the type {shown(type_)}.",
        "Register a Python function or run a worker for that job type.",
        element,
    )
