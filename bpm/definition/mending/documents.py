"""Opens a file that is nearly XML: white space before its first line, prefixes that it does not declare."""

from __future__ import annotations

import re

from baton.bpm.definition import xml
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.mending import notes, roots
from baton.bpm.definition.problems import Problem
from baton.bpm.definition.xml import Element

_UNDECLARED = re.compile(r"Namespace prefix ([A-Za-z_][\w.\-]{0,60}) (?:on|for) ")
_FIRST_TAG = re.compile(rb"<[A-Za-z_][^\s/>]*")
_BEFORE_DECLARATION = re.compile(rb"\A(\xef\xbb\xbf)?(\s+)(<\?xml[^>]{0,200}\?>)")
_MOST_PREFIXES = 20
_KNOWN = {
    "bpmn": xml.BPMN,
    "bpmn2": xml.BPMN,
    "semantic": xml.BPMN,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "omgdc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "omgdi": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "modeler": "http://camunda.org/schema/modeler/1.0",
    "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


def open_document(content: bytes, limits: Limits) -> tuple[Element, tuple[Problem, ...]]:
    """The `bpmn:definitions` of the file and what was changed to read it; raises `xml.UnreadableXml`."""
    told: list[Problem] = []
    readable = _without_white_space_before(content, limits, told)
    for _ in range(_MOST_PREFIXES):
        try:
            root = xml.parse_document(readable, limits)
        except xml.UnreadableXml as error:
            readable = _declared(readable, error, told)
        else:
            return roots.definitions(root, told), tuple(told)
    return roots.definitions(xml.parse_document(readable, limits), told), tuple(told)


def _without_white_space_before(content: bytes, limits: Limits, told: list[Problem]) -> bytes:
    """The declaration must be the file's first word. Its own encoding is kept, and so is every line's number."""
    found = _BEFORE_DECLARATION.match(content[: 1024 + limits.max_attributes])
    if found is None or len(content) > limits.max_bytes:
        return content
    told.append(
        notes.warning(
            "leading-white-space",
            "The file begins with white space before '<?xml'; it is read without.",
            "Remove what stands before '<?xml'.",
        )
    )
    return (found[1] or b"") + found[3] + b"\n" * found[2].count(b"\n") + content[found.end() :]


def _declared(content: bytes, error: xml.UnreadableXml, told: list[Problem]) -> bytes:
    """The file with the prefix declared that the error is about; raises the error if it is about something else."""
    found = _UNDECLARED.search(error.problem.message) if error.problem.rule == "not-xml" else None
    first = _FIRST_TAG.search(content)
    if found is None or first is None:
        raise error
    prefix = found[1]
    namespace = _KNOWN.get(prefix, f"urn:undeclared:{prefix}")
    told.append(
        notes.warning(
            "undeclared-prefix",
            f"The prefix '{prefix}' is used but not declared; it is read as the namespace {namespace}.",
            f'Write xmlns:{prefix}="{namespace}" into the file\'s first element.',
        )
    )
    declaration = f' xmlns:{prefix}="{namespace}"'.encode()
    return content[: first.end()] + declaration + content[first.end() :]
