"""Events: a position (start, end, intermediate, boundary) and a cause (none, timer, terminate)."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.drawing import Refused
from baton.bpm.definition.elements import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
    TerminateEventDefinition,
)
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.extensions import check_extensions
from baton.bpm.definition.reader.forms import read_form_source
from baton.bpm.definition.reader.timers import read_timer
from baton.bpm.definition.reader.unsupported import refuse, refuse_event
from baton.bpm.definition.xml import Element

_TIMER = xml.tag("timerEventDefinition")
_TERMINATE = xml.tag("terminateEventDefinition")


def read_start_event(element: Element, context: Context, lane: str | None) -> StartEvent | Refused:
    """None or timer."""
    causes = _causes(element, context)
    if len(causes) > 1:
        return _refuse_several(element, context, lane)
    form = context.dialect.form(element) or None
    if not causes:
        return StartEvent(**context.common(element, lane), form=form, form_source=read_form_source(element, context))
    if causes[0].tag != _TIMER:
        return refuse_event(element, causes[0], context, lane)
    return StartEvent(**context.common(element, lane), event=read_timer(causes[0], element, context), form=form)


def read_end_event(element: Element, context: Context, lane: str | None) -> EndEvent | Refused:
    """None or terminate."""
    causes = _causes(element, context)
    if len(causes) > 1:
        return _refuse_several(element, context, lane)
    if not causes:
        return EndEvent(**context.common(element, lane))
    if causes[0].tag != _TERMINATE:
        return refuse_event(element, causes[0], context, lane)
    return EndEvent(**context.common(element, lane), event=TerminateEventDefinition())


def read_catch_event(element: Element, context: Context, lane: str | None) -> IntermediateCatchEvent | Refused:
    """Timer; without a cause only in guided mode."""
    causes = _causes(element, context)
    if len(causes) > 1:
        return _refuse_several(element, context, lane)
    if not causes:
        _without_cause(element, context)
        return IntermediateCatchEvent(**context.common(element, lane))
    if causes[0].tag != _TIMER:
        return refuse_event(element, causes[0], context, lane)
    return IntermediateCatchEvent(**context.common(element, lane), event=read_timer(causes[0], element, context))


def read_throw_event(element: Element, context: Context, lane: str | None) -> IntermediateThrowEvent | Refused:
    """None only."""
    causes = _causes(element, context)
    if len(causes) > 1:
        return _refuse_several(element, context, lane)
    if causes:
        return refuse_event(element, causes[0], context, lane)
    return IntermediateThrowEvent(**context.common(element, lane))


def read_boundary_event(element: Element, context: Context, lane: str | None) -> BoundaryEvent | Refused:
    """Timer, interrupting or not; without a cause only in guided mode."""
    causes = _causes(element, context)
    if len(causes) > 1:
        return _refuse_several(element, context, lane)
    timer = None
    if not causes:
        _without_cause(element, context)
    elif causes[0].tag != _TIMER:
        return refuse_event(element, causes[0], context, lane)
    else:
        timer = read_timer(causes[0], element, context)
    return BoundaryEvent(
        **context.common(element, lane),
        attached_to=xml.reference(xml.attribute(element, "attachedToRef")),
        interrupting=xml.flag(element, "cancelActivity", True),
        event=timer,
    )


def _causes(event: Element, context: Context) -> list[Element]:
    """Event definitions inside the event, and those at the file's root that it refers to."""
    causes: list[Element] = []
    for part in event.iterchildren():
        name = xml.local_name(part)
        if name == "eventDefinitionRef":
            causes.extend(_referred(part, event, context))
        elif name.endswith("EventDefinition") and part.tag == xml.tag(name):
            check_extensions(part, context, about=event)
            causes.append(part)
    return causes


def _referred(part: Element, event: Element, context: Context) -> list[Element]:
    definition = context.roots.get(xml.reference(xml.text(part)))
    if definition is not None:
        return [definition]
    context.error(
        "event-definition-reference",
        f"The {called(event)} refers to the event definition '{xml.text(part)[:80]}', which the file does not have.",
        "Set the event's type again in the modeler.",
        event,
    )
    return []


def _refuse_several(element: Element, context: Context, lane: str | None) -> Refused:
    return refuse(element, context, lane, kind=f"multiple {xml.words(element)}")


def _without_cause(element: Element, context: Context) -> None:
    if context.guided:
        context.note_once(
            "event-without-cause",
            xml.local_name(element),
            f"The {called(element)} does not say what it waits for: a person continues.",
            "Nothing has to be done if a person shall continue; else set the event's type, for example timer.",
            element,
        )
        return
    context.error(
        "event-without-cause",
        f"The {called(element)} does not say what it waits for.",
        "Set the event's type, for example timer.",
        element,
    )
