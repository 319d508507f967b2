"""A clean file from whatever was uploaded: ids, ends of arrows, namespaces and places in order.

The result is read again with no more problems than the original, and runs the same in the same mode.
"""

from __future__ import annotations

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.checks import Checks, NoChecks
from baton.bpm.definition.elements import Mode
from baton.bpm.definition.importer import read_tree
from baton.bpm.definition.layout import interchange
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.mending.documents import open_document
from baton.bpm.definition.mending.index import FLOW, Index, remove, source, target
from baton.bpm.definition.xml import Element

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMES = {
    "bpmn": xml.BPMN,
    "bpmndi": interchange.DI,
    "dc": interchange.DC,
    "di": interchange.DD,
    "xsi": _XSI,
}
_TARGET_NAMESPACE = "http://bpmn.io/schema/bpmn"
_BEFORE_ENDS = frozenset(
    xml.tag(name) for name in ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef")
)
_REFERRING = frozenset({"default", "bpmnElement"})


def clean(
    content: bytes, *, mode: Mode | None = None, limits: Limits | None = None, checks: Checks | None = None
) -> bytes:
    """The file as UTF-8 with Baton's fixes applied; `mode` as in `read_diagram`. Raises `xml.UnreadableXml`.

    A file with errors is cleaned as far as it can be read; what is wrong with it stays wrong.
    """
    bounds = limits or Limits()
    root, told = open_document(content, bounds)
    diagram = read_tree(root, told, mode=mode, limits=bounds, checks=checks or NoChecks())
    _plain_references(root)
    index = Index(root)
    _drop_dangling(root, index)
    _write_ends(root)
    if diagram.mode is Mode.GUIDED:
        for process in xml.children(root, "process"):
            process.set("isExecutable", "false")
    interchange.complete(root)
    return _written(root)


def _plain_references(root: Element) -> None:
    """References to the file's own elements without prefix; types with the prefix this file will have."""
    ids = {xml.attribute(element, "id") for element in root.iter(etree.Element)}
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            plain = str(name).rpartition("}")[2]
            if ":" not in value:
                continue
            local = xml.reference(str(value))
            if name == f"{{{_XSI}}}type" and _means_bpmn(element, str(value)):
                element.set(name, f"bpmn:{local}")
            elif (plain.endswith("Ref") or plain in _REFERRING) and local in ids:
                element.set(name, local)
        if element.text and ":" in element.text and xml.local_name(element) in ("flowNodeRef", "incoming", "outgoing"):
            element.text = xml.reference(element.text)


def _means_bpmn(element: Element, value: str) -> bool:
    prefix = value.strip().rpartition(":")[0]
    return bool(element.nsmap.get(prefix) == xml.BPMN)


def _drop_dangling(root: Element, index: Index) -> None:
    """Arrows without an end, lines and shapes of what is not there, and defaults that do not leave their node."""
    for flow in list(root.iter(FLOW)):
        if index.find(source(flow)) is None or index.find(target(flow)) is None:
            remove(flow)
    for node in root.iter(xml.tag("*")):
        default = xml.attribute(node, "default")
        if default and default not in {xml.attribute(flow, "id") for flow in index.leaving(node)}:
            del node.attrib["default"]
    ids = {xml.attribute(element, "id") for element in root.iter(xml.tag("*"))}
    for tag in ("BPMNShape", "BPMNEdge"):
        for drawn in list(root.iter(f"{{{interchange.DI}}}{tag}")):
            if xml.reference(xml.attribute(drawn, "bpmnElement")) not in ids:
                remove(drawn)


def _write_ends(root: Element) -> None:
    """What nodes list as incoming and outgoing is what the arrows say."""
    ends: dict[str, list[tuple[str, str]]] = {}
    for flow in root.iter(FLOW):
        ends.setdefault(source(flow), []).append(("outgoing", xml.attribute(flow, "id")))
        ends.setdefault(target(flow), []).append(("incoming", xml.attribute(flow, "id")))
    for node in list(root.iter(xml.tag("*"))):
        for part in list(node.iterchildren(xml.tag("incoming"), xml.tag("outgoing"))):
            node.remove(part)
        own = ends.get(xml.attribute(node, "id"), [])
        at = sum(1 for part in node.iterchildren(etree.Element) if part.tag in _BEFORE_ENDS) if own else 0
        for kind, id_ in sorted(own, key=lambda end: end[0]):
            part = etree.Element(xml.tag(kind))
            part.text = id_
            node.insert(at, part)
            at += 1


def _written(root: Element) -> bytes:
    others = {
        prefix: namespace
        for prefix, namespace in xml.declared_namespaces(root)
        if prefix and namespace not in _NAMES.values() and prefix not in _NAMES
    }
    written = etree.Element(xml.tag("definitions"), nsmap={**_NAMES, **others})
    for name, value in root.attrib.items():
        written.set(name, value)
    if not xml.attribute(written, "id"):
        written.set("id", "Definitions_1")
    if not xml.attribute(written, "targetNamespace"):
        written.set("targetNamespace", _TARGET_NAMESPACE)
    written.extend(list(root))
    used = [prefix for prefix in others if prefix]
    etree.cleanup_namespaces(written, top_nsmap=_NAMES, keep_ns_prefixes=[*used, "bpmn", "xsi"])
    etree.indent(written)
    return bytes(etree.tostring(written, xml_declaration=True, encoding="UTF-8"))
