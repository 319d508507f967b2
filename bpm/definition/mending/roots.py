"""Finds the `definitions` in a file: of drafts of BPMN 2.0, wrapped in something else, or a process alone."""

from __future__ import annotations

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.mending import notes
from baton.bpm.definition.problems import Problem
from baton.bpm.definition.xml import Element

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"
_DRAWN = {
    **dict.fromkeys(("BPMNDiagram", "BPMNPlane", "BPMNShape", "BPMNEdge", "BPMNLabel", "BPMNLabelStyle"), _DI),
    **dict.fromkeys(("Bounds", "Font"), _DC),
    "waypoint": _DD,
    "Point": _DC,
}
_CONTENT = frozenset({"process", "collaboration", "choreography", "conversation"})
_OTHER_FORMATS = (
    ("wfmc.org", "an XPDL package"),
    ("jbpm.org/", "a jPDL process"),
    ("/wsbpel/", "a BPEL process"),
    ("/spec/DMN/", "a DMN file: decisions are uploaded as .dmn"),
    ("/spec/CMMN/", "a CMMN case"),
    ("schemas.xmlsoap.org/wsdl", "a WSDL file"),
    ("www.w3.org/1999/xhtml", "a web page"),
    ("www.w3.org/2000/svg", "a picture (SVG)"),
)
_OTHER_ROOTS = {
    "Package": "an XPDL package",
    "process-definition": "a jPDL process",
    "mxfile": "a draw.io drawing",
    "mxGraphModel": "a draw.io drawing",
    "html": "a web page",
    "XMI": "a UML model",
    "epml": "an event-driven process chain",
}


def definitions(root: Element, told: list[Problem]) -> Element:
    """The file's `bpmn:definitions`, made if need be. Raises `xml.UnreadableXml` if there is no BPMN in it."""
    if root.tag == xml.tag("definitions"):
        return root
    found = [element for element in root.iter(etree.Element) if _is_definitions(element)]
    if found:
        return _unwrapped(root, found, told)
    processes = [element for element in root.iter(etree.Element) if _is_process(element)]
    if processes:
        return _around(processes, told)
    raise _not_bpmn(root)


def _is_definitions(element: Element) -> bool:
    if xml.local_name(element) != "definitions":
        return False
    namespace = _namespace(element)
    if namespace:
        return "bpmn" in namespace.lower()
    return any(xml.local_name(child) in _CONTENT for child in element.iterchildren(etree.Element))


def _is_process(element: Element) -> bool:
    return xml.local_name(element) == "process" and "bpmn" in _namespace(element).lower()


def _unwrapped(root: Element, found: list[Element], told: list[Problem]) -> Element:
    first = found[0]
    if first is not root:
        told.append(
            notes.warning(
                "wrapped-definitions",
                f"The BPMN is wrapped in '{xml.local_name(root)[:80]}'; what is around it is left out.",
                "Save the file as BPMN 2.0 XML, with 'definitions' as its first element.",
                first,
            )
        )
    for other in found[1:]:
        if first not in other.iterancestors() and other not in first.iterancestors():
            first.extend(list(other))
    _to_current(first, _namespace(first), told)
    return first


def _around(processes: list[Element], told: list[Problem]) -> Element:
    told.append(
        notes.warning(
            "wrapped-definitions",
            "The file has no 'definitions' around its process; it is read as if it had.",
            "Save the file as BPMN 2.0 XML, with 'definitions' as its first element.",
            processes[0],
        )
    )
    old = _namespace(processes[0])
    made = etree.Element(xml.tag("definitions"), nsmap={"bpmn": xml.BPMN})
    made.extend(processes)
    _to_current(made, old, told)
    return made


def _to_current(root: Element, old: str, told: list[Problem]) -> None:
    """Elements of a draft's namespace, or of none, become those of BPMN 2.0."""
    if old == xml.BPMN:
        return
    told.append(
        notes.warning(
            "bpmn-namespace",
            f"The file is written in the namespace '{old[:120]}', a draft of BPMN 2.0; it is read as BPMN 2.0.",
            f"Export it again, or write the namespace {xml.BPMN}.",
            root,
        )
    )
    for element in root.iter(etree.Element):
        name, namespace = xml.local_name(element), _namespace(element)
        drawn = _DRAWN.get(name)
        if drawn is not None and ("omg" in namespace or "bpmn" in namespace.lower() or namespace == old):
            element.tag = f"{{{drawn}}}{name}"
        elif namespace == old:
            element.tag = xml.tag(name)


def _not_bpmn(root: Element) -> xml.UnreadableXml:
    namespace, name = _namespace(root), xml.local_name(root)
    format_ = next((words for part, words in _OTHER_FORMATS if part in namespace), _OTHER_ROOTS.get(name))
    what = f" It looks like {format_}." if format_ else ""
    return xml.unreadable(
        "not-bpmn",
        f"The file is XML but not BPMN 2.0: its root is '{str(root.tag)[:200]}', "
        f"expected 'definitions' in the namespace {xml.BPMN}.{what}",
        "Export the diagram as BPMN 2.0 XML.",
        xml.line(root),
    )


def _namespace(element: Element) -> str:
    return str(element.tag).removeprefix("{").rpartition("}")[0]
