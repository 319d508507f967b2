"""Messages: their names, and the correlation keys that say for which instance one is (BPMN 2.0.2, 8.4.2)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression, Language, Text
from baton.bpm.definition.event_definitions import InProcess, JobDefinition, MessageEventDefinition
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.continuations import check_priority, check_retries
from baton.bpm.definition.reader.in_process import read_in_process, tell_foreign
from baton.bpm.definition.reader.languages import expression_of
from baton.bpm.definition.texts import literal_or_expression, shown
from baton.bpm.definition.xml import Element


def read_message(
    definition: Element, event: Element, context: Context, *, throws: bool
) -> MessageEventDefinition | None:
    """The message of an event definition, a receive or a send task (`definition` has the `messageRef`).

    None only in guided mode, or where an error was recorded.
    """
    job, in_process = _work(definition, event, context) if throws else (None, None)
    message = context.roots.get(message_reference(definition, context))
    name = "" if message is None else xml.attribute(message, "name") or xml.attribute(message, "id")
    flows = () if throws else context.message_flows_to(event)
    if not name and not flows and job is None and in_process is None:
        _undefined(definition, event, context, throws=throws)
        return None
    text = literal_or_expression(name)
    key = _correlation_key(message, event, context, throws=throws) if message is not None else None
    for words, value in (("message name", text), ("correlation key", key)):
        context.check_text(value, f"{words} of the {called(event)}", xml.place(event))
    return MessageEventDefinition(text, key, flows, job, in_process)


def message_reference(definition: Element, context: Context) -> str:
    """The id of the message, said directly or by the operation that takes it; empty if there is none."""
    direct = xml.reference(xml.attribute(definition, "messageRef"))
    if direct:
        return direct
    named = xml.attribute(definition, "operationRef") or xml.text(xml.child(definition, "operationRef"))
    operation = context.operations.get(xml.reference(named))
    return "" if operation is None else xml.reference(xml.text(xml.child(operation, "inMessageRef")))


def _work(definition: Element, event: Element, context: Context) -> tuple[JobDefinition | None, InProcess | None]:
    """What sends it instead of the engine: Camunda 7 says so at the definition, Camunda 8 at the event."""
    job = context.dialect.job(definition) or context.dialect.job(event)
    if job is None:
        return None, None
    in_process = read_in_process(job, event, context)
    if in_process is not None and not in_process.bean:
        return None, in_process
    if in_process is None:
        tell_foreign(job, event, context)
    context.check_text(job.type, f"job type of the {called(event)}", xml.place(event))
    check_retries(job.unread_retry_cycle, job.retry_cycle, event, context)
    check_priority(job.priority, event, context)
    definition = JobDefinition(job.type, job.retries, job.retry_pauses, job.headers, job.retry_cycle, job.priority)
    return definition, in_process


def _correlation_key(message: Element, event: Element, context: Context, *, throws: bool) -> Text | None:
    """The vendor's word; else the standard's correlation properties, of which one is the key, several are a list."""
    vendor = context.dialect.correlation_key(message)
    if vendor is not None:
        return vendor
    paths = _sent(message, context) if throws else _subscribed(message, event, context)
    if not paths:
        return None
    expressions = [expression_of(path, None, context) for path in paths]
    if len(expressions) == 1:
        return expressions[0]
    return Expression(f"[{', '.join(expression.text for expression in expressions)}]", Language.FEEL)


def _sent(message: Element, context: Context) -> list[str]:
    """`messagePath` of each correlation property that knows the message."""
    return [path for property_ in context.properties if (path := _path(property_, message))]


def _path(property_: Element, message: Element) -> str:
    for retrieval in xml.children(property_, "correlationPropertyRetrievalExpression"):
        if xml.reference(xml.attribute(retrieval, "messageRef")) == xml.attribute(message, "id"):
            return xml.text(xml.child(retrieval, "messagePath"))
    return ""


def _subscribed(message: Element, event: Element, context: Context) -> list[str]:
    """`dataPath` of the process's correlation subscription for each property that knows the message."""
    known = {
        xml.attribute(property_, "id"): order
        for order, property_ in enumerate(context.properties)
        if _path(property_, message)
    }
    process = next(event.iterancestors(xml.tag("process")), None)
    paths: list[tuple[int, str]] = []
    for subscription in xml.children(process, "correlationSubscription") if process is not None else ():
        for binding in xml.children(subscription, "correlationPropertyBinding"):
            order = known.get(xml.reference(xml.attribute(binding, "correlationPropertyRef")))
            path = xml.text(xml.child(binding, "dataPath"))
            if order is not None and path:
                paths.append((order, path))
    return [path for _, path in sorted(paths)]


def _undefined(definition: Element, event: Element, context: Context, *, throws: bool) -> None:
    if context.guided:
        if not throws:
            context.note_once(
                "message-definition",
                "message-without-definition",
                f"The {called(event)} does not say which message it waits for: a person continues.",
                "Nothing has to be done if a person shall continue; else choose the message in the modeler.",
                event,
            )
        return
    reference = message_reference(definition, context)
    if not reference and _is_told_by_hand(event, context):
        context.warning(
            "message-definition",
            f"The {called(event)} does not say which message it waits for: somebody has to continue it.",
            "Complete its to-do, on the page or over the API; or choose the message in the element's properties.",
            event,
        )
        return
    context.error(
        "message-definition",
        f"The {called(event)} {unknown('message', reference)}.",
        "Choose or create the message in the element's properties.",
        event,
    )


def _is_told_by_hand(event: Element, context: Context) -> bool:
    """Camunda 7 lets a receive task wait without a message, until somebody tells it to go on."""
    is_task = xml.local_name(event) == "receiveTask" and not xml.flag(event, "instantiate", False)
    return is_task and not context.dialect.receive_tasks_name_messages


def unknown(what: str, reference: str) -> str:
    """Why it is not known which message or signal is meant, as the end of a sentence."""
    if not reference:
        return f"does not say which {what} it means"
    return f"names the {what} {shown(reference)}, which the file does not declare"
