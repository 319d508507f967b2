"""What every activity may carry: default flow, loop, compensation mark, quantities, data."""

from __future__ import annotations

from typing import TypedDict

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.vocabulary import Mappings
from baton.bpm.definition.elements import DataMapping, Expression
from baton.bpm.definition.loops import LoopCharacteristics
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.data import read_data
from baton.bpm.definition.reader.gateways import default_flow
from baton.bpm.definition.reader.loops import read_loop
from baton.bpm.definition.reader.mappings import check_mappings, read_parameters
from baton.bpm.definition.reader.skipping import read_skip
from baton.bpm.definition.xml import Element

_MOST = 10_000


class ActivityFields(TypedDict):
    """The fields every activity has."""

    id: str
    name: str
    documentation: str
    lane: str | None
    line: int
    message_flows: tuple[str, ...]
    default: str | None
    loop: LoopCharacteristics | None
    for_compensation: bool
    start_quantity: int
    completion_quantity: int
    inputs: tuple[DataMapping, ...]
    outputs: tuple[DataMapping, ...]
    only_mapped_out: bool
    skip: Expression | None


def activity_fields(element: Element, context: Context, lane: str | None) -> ActivityFields:
    """The fields of `element` as keyword arguments."""
    inputs, outputs = read_data(element, context)
    vendor = Mappings()
    if xml.local_name(element) != "callActivity":  # there they cross between two processes
        vendor = context.dialect.mappings(element)
        inputs, outputs = _with_parameters(element, context, inputs, outputs)
        check_mappings((*vendor.inputs, *vendor.outputs), element, context)
    return ActivityFields(
        **context.common(element, lane),
        default=default_flow(element),
        loop=read_loop(element, context),
        for_compensation=xml.flag(element, "isForCompensation", False),
        start_quantity=_quantity(element, "startQuantity", context),
        completion_quantity=_quantity(element, "completionQuantity", context),
        inputs=(*inputs, *vendor.inputs),
        outputs=(*outputs, *vendor.outputs),
        only_mapped_out=vendor.only_mapped_out,
        skip=read_skip(element, context),
    )


def _with_parameters(
    element: Element, context: Context, inputs: tuple[DataMapping, ...], outputs: tuple[DataMapping, ...]
) -> tuple[tuple[DataMapping, ...], tuple[DataMapping, ...]]:
    """With a vendor's fields and parameters, checked."""
    given, more_out = read_parameters(element, context)
    more_in = (*context.dialect.fields(element), *given)
    check_mappings((*more_in, *more_out), element, context)
    return (*inputs, *more_in), (*outputs, *more_out)


def _quantity(element: Element, name: str, context: Context) -> int:
    text = xml.attribute(element, name) or "1"
    if text.isdecimal() and 1 <= int(text[:9]) <= _MOST and len(text) < 10:
        return int(text)
    context.error(
        "quantity",
        f"'{name}' of the {called(element)} must be a whole number from 1 to {_MOST}, found '{text[:40]}'.",
        "Write a whole number, or remove the attribute: then it is 1.",
        element,
    )
    return 1
