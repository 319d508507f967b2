"""A drawn process as plain BPMN XML, for engines that read files."""

from __future__ import annotations

from typing import Any

from lxml import etree

from baton.bpm.definition import elements

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_TAGS = {
    elements.StartEvent: "startEvent",
    elements.EndEvent: "endEvent",
    # SpiffWorkflow waits at an abstract task; a none throw event passes through in both.
    elements.AbstractTask: "intermediateThrowEvent",
    elements.UserTask: "userTask",
    elements.ExclusiveGateway: "exclusiveGateway",
    elements.ParallelGateway: "parallelGateway",
    elements.InclusiveGateway: "inclusiveGateway",
    elements.SubProcess: "subProcess",
}


def xml_of(process: elements.Process) -> bytes:
    """The file's content; only the kinds of node listed here."""
    definitions = etree.Element(f"{{{BPMN}}}definitions", nsmap={"bpmn": BPMN}, targetNamespace="urn:test", id="d")
    root = etree.SubElement(definitions, f"{{{BPMN}}}process", id=process.key, isExecutable="true")
    _fill(root, process.elements)
    return etree.tostring(definitions)


def _fill(parent: Any, content: elements.FlowElements) -> None:
    for node in content.nodes:
        attributes: dict[str, Any] = {"id": node.id}
        if getattr(node, "default", None):
            attributes["default"] = node.default  # type: ignore[attr-defined]
        element = etree.SubElement(parent, f"{{{BPMN}}}{_TAGS[type(node)]}", attributes)
        if isinstance(node, elements.SubProcess):
            _fill(element, node.elements)
        if isinstance(getattr(node, "event", None), elements.TerminateEventDefinition):
            etree.SubElement(element, f"{{{BPMN}}}terminateEventDefinition")
    for flow in content.flows:
        element = etree.SubElement(
            parent, f"{{{BPMN}}}sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target
        )
        if flow.condition:
            etree.SubElement(element, f"{{{BPMN}}}conditionExpression").text = flow.condition.text
