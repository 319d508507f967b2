"""Connectors: the mappings of Camunda 7's, the FEEL of Camunda 8's, and where they cannot be."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.dialects import connectors
from baton.bpm.definition.dialects.vocabulary import Job, refused
from baton.bpm.definition.elements import Connector, DataMapping, Expression, Language
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.mappings import check_mappings, source_of
from baton.bpm.definition.xml import Element

MISPLACED = refused(
    "cannot be run here: a connector belongs to a service, send or business rule task",
    "Draw a service task with the connector, before or instead of the element.",
)


def is_misplaced_connector(extension: Element, element: Element, context: Context) -> bool:
    """True for a Camunda 7 connector that is at no task, or that does not say which one it is."""
    if "connector" not in context.dialect.elements or xml.local_name(extension) != "connector":
        return False
    if extension.tag not in {f"{{{namespace}}}connector" for namespace in context.dialect.namespaces}:
        return False
    return xml.local_name(element) not in connectors.TASKS or not connectors.connector_id(extension)


def read_connector(task: Element, context: Context) -> Connector | None:
    """Its mappings, checked; None if the task has no connector."""
    given, taken = context.dialect.connector_parameters(task)
    if not given and not taken:
        return None
    inputs = tuple(DataMapping(name, source_of(value, name, task, context)) for name, value in given)
    outputs = tuple(DataMapping(name, source_of(value, name, task, context)) for name, value in taken)
    check_mappings((*inputs, *outputs), task, context)
    return Connector(inputs, outputs)


def check_http_json(job: Job, task: Element, context: Context) -> None:
    """Record an error for FEEL in the headers of an HTTP job that does not compile, a warning for each secret."""
    if job.type not in connectors.HTTP_JSON_TYPES:
        return
    _warn_of_secrets(job, task, context)
    for header in connectors.EXPRESSION_HEADERS:
        text = job.headers.get(header, "").strip().removeprefix("=").strip()
        if text:
            context.check_text(Expression(text, Language.FEEL), f"{header} of the {called(task)}", xml.place(task))


def _warn_of_secrets(job: Job, task: Element, context: Context) -> None:
    sources = [xml.attribute(part, "source") for part in task.iter("{*}input")]
    for secret in dict.fromkeys(found for text in (*sources, *job.headers.values()) for found in _secrets(text)):
        context.warning(
            "connector-secret",
            f"The {called(task)} asks for the secret '{secret[:120]}', but this server keeps no secrets: "
            "it does not call with the bare words, the job becomes an incident.",
            "Give the value as a variable that BATON_SENSITIVE_VARIABLES names, or let a worker of the job's type "
            "call that knows the secret.",
            task,
        )


def _secrets(text: str) -> list[str]:
    return connectors.SECRET.findall(text)
