"""Arrows that BPMN does not allow, led so that the run can follow them. Each function says what it did."""

from __future__ import annotations

from baton.bpm.definition import xml
from baton.bpm.definition.mending.index import CONTAINERS, Index, remove, source, target
from baton.bpm.definition.xml import Element

_THROWN = frozenset(
    xml.tag(f"{cause}EventDefinition") for cause in ("message", "signal", "escalation", "compensate", "link")
)
_LEFT_OUT = "It is left out."


def within_scope(flow: Element, index: Index) -> str:
    """An arrow across the border of a sub-process leads from, or to, the sub-process as a whole."""
    left, right = index.find(source(flow)), index.find(target(flow))
    if left is None or right is None:
        return left_out(flow, index)
    above = list(right.iterancestors())
    outer = next((around for around in left.iterancestors() if around in above and around.tag in CONTAINERS), None)
    if outer is None:
        return left_out(flow, index)
    start, end = _just_below(outer, left), _just_below(outer, right)
    if start is end:
        return left_out(flow, index)
    index.lead(flow, from_=xml.attribute(start, "id"), to=xml.attribute(end, "id"))
    return "It is led from, or to, the sub-process as a whole."


def left_out(flow: Element, index: Index) -> str:
    """Take the arrow away, also as default flow."""
    id_ = xml.attribute(flow, "id")
    node = index.find(source(flow))
    if node is not None and xml.reference(xml.attribute(node, "default")) == id_:
        del node.attrib["default"]
    remove(flow)
    return _LEFT_OUT


def into_start(start: Element, index: Index) -> str:
    """Arrows into a start event go on behind it."""
    behind = index.add(start.getparent(), "intermediateThrowEvent", index.new_id(f"{xml.attribute(start, 'id')}_again"))
    id_ = xml.attribute(behind, "id")
    for flow in index.leaving(start):
        index.lead(flow, from_=id_)
    for flow in index.arriving(start):
        index.lead(flow, to=id_)
    _join(start, behind, index)
    return "The arrow leads to what stands behind it."


def around_event_sub_process(sub_process: Element, index: Index) -> str:
    """Where an arrow leads to it, it is an ordinary sub-process; an arrow that only leads out of it is left out."""
    if index.arriving(sub_process):
        del sub_process.attrib["triggeredByEvent"]
        return "It begins when its turn comes, as any other sub-process."
    for flow in index.leaving(sub_process):
        left_out(flow, index)
    return _LEFT_OUT


def out_of_end(end: Element, index: Index) -> str:
    """An end event with an arrow out of it is passed."""
    end.tag = xml.tag("intermediateThrowEvent")
    for part in list(end):
        if xml.local_name(part).endswith("EventDefinition") and part.tag not in _THROWN:
            end.remove(part)
    return "It is passed, and the process goes on."


def attached(event: Element, index: Index) -> str:
    """A boundary event on nothing stands by itself; arrows to one on an activity lead to the activity."""
    host = index.find(xml.reference(xml.attribute(event, "attachedToRef")))
    if host is not None and host.getparent() is event.getparent() and xml.local_name(host).endswith(_ACTIVITIES):
        for flow in index.arriving(event):
            index.lead(flow, to=xml.attribute(host, "id"))
        return "The arrow leads to the activity."
    event.attrib.pop("attachedToRef", None)
    event.attrib.pop("cancelActivity", None)
    event.tag = xml.tag("intermediateCatchEvent")
    return "It stands by itself, as an intermediate event."


_ACTIVITIES = ("ask", "Process", "Activity", "transaction")


def begun(scope: Element, index: Index) -> str:
    """Something to begin with: a start event before the first node that is drawn."""
    nodes = [part for part in scope.iterchildren(xml.tag("*")) if _may_be_first(part)]
    if not nodes:
        return filled(scope, index)
    first = nodes[0]
    start = index.add(scope, "startEvent", index.new_id(f"{xml.attribute(scope, 'id')}_start"))
    _join(start, first, index)
    name = xml.attribute(first, "name") or xml.attribute(first, "id")
    return f"It begins at '{name[:80]}', which is drawn first."


def _may_be_first(node: Element) -> bool:
    otherwise = xml.flag(node, "triggeredByEvent", False) or xml.flag(node, "isForCompensation", False)
    is_link = xml.child(node, "linkEventDefinition") is not None
    return xml.local_name(node).endswith(_NODES) and not otherwise and not is_link


_NODES = ("ask", "Process", "Activity", "transaction", "Gateway", "intermediateThrowEvent", "intermediateCatchEvent")


def filled(scope: Element, index: Index) -> str:
    """A process drawn without content is one step."""
    id_ = index.new_id(f"{xml.attribute(scope, 'id')}_task")
    index.add(scope, "task", id_, name=xml.attribute(scope, "name") or "Do what is to be done")
    return "It is one step, which a person does."


def _join(left: Element, right: Element, index: Index) -> None:
    left_id, right_id = xml.attribute(left, "id"), xml.attribute(right, "id")
    flow = index.new_id(f"{left_id}_flow")
    index.add(left.getparent(), "sequenceFlow", flow, sourceRef=left_id, targetRef=right_id)


def _just_below(outer: Element, node: Element) -> Element:
    while node.getparent() is not outer:
        node = node.getparent()
    return node
