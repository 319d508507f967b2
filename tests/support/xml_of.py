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
}


def xml_of(process: elements.Process) -> bytes:
    """The file's content; only the kinds of node listed here."""
    definitions = etree.Element(f"{{{BPMN}}}definitions", nsmap={"bpmn": BPMN}, targetNamespace="urn:test", id="d")
    root = etree.SubElement(definitions, f"{{{BPMN}}}process", id=process.key, isExecutable="true")
    for node in process.elements.nodes:
        attributes: dict[str, Any] = {"id": node.id}
        if getattr(node, "default", None):
            attributes["default"] = node.default  # type: ignore[attr-defined]
        etree.SubElement(root, f"{{{BPMN}}}{_TAGS[type(node)]}", attributes)
    for flow in process.elements.flows:
        element = etree.SubElement(
            root, f"{{{BPMN}}}sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target
        )
        if flow.condition:
            etree.SubElement(element, f"{{{BPMN}}}conditionExpression").text = flow.condition.text
    return etree.tostring(definitions)
