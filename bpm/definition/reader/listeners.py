"""Listeners: what is called around flow nodes, user tasks and on sequence flows, in a vendor's words."""

from __future__ import annotations

from collections.abc import Collection

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.vocabulary import ListenerWords
from baton.bpm.definition.elements import Expression, Listener, ListenerEvent, Script
from baton.bpm.definition.event_definitions import JobDefinition
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.scripts import check_script, script_of
from baton.bpm.definition.reader.timers import read_timer
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element

_OF_A_TASK_ALONE = frozenset({ListenerEvent.UPDATE, ListenerEvent.DELETE, ListenerEvent.TIMEOUT})
_AROUND = frozenset(set(ListenerEvent) - {ListenerEvent.TAKE} - _OF_A_TASK_ALONE)
_ALLOWED: dict[str, frozenset[ListenerEvent]] = {
    "sequenceFlow": frozenset({ListenerEvent.TAKE}),
    "process": frozenset({ListenerEvent.START, ListenerEvent.END}),
    "userTask": _AROUND | _OF_A_TASK_ALONE,
}


def read_listeners(element: Element, context: Context) -> tuple[Listener, ...]:
    """In the file's order; what cannot be called is told."""
    allowed = _ALLOWED.get(xml.local_name(element), _AROUND)
    return tuple(
        listener
        for words in context.dialect.listeners(element)
        if (listener := _read(words, element, allowed, context)) is not None
    )


def _read(
    words: ListenerWords, element: Element, allowed: Collection[ListenerEvent], context: Context
) -> Listener | None:
    event = next((event for event in allowed if event == words.event), None)
    if event is None:
        known = ", ".join(sorted(allowed))
        context.warning(
            "listener",
            f"The listener of the {called(element)} for the event {shown(words.event)} is never called here.",
            f"Use one of the events {known}, or do its work in a task beside the element.",
            element,
        )
        return None
    what = f"{event} listener of the {called(element)}"
    work = _work(words, what, element, context)
    if work is None:
        return None
    if isinstance(work, JobDefinition) and event is ListenerEvent.TAKE:
        context.error(
            "listener",
            f"The {what} is work for a worker, and a token cannot wait on an arrow.",
            "Draw a service task instead, or write the listener as an expression or script.",
            element,
        )
        return None
    if isinstance(work, JobDefinition) and event in _OF_A_TASK_ALONE:
        context.warning(
            "listener",
            f"The {what} is work for a worker, for which nothing waits at that event: it is never called.",
            "Write the listener as an expression or script.",
            element,
        )
        return None
    if event is not ListenerEvent.TIMEOUT:
        return Listener(event, work)
    timer = None if words.timer is None else read_timer(words.timer, element, context)
    if timer is None:
        context.warning(
            "listener",
            f"The {what} does not say when time is up: it is never called.",
            "Give it a timer definition: a date, a duration or a cycle.",
            element,
        )
        return None
    return Listener(event, work, timer)


def _work(
    words: ListenerWords, what: str, element: Element, context: Context
) -> Expression | Script | JobDefinition | None:
    if words.script is not None:
        script = script_of(words.script, what, element, context)
        if script is not None:
            check_script(script, what, element, context)
        return script
    if isinstance(words.expression, Expression):
        context.check_text(words.expression, what, xml.place(element))
        return words.expression
    if words.job is None:
        context.error(
            "listener", f"The {what} does not say what it does.", "Give it an expression or a script.", element
        )
        return None
    if words.job.stands_for:
        context.warning(
            "foreign-implementation",
            f"The {what} names {words.job.stands_for}, which does not run here: "
            f"it becomes a job of the type '{words.job.type}'.",
            "Register a Python function or run a worker for that job type.",
            element,
        )
    context.check_text(words.job.type, f"job type of the {what}", xml.place(element))
    headers = {**words.job.headers, **_literal_fields(words, what, element, context)}
    return JobDefinition(words.job.type, words.job.retries, words.job.retry_pauses, headers)


def _literal_fields(words: ListenerWords, what: str, element: Element, context: Context) -> dict[str, str]:
    """Fields as headers of the job, which are texts."""
    if any(not isinstance(field.source, str) for field in words.fields):
        context.warning(
            "vendor-extension",
            f"Fields of the {what} that are expressions are not used: a listener's parameters are texts.",
            "Write the values as variables of the element (input parameters), or as plain texts.",
            element,
        )
    return {field.target: field.source for field in words.fields if isinstance(field.source, str)}
