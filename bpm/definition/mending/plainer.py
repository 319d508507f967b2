"""Takes from an element what cannot be run, so that what is left is a person's step, or none."""

from __future__ import annotations

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.mending.arrows import left_out
from baton.bpm.definition.mending.index import CONTAINERS, Index
from baton.bpm.definition.xml import Element

_KEPT = frozenset(xml.tag(name) for name in ("documentation", "incoming", "outgoing"))
_KEPT_ATTRIBUTES = frozenset({"id", "name", "isForCompensation", "default", "attachedToRef", "cancelActivity"})
_KEPT_ATTRIBUTES |= {"triggeredByEvent", "isInterrupting", "sourceRef", "targetRef", "isExecutable"}
_EXTENSIONS = xml.tag("extensionElements")
_SUB_PROCESSES = CONTAINERS - {xml.tag("process")}
_SAID_OF_SCOPES = frozenset(
    xml.tag(name)
    for name in (
        "extensionElements",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "completionCondition",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
    )
)
_DATES = frozenset({"dueDate", "followUpDate", "priority"})
_DATE_ELEMENTS = frozenset({"taskSchedule", "priorityDefinition"})


def plainer(element: Element, index: Index, again: int) -> str:
    """What was done, as a sentence; empty if nothing can be. `again` counts earlier tries at this element."""
    if element.tag == xml.tag("sequenceFlow"):
        return left_out(element, index) if again else _flow(element)
    if element.tag in CONTAINERS and not again:
        _strip(element, _SAID_OF_SCOPES)
        return "What it says about that is left out."
    if element.tag == xml.tag("process"):
        return ""
    name = xml.local_name(element)
    if name.endswith("Event"):
        _keep_only(element)
        return "It runs as an event without a cause: where it waits, a person says when to go on."
    if name.endswith("Gateway"):
        return _gateway(element, again)
    return _task(element)


def without_dates(task: Element, index: Index) -> str:
    """A user task keeps its people and loses dates and priorities."""
    for holder in (task, *task.iterchildren(_EXTENSIONS)):
        for name in list(holder.attrib):
            if str(name).startswith("{") and str(name).rpartition("}")[2] in _DATES:
                del holder.attrib[name]
        for part in list(holder):
            if xml.local_name(part) in _DATE_ELEMENTS:
                holder.remove(part)
    return "Its dates and its priority are left out."


def without_cause(event: Element, index: Index) -> str:
    """The event runs as one without a cause."""
    _keep_only(event)
    return "It runs as an event without a cause."


def _flow(flow: Element) -> str:
    _keep_only(flow)
    return "It has no condition then: a person decides."


def _task(element: Element) -> str:
    _keep_only(element)
    element.tag = xml.tag("task")
    return "A person does it instead."


def _gateway(gateway: Element, again: int) -> str:
    _keep_only(gateway)
    if not again:
        return "What it says about that is left out."
    gateway.tag = xml.tag("exclusiveGateway")
    return "A person chooses one way instead."


def _strip(element: Element, tags: frozenset[str]) -> None:
    for part in list(element.iterchildren(etree.Element)):
        if part.tag in tags:
            element.remove(part)
    for name in list(element.attrib):
        if name not in _KEPT_ATTRIBUTES:
            del element.attrib[name]


def _keep_only(element: Element) -> None:
    for part in list(element):
        if part.tag not in _KEPT:
            element.remove(part)
    for name in list(element.attrib):
        if name not in _KEPT_ATTRIBUTES:
            del element.attrib[name]
    element.text = None
