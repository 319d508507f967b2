"""Events by their position: start, end, intermediate, boundary. What they are about: `event_definitions`."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from baton.bpm.definition.event_definitions import CompensateEventDefinition
from baton.bpm.definition.reader.context import Context
from baton.bpm.definition.reader.event_definitions import Position, read_event, with_flows
from baton.bpm.definition.reader.event_fields import event_fields
from baton.bpm.definition.reader.forms import read_form_source
from baton.bpm.definition.xml import Element


def read_start_event(element: Element, context: Context, lane: str | None) -> StartEvent:
    """Of a process, a sub-process or an event sub-process."""
    return StartEvent(
        **event_fields(element, context, lane),
        event=with_flows(read_event(element, _start_position(element), context), context.message_flows_to(element)),
        interrupting=xml.flag(element, "isInterrupting", True),
        initiator=context.dialect.initiator(element),
        form=context.dialect.form(element) or None,
        form_source=read_form_source(element, context),
    )


def read_end_event(element: Element, context: Context, lane: str | None) -> EndEvent:
    """None, or whatever it throws."""
    return EndEvent(**event_fields(element, context, lane), event=read_event(element, Position.END, context))


def read_catch_event(element: Element, context: Context, lane: str | None) -> IntermediateCatchEvent:
    """Without a cause only in guided mode."""
    event = with_flows(read_event(element, Position.CATCH, context), context.message_flows_to(element))
    return IntermediateCatchEvent(**event_fields(element, context, lane), event=event)


def read_throw_event(element: Element, context: Context, lane: str | None) -> IntermediateThrowEvent:
    """None, or whatever it throws."""
    return IntermediateThrowEvent(
        **event_fields(element, context, lane), event=read_event(element, Position.THROW, context)
    )


def read_boundary_event(element: Element, context: Context, lane: str | None) -> BoundaryEvent:
    """Interrupting or not; without a cause only in guided mode."""
    event = with_flows(read_event(element, Position.BOUNDARY, context), context.message_flows_to(element))
    id_ = xml.attribute(element, "id")
    return BoundaryEvent(
        **event_fields(element, context, lane),
        attached_to=xml.reference(xml.attribute(element, "attachedToRef")),
        interrupting=xml.flag(element, "cancelActivity", True),
        event=event,
        handler=context.handlers.get(id_) if isinstance(event, CompensateEventDefinition) else None,
    )


def _start_position(element: Element) -> Position:
    parent = element.getparent()
    if parent is None or xml.local_name(parent) == "process":
        return Position.START
    if xml.flag(parent, "triggeredByEvent", False):
        return Position.EVENT_SUB_PROCESS_START
    return Position.INNER_START
