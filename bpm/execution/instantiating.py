"""What starts a process without being a start event: instantiating receive tasks and event-based gateways.

BPMN 2.0.2, 10.3.3, 10.6.6 and 13.4.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from baton.bpm.definition import elements

if TYPE_CHECKING:
    from baton.bpm.execution.elements.flow_node import FlowNode
    from baton.bpm.execution.specs import ProcessSpec


def events_of(spec: ProcessSpec) -> tuple[str, ...]:
    """Ids of the receive tasks and catch events that begin an instance when they happen."""
    return tuple(
        event.name
        for node in spec.nodes.values()
        if getattr(node.element, "instantiate", False) and not node.incoming
        for event in _events(node)
    )


def begin_at(event: FlowNode) -> Sequence[tuple[FlowNode, bool]]:
    """`event` has happened; of a parallel gateway the others are waited for in the same instance."""
    begun = [(event, True)]
    for flow in event.incoming:
        gateway = flow.source
        if isinstance(gateway.element, elements.EventBasedGateway) and gateway.element.parallel:
            begun += [(other.target, False) for other in gateway.outgoing if other.target is not event]
    return begun


def _events(node: FlowNode) -> Sequence[FlowNode]:
    if isinstance(node.element, elements.EventBasedGateway):
        return [flow.target for flow in node.outgoing]
    return [node]
