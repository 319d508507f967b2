"""Tasks."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.roles import read_roles
from baton.bpm.definition.elements import (
    AbstractTask,
    Assignment,
    Expression,
    Language,
    ManualTask,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    Text,
    UserTask,
)
from baton.bpm.definition.reader.connectors import check_http_json, read_connector
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.continuations import check_priority, check_retries
from baton.bpm.definition.reader.error_mappings import read_error_mappings
from baton.bpm.definition.reader.extensions import says_refused_work
from baton.bpm.definition.reader.forms import read_form_source
from baton.bpm.definition.reader.in_process import read_in_process, tell_foreign
from baton.bpm.definition.reader.marks import activity_fields
from baton.bpm.definition.reader.messages import message_reference, read_message
from baton.bpm.definition.reader.scripts import read_script
from baton.bpm.definition.texts import literal_or_expression, shown
from baton.bpm.definition.xml import Element


def read_abstract_task(element: Element, context: Context, lane: str | None) -> AbstractTask:
    """`bpmn:task`."""
    return AbstractTask(**activity_fields(element, context, lane))


def read_manual_task(element: Element, context: Context, lane: str | None) -> ManualTask:
    """`bpmn:manualTask`."""
    awaited = context.guided or context.dialect.manual_tasks_wait
    return ManualTask(**activity_fields(element, context, lane), awaited=awaited)


def read_user_task(element: Element, context: Context, lane: str | None) -> UserTask:
    """With assignment, dates, priority and form."""
    _note_performers(element, context)
    _check_roles(element, context)
    assignment = context.dialect.assignment(element, context.roots)
    form = context.dialect.form(element)
    label = _label(element, context)
    for words, text in (*_assignment_parts(assignment), ("form", literal_or_expression(form)), ("name", label)):
        context.check_text(text, f"{words} of the {called(element)}", xml.place(element))
    return UserTask(
        **activity_fields(element, context, lane),
        assignment=assignment,
        label=label,
        form=literal_or_expression(form) if form else None,
        form_source=read_form_source(element, context),
    )


def _label(element: Element, context: Context) -> Expression | None:
    """The name, where it is an expression."""
    name = xml.attribute(element, "name")
    marked = context.dialect.names_are_expressions and ("${" in name or "#{" in name)
    return Expression(name, Language.JUEL) if marked else None


def read_service_task(element: Element, context: Context, lane: str | None) -> ServiceTask:
    """A service, send or business rule task: a job for a worker; without one a to-do in guided mode."""
    job = context.dialect.job(element)
    if job is None:
        _check_implementation(element, context)
        return ServiceTask(**activity_fields(element, context, lane))
    in_process = read_in_process(job, element, context)
    if in_process is not None and not in_process.bean:
        return ServiceTask(**activity_fields(element, context, lane), in_process=in_process)
    if in_process is None:
        tell_foreign(job, element, context)
    if job.result_variable:
        context.warning(
            "vendor-extension",
            f"'resultVariable' of the {called(element)} is not used: a job gives back variables by their names.",
            f"Let the worker complete the job with the variable {shown(job.result_variable)}.",
            element,
        )
    check_retries(job.unread_retry_cycle, job.retry_cycle, element, context)
    check_priority(job.priority, element, context)
    for words, text in (("job type", job.type), ("number of retries", job.retries)):
        context.check_text(text, f"{words} of the {called(element)}", xml.place(element))
    check_http_json(job, element, context)
    return ServiceTask(
        **activity_fields(element, context, lane),
        job_type=job.type,
        retries=job.retries,
        retry_pauses=job.retry_pauses,
        headers=job.headers,
        retry_cycle=job.retry_cycle,
        priority=job.priority,
        in_process=in_process,
        errors=read_error_mappings(element, context),
        connector=read_connector(element, context),
    )


def read_script_task(element: Element, context: Context, lane: str | None) -> ScriptTask | ServiceTask:
    """A script, or a worker's job where the dialect gives script tasks to workers."""
    script = context.dialect.script(element)
    if script is None and context.dialect.job(element) is not None:
        return read_service_task(element, context, lane)
    return ScriptTask(**activity_fields(element, context, lane), script=read_script(element, context))


def read_send_task(element: Element, context: Context, lane: str | None) -> SendTask | ServiceTask:
    """Work for a worker, else a message that the engine sends."""
    if context.dialect.job(element) is None and message_reference(element, context):
        message = read_message(element, element, context, throws=True)
        if message is not None:
            return SendTask(**activity_fields(element, context, lane), message=message)
    return read_service_task(element, context, lane)


def read_receive_task(element: Element, context: Context, lane: str | None) -> ReceiveTask:
    """`message` is None only in guided mode, where the dialect lets it wait without, or where an error was recorded."""
    return ReceiveTask(
        **activity_fields(element, context, lane),
        message=read_message(element, element, context, throws=False),
        instantiate=xml.flag(element, "instantiate", False),
    )


def _note_performers(element: Element, context: Context) -> None:
    for name in ("performer", "resourceRole"):
        if xml.child(element, name) is not None:
            context.note_once(
                "performer",
                name,
                f"The {name} of the {called(element)} is documentation: it assigns nobody.",
                "Set an assignee or candidate groups if the task shall be somebody's.",
                element,
            )


def _check_roles(element: Element, context: Context) -> None:
    for name in read_roles(element, context.roots).unread:
        context.warning(
            "role-unreadable",
            f"The {name} of the {called(element)} cannot be read wholly: who may do the task is not as it says.",
            "Write its expression as user(kim), group(sales), or as one expression.",
            element,
        )


def _assignment_parts(assignment: Assignment) -> tuple[tuple[str, Text | None], ...]:
    return (
        ("assignee", assignment.assignee),
        ("candidate users", assignment.candidate_users),
        ("candidate groups", assignment.candidate_groups),
        ("due date", assignment.due_date),
        ("follow-up date", assignment.follow_up_date),
        ("priority", assignment.priority),
    )


def _check_implementation(element: Element, context: Context) -> None:
    unsupported = context.dialect.unsupported_work(element)
    if unsupported is not None:
        report = context.warning if context.guided else context.error
        consequence = ": it is a to-do for a person" if context.guided else ""
        report(
            "unsupported-attribute",
            f"The {called(element)} has {unsupported.words}{consequence}.",
            unsupported.fix,
            element,
        )
        return
    if context.guided or says_refused_work(element, context):
        return
    context.error(
        "implementation-required",
        f"The {called(element)} does not say what does its work.",
        "Give it a job type (Camunda 8) or an external topic (Camunda 7), or draw a user task.",
        element,
    )
