"""What the file says about elements from outside of them: message flows, associations, names of data."""

from __future__ import annotations

from collections.abc import Mapping

from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element

_DATA = (
    "dataObject",
    "dataStore",
    "dataObjectReference",
    "dataStoreReference",
    "dataInput",
    "dataOutput",
    "property",
    "inputDataItem",
    "outputDataItem",
)


def read_message_flows(root: Element, running: frozenset[str]) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Ids of the message flows that leave, and that arrive at, elements of processes that run, by the element's id.

    A flow counts only if both its ends are such elements: what a partner drawn as a black box sends, a person says.
    """
    leaving: dict[str, tuple[str, ...]] = {}
    arriving: dict[str, tuple[str, ...]] = {}
    for collaboration in xml.children(root, "collaboration"):
        for flow in xml.children(collaboration, "messageFlow"):
            id_ = xml.attribute(flow, "id")
            source = xml.reference(xml.attribute(flow, "sourceRef"))
            target = xml.reference(xml.attribute(flow, "targetRef"))
            if id_ and source in running and target in running:
                leaving[source] = (*leaving.get(source, ()), id_)
                arriving[target] = (*arriving.get(target, ()), id_)
    return leaving, arriving


def read_handlers(root: Element) -> dict[str, str]:
    """Id of a boundary event to that of the activity an association joins it with."""
    events = {xml.attribute(event, "id") for event in root.iter(xml.tag("boundaryEvent"))}
    handlers: dict[str, str] = {}
    for association in root.iter(xml.tag("association")):
        source = xml.reference(xml.attribute(association, "sourceRef"))
        target = xml.reference(xml.attribute(association, "targetRef"))
        if source in events:
            handlers.setdefault(source, target)
        elif target in events:
            handlers.setdefault(target, source)
    return handlers


def read_data_names(root: Element) -> dict[str, str]:
    """Id of a data object, reference, property, input or output to the name of its variable."""
    names: dict[str, str] = {}
    references: dict[str, str] = {}
    for kind in _DATA:
        for element in root.iter(xml.tag(kind)):
            id_ = xml.attribute(element, "id")
            names[id_] = xml.attribute(element, "name")
            if kind == "dataObjectReference":
                references[id_] = xml.reference(xml.attribute(element, "dataObjectRef"))
            elif kind == "dataStoreReference":
                references[id_] = xml.reference(xml.attribute(element, "dataStoreRef"))
    for id_, object_id in references.items():
        names[id_] = names[id_] or names.get(object_id, "")
        # The object is spoken of by its reference's name: modelers name only that.
        names[object_id] = names.get(object_id) or names[id_]
    return names
