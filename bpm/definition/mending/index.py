"""The file's elements by id and its arrows by their ends, kept up while the tree is changed."""

from __future__ import annotations

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element

FLOW = xml.tag("sequenceFlow")
CONTAINERS = frozenset(xml.tag(name) for name in ("process", "subProcess", "transaction", "adHocSubProcess"))


class Index:
    """Made once per round; `new_id` never gives an id twice."""

    def __init__(self, root: Element) -> None:
        self._taken: set[str] = set()
        self._elements: dict[str, Element] = {}
        self._leaving: dict[str, list[Element]] = {}
        self._arriving: dict[str, list[Element]] = {}
        for element in root.iter(etree.Element):
            id_ = xml.attribute(element, "id")
            if id_:
                self._taken.add(id_)
                if element.tag == xml.tag(xml.local_name(element)):
                    self._elements.setdefault(id_, element)
            if element.tag == FLOW:
                self._leaving.setdefault(source(element), []).append(element)
                self._arriving.setdefault(target(element), []).append(element)

    def find(self, id_: str | None) -> Element | None:
        """The BPMN element of that id, if it still is in the file."""
        element = self._elements.get(id_ or "")
        return element if element is not None and element.getparent() is not None else None

    def leaving(self, node: Element) -> list[Element]:
        """Flows out of the node."""
        id_ = xml.attribute(node, "id")
        return [flow for flow in self._leaving.get(id_, ()) if flow.getparent() is not None and source(flow) == id_]

    def arriving(self, node: Element) -> list[Element]:
        """Flows into the node."""
        id_ = xml.attribute(node, "id")
        return [flow for flow in self._arriving.get(id_, ()) if flow.getparent() is not None and target(flow) == id_]

    def new_id(self, base: str) -> str:
        """An id that nothing has."""
        id_, number = base, 2
        while id_ in self._taken:
            id_, number = f"{base}_{number}", number + 1
        self._taken.add(id_)
        return id_

    def add(self, container: Element, kind: str, id_: str, **attributes: str) -> Element:
        """A new element at the container's end."""
        element = etree.SubElement(container, xml.tag(kind), {"id": id_, **attributes})
        self._elements[id_] = element
        if kind == "sequenceFlow":
            self._leaving.setdefault(source(element), []).append(element)
            self._arriving.setdefault(target(element), []).append(element)
        return element

    def lead(self, flow: Element, *, from_: str | None = None, to: str | None = None) -> None:
        """Give the flow another end."""
        if from_ is not None:
            flow.set("sourceRef", from_)
            self._leaving.setdefault(from_, []).append(flow)
        if to is not None:
            flow.set("targetRef", to)
            self._arriving.setdefault(to, []).append(flow)


def source(flow: Element) -> str:
    """The id of the node the flow leaves."""
    return xml.reference(xml.attribute(flow, "sourceRef"))


def target(flow: Element) -> str:
    """The id of the node the flow leads to."""
    return xml.reference(xml.attribute(flow, "targetRef"))


def remove(element: Element) -> None:
    """Take it out of the file."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
