"""Where a run is divided at a flow node; retries and priorities of jobs, judged where they are written."""

from __future__ import annotations

import re
from dataclasses import replace

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Expression, FlowNode, Text
from baton.bpm.definition.event_definitions import EventDefinition, MultipleEventDefinition, TimerEventDefinition
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element

_WHOLE = re.compile(r"[+-]?\d{1,9}")


def with_continuations(node: FlowNode, element: Element, context: Context) -> FlowNode:
    """The node with its continuations, and the rules of the jobs that Baton does itself at it, if it has such."""
    continuations = context.dialect.continuations(element)
    if not continuations.any and not _waits_for_time(getattr(node, "event", None)):
        return node
    rules = context.dialect.job_rules(element)
    check_retries(context.dialect.retry_words(element).unread, rules.retry_cycle, element, context)
    check_priority(rules.priority, element, context)
    return replace(
        node,
        continuations=continuations if continuations.any else None,
        job_rules=rules if rules.retries_are_given or rules.priority is not None else None,
    )


def _waits_for_time(event: EventDefinition | None) -> bool:
    parts = event.parts if isinstance(event, MultipleEventDefinition) else (event,)
    return any(isinstance(part, TimerEventDefinition) for part in parts)


def check_retries(unread: str, cycle: Expression | None, element: Element, context: Context) -> None:
    """Tell of a retry cycle that is not read, or whose expression does not compile."""
    context.check_text(cycle, f"retry cycle of the {called(element)}", xml.place(element))
    if unread:
        context.warning(
            "vendor-extension",
            f"The retry cycle {shown(unread)} of the {called(element)} is not read as pauses: "
            "the server's own back-off holds.",
            "Write it as R3/PT5M (three tries, five minutes apart) or as a list of pauses such as PT1M,PT5M.",
            element,
        )


def check_priority(priority: Text | None, element: Element, context: Context) -> None:
    """An expression must compile, a literal be a whole number."""
    context.check_text(priority, f"job priority of the {called(element)}", xml.place(element))
    if isinstance(priority, str) and not _WHOLE.fullmatch(priority.strip()):
        context.error(
            "job-priority",
            f"The job priority {shown(priority)} of the {called(element)} is not a whole number of at most 9 digits.",
            "Write a whole number such as 50, or an expression that yields one. Higher ones come first.",
            element,
        )
