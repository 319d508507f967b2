"""Gateways. `gatewayDirection` is not read: flows say it, and any mix of split and join runs."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import ExclusiveGateway, InclusiveGateway, ParallelGateway
from baton.bpm.definition.reader.context import Context
from baton.bpm.definition.xml import Element


def read_exclusive_gateway(element: Element, context: Context, lane: str | None) -> ExclusiveGateway:
    """With its default flow."""
    return ExclusiveGateway(**context.common(element, lane), default=default_flow(element))


def read_inclusive_gateway(element: Element, context: Context, lane: str | None) -> InclusiveGateway:
    """With its default flow."""
    return InclusiveGateway(**context.common(element, lane), default=default_flow(element))


def read_parallel_gateway(element: Element, context: Context, lane: str | None) -> ParallelGateway:
    """Nothing but itself."""
    return ParallelGateway(**context.common(element, lane))


def default_flow(element: Element) -> str | None:
    """The id of the default flow of a gateway or activity."""
    return xml.reference(xml.attribute(element, "default")) or None
