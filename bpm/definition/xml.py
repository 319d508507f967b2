"""The only door by which XML comes in: hardened parse, limits, and small readers of elements.

Entities are never expanded, nothing is loaded from disk or network, a DOCTYPE is refused in every encoding.
A file that cannot be read raises `UnreadableXml` with one problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from baton.bpm.definition.findings import Place
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

Element: TypeAlias = Any
"""An lxml element: lxml carries no types."""

_UNSUPPORTED_ENCODING = frozenset({31, 32})
_INVALID_BYTES = frozenset({9, 81})
_LINES_COUNTED = 65_535
"""libxml2 keeps 16 bits: this number stands for every later line."""

_UTF16_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}encoding\s*=\s*["']utf-?16""", re.IGNORECASE)
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


class UnreadableXml(Exception):
    """The content is not a BPMN file that may be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse_document(content: bytes, limits: Limits) -> Element:
    """The root element, whatever it is; raises UnreadableXml."""
    if len(content) > limits.max_bytes:
        raise unreadable(
            "file-too-large",
            f"The file has {len(content):,} bytes; at most {limits.max_bytes:,} are read.",
            "Split the diagram into several files, or remove embedded images and other attachments.",
        )
    root = _parse_tree(content)
    _refuse_doctype(root)
    _check_size(root, limits)
    return root


def tag(local_name: str) -> str:
    """The BPMN tag as lxml writes it."""
    return f"{{{BPMN}}}{local_name}"


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def words(element: Element) -> str:
    """The BPMN element's name in words: `userTask` is `user task`."""
    plain = _WORD_START.sub(" ", local_name(element)).lower()
    return plain.replace("sub process", "sub-process").replace("event based", "event-based")


def children(element: Element, name: str) -> Iterator[Element]:
    """Direct BPMN children of that name."""
    yield from element.iterchildren(tag(name))


def child(element: Element, name: str) -> Element | None:
    """The first direct BPMN child of that name."""
    return next(element.iterchildren(tag(name)), None)


def extensions(element: Element) -> Iterator[Element]:
    """What stands in the element's `extensionElements`."""
    for holder in element.iterchildren(tag("extensionElements")):
        yield from holder.iterchildren(etree.Element)


def text(element: Element | None) -> str:
    """All text below the element, without surrounding white space; empty for None."""
    if element is None:
        return ""
    return "".join(element.itertext()).strip()


def attribute(element: Element, name: str) -> str:
    """A plain attribute's value without surrounding white space; empty when missing."""
    value = element.get(name)
    return "" if value is None else str(value).strip()


def flag(element: Element, name: str, default: bool) -> bool:
    """An `xs:boolean` attribute."""
    value = attribute(element, name).lower()
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    return default


def reference(value: str) -> str:
    """The local part of a QName reference: `bpmn:Task_1` is `Task_1`."""
    return value.strip().rpartition(":")[2]


def line(element: Element) -> int:
    """The 1-based line of the element's start tag, 0 when unknown."""
    found = int(element.sourceline or 0)
    return found if found < _LINES_COUNTED else 0


def place(element: Element) -> Place:
    """Where the element stands."""
    return Place(attribute(element, "id") or None, attribute(element, "name") or None, line(element))


def declared_namespaces(root: Element) -> list[tuple[str | None, str]]:
    """Prefixes and namespaces as they are declared around the element, at it and below it, in this order."""
    return [*root.nsmap.items(), *(declared for _, declared in etree.iterwalk(root, events=("start-ns",)))]


def uses_namespace(root: Element, namespaces: tuple[str, ...]) -> bool:
    """True if an element or attribute of the file is in one of the namespaces."""
    whole = root.getroottree().getroot()
    declared = {namespace for _, namespace in declared_namespaces(whole)}
    return any(
        next(whole.iter(f"{{{namespace}}}*"), None) is not None
        or whole.xpath("boolean(//@*[namespace-uri()=$uri])", uri=namespace)
        for namespace in namespaces
        if namespace in declared
    )


def _parser(encoding: str | None = None) -> Any:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _parse_tree(content: bytes) -> Element:
    try:
        # Some exporters declare UTF-16 in a file they save as UTF-8.
        encoding = "utf-8" if _UTF16_DECLARED.match(content) else None
        return etree.fromstring(content, _parser(encoding))
    except etree.XMLSyntaxError as error:
        raise _not_xml(content, error) from error


def _not_xml(content: bytes, error: Any) -> UnreadableXml:
    at = error.position[0] if error.position else 0
    if not content.strip():
        return unreadable("not-xml", "The file is empty.", "Upload the .bpmn file your modeler saved.")
    if b"<!DOCTYPE" in content.replace(b"\0", b"").upper():
        return _doctype(at)
    if error.code in _UNSUPPORTED_ENCODING:
        return unreadable(
            "unknown-encoding",
            f"The file's encoding is not known: {_reason(error)}.",
            'Save the file as UTF-8 and let its first line say encoding="UTF-8".',
            at,
        )
    if error.code in _INVALID_BYTES:
        return unreadable(
            "unknown-encoding",
            "The file holds bytes that do not exist in the encoding its first line names.",
            'Save the file as UTF-8 and let its first line say encoding="UTF-8".',
            at,
        )
    if "Excessive depth" in str(error):
        return unreadable(
            "too-deep", "The XML elements nest too deeply.", "Draw fewer sub-processes inside each other.", at
        )
    return unreadable(
        "not-xml",
        f"The file is not well-formed XML: {_reason(error)}.",
        "Export the diagram again as BPMN 2.0 XML.",
        at,
    )


def _reason(error: Any) -> str:
    return str(error.msg).partition(", line ")[0].strip().replace("\n", " ")


def _refuse_doctype(root: Element) -> None:
    information = root.getroottree().docinfo
    if information.internalDTD is not None or information.doctype:
        raise _doctype(1)


def _doctype(at: int) -> UnreadableXml:
    return unreadable(
        "doctype",
        "The file has a DOCTYPE; DOCTYPEs and entities are not accepted.",
        "Remove the <!DOCTYPE ...> part; BPMN files do not need one.",
        at,
    )


def _check_size(root: Element, limits: Limits) -> None:
    depth = 0
    count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        if count > limits.max_elements:
            raise unreadable(
                "too-many-elements",
                f"The file has more than {limits.max_elements:,} XML elements.",
                "Split the diagram into several files.",
                line(element),
            )
        if depth > limits.max_depth:
            raise unreadable(
                "too-deep",
                f"The XML elements nest more than {limits.max_depth} deep.",
                "Draw fewer sub-processes inside each other.",
                line(element),
            )
        if len(element.attrib) > limits.max_attributes:
            raise unreadable(
                "too-many-attributes",
                f"An element has {len(element.attrib):,} attributes; at most {limits.max_attributes} are read.",
                "Remove the surplus attributes.",
                line(element),
            )


def unreadable(rule: str, message: str, fix: str, at: int = 0) -> UnreadableXml:
    return UnreadableXml(Problem(rule=rule, severity=Severity.ERROR, message=message, fix=fix, line=at))
