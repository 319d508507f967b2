"""Gateways. `gatewayDirection` is not read: flows say it, and any mix of split and join runs."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.elements import (
    ComplexGateway,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.expressions import read_condition_of
from baton.bpm.definition.xml import Element


def read_exclusive_gateway(element: Element, context: Context, lane: str | None) -> ExclusiveGateway:
    """With its default flow."""
    default = default_flow(element) or _lone_flow(element, context)
    return ExclusiveGateway(**context.common(element, lane), default=default)


def _lone_flow(element: Element, context: Context) -> str | None:
    if context.guided or not context.dialect.lone_flow_is_default:
        return None
    flows = context.flows_of(element, "sourceRef")
    bare = [flow for flow in flows if xml.child(flow, "conditionExpression") is None]
    if len(flows) == len(bare) or len(bare) != 1:
        return None
    id_ = xml.attribute(bare[0], "id")
    context.warning(
        "conditional-flows",
        f"The sequence flow '{id_[:80]}' out of the {called(element)} has no condition: it is the default flow.",
        "Mark it as the default flow, or write a condition on it.",
        bare[0],
    )
    return id_


def read_inclusive_gateway(element: Element, context: Context, lane: str | None) -> InclusiveGateway:
    """With its default flow."""
    return InclusiveGateway(**context.common(element, lane), default=default_flow(element))


def read_parallel_gateway(element: Element, context: Context, lane: str | None) -> ParallelGateway:
    """Nothing but itself."""
    return ParallelGateway(**context.common(element, lane))


def read_event_based_gateway(element: Element, context: Context, lane: str | None) -> EventBasedGateway:
    """Exclusive or, where it starts the process, parallel."""
    return EventBasedGateway(
        **context.common(element, lane),
        instantiate=xml.flag(element, "instantiate", False),
        parallel=xml.attribute(element, "eventGatewayType").lower() == "parallel",
    )


def read_complex_gateway(element: Element, context: Context, lane: str | None) -> ComplexGateway:
    """With its activation condition, without which it cannot be decided when several flows activate it."""
    what = f"activation condition of the {called(element)}"
    condition = read_condition_of(xml.child(element, "activationCondition"), what, element, context)
    if condition is None and len(context.flows_of(element, "targetRef")) != 1:
        _without_activation(element, context)
    return ComplexGateway(
        **context.common(element, lane), default=default_flow(element), activation_condition=condition
    )


def _without_activation(element: Element, context: Context) -> None:
    report = context.warning if context.guided else context.error
    consequence = ": the first token activates it" if context.guided else ""
    report(
        "activation-condition",
        f"The {called(element)} does not say when it is activated{consequence}.",
        "Write an activation condition such as =activationCount >= 2, or draw an inclusive or parallel gateway.",
        element,
    )


def default_flow(element: Element) -> str | None:
    """The id of the default flow of a gateway or activity."""
    return xml.reference(xml.attribute(element, "default")) or None
