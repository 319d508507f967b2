"""What every event may carry besides its definition: variables of its own, and what it gives to the scope."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import DataMapping
from baton.bpm.definition.reader.context import Common, Context, called
from baton.bpm.definition.reader.mappings import check_mappings, read_parameters
from baton.bpm.definition.xml import Element

_THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
_LATE = frozenset({"startEvent", "boundaryEvent"})


class EventFields(Common):
    """The fields every event has."""

    inputs: tuple[DataMapping, ...]
    outputs: tuple[DataMapping, ...]
    only_mapped_out: bool


def event_fields(element: Element, context: Context, lane: str | None) -> EventFields:
    """The fields of `element` as keyword arguments."""
    vendor = context.dialect.mappings(element)
    given, taken = read_parameters(element, context)
    inputs = (*_fields_of_definitions(element, context), *given, *vendor.inputs)
    outputs = (*taken, *vendor.outputs)
    if inputs and xml.local_name(element) in _LATE:
        context.warning(
            "vendor-extension",
            f"The input parameters of the {called(element)} are not used: it has no work that could read them.",
            "Map what comes in by output parameters, or in the step behind the event.",
            element,
        )
        inputs = ()
    check_mappings((*inputs, *outputs), element, context)
    return EventFields(
        **context.common(element, lane), inputs=inputs, outputs=outputs, only_mapped_out=vendor.only_mapped_out
    )


def tell_unused_mappings(element: Element, context: Context) -> None:
    """Gateways have no variables of their own."""
    mappings = context.dialect.mappings(element)
    if mappings.inputs or mappings.outputs or any(context.dialect.parameters(element)):
        context.warning(
            "vendor-extension",
            f"The parameters of the {called(element)} are not used: a gateway has no variables of its own.",
            "Map the variables in a task or event before or behind it.",
            element,
        )


def _fields_of_definitions(element: Element, context: Context) -> tuple[DataMapping, ...]:
    """Field injection of what sends the message."""
    if xml.local_name(element) not in _THROWING:
        return ()
    definitions = (part for part in element.iterchildren() if xml.local_name(part).endswith("EventDefinition"))
    return tuple(field for definition in definitions for field in context.dialect.fields(definition))
