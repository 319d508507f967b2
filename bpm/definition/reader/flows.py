"""Sequence flows, wherever the file has them: they belong to the scope of their ends."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.drawing import Drawing
from baton.bpm.definition.elements import SequenceFlow
from baton.bpm.definition.reader.conditions import read_condition
from baton.bpm.definition.reader.context import Context
from baton.bpm.definition.reader.extensions import check_extensions
from baton.bpm.definition.reader.listeners import read_listeners
from baton.bpm.definition.reader.skipping import refuse_skip_on_flow
from baton.bpm.definition.xml import Element


def read_flow(element: Element, context: Context, defaults: frozenset[tuple[str, str]]) -> SequenceFlow:
    """`defaults` are pairs of a node's id and its default flow's: the condition of a default flow is not read."""
    check_extensions(element, context)
    refuse_skip_on_flow(element, context)
    id_ = xml.attribute(element, "id")
    source = xml.reference(xml.attribute(element, "sourceRef"))
    return SequenceFlow(
        id=id_,
        name=xml.attribute(element, "name"),
        source=source,
        target=xml.reference(xml.attribute(element, "targetRef")),
        condition=None if (source, id_) in defaults else read_condition(element, context),
        line=xml.line(element),
        listeners=read_listeners(element, context),
    )


def place_flows(drawing: Drawing, flows: list[SequenceFlow]) -> None:
    """Put each flow into the scope that holds both its ends; the others are loose."""
    for flow in flows:
        scope = drawing.scope_of.get(flow.source)
        if scope is not None and drawing.scope_of.get(flow.target) is scope:
            scope.flows.append(flow)
        else:
            drawing.loose_flows.append(flow)
