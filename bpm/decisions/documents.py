"""DMN files as elements: the parse, which versions are read, and small readers that look at DMN's own elements only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from baton.bpm.definition import xml
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.definition.xml import Element, UnreadableXml

VERSIONS: Final = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20230324/DMN15.xsd": "1.5",
}
"""Namespace of the elements to version of the standard; some modelers write the schema's name instead."""
CAMUNDA_7: Final = ("http://camunda.org/schema/1.0/dmn", "http://operaton.org/schema/1.0/dmn")
_ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
_FIXES: Final = {
    "not-xml": "Export the decisions again as DMN 1.3 XML.",
    "doctype": "Remove the <!DOCTYPE ...> part; DMN files do not need one.",
    "too-deep": "Use fewer boxes inside each other.",
    "file-too-large": "Split the model into several files.",
    "too-many-elements": "Split the model into several files.",
}
"""What to do about a file that cannot be read, where it differs from diagrams of processes."""
_USUAL: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def parse(content: bytes, limits: Limits) -> Element:
    """The `definitions` element of a DMN file; raises UnreadableXml."""
    try:
        root = xml.parse_document(content, limits)
    except UnreadableXml as error:
        fix = _FIXES.get(error.problem.rule, error.problem.fix)
        raise UnreadableXml(replace(error.problem, fix=fix)) from error
    if is_dmn(root):
        return root
    raise UnreadableXml(
        Problem(
            rule="not-dmn",
            severity=Severity.ERROR,
            message=f"The file is XML but not DMN 1.1 to 1.5: its root is '{str(root.tag)[:200]}', "
            f"expected 'definitions' in a namespace such as {_USUAL}.",
            fix="Export the decisions as DMN 1.3 XML.",
            line=xml.line(root),
        )
    )


def is_dmn(root: Element) -> bool:
    """True for the root of a DMN file of a version that is read."""
    namespace, _, name = str(root.tag).rpartition("}")
    return name == "definitions" and namespace[1:] in VERSIONS


def children(element: Element, *names: str) -> Iterator[Element]:
    """Direct children of the same namespace as the parent, with one of the names; in document order."""
    prefix = str(element.tag).rpartition("}")[0] + "}"
    yield from element.iterchildren(*(prefix + name for name in names))


def child(element: Element | None, *names: str) -> Element | None:
    """The first such child; None for None."""
    return None if element is None else next(children(element, *names), None)


def text(element: Element | None) -> str:
    """What stands in the element's `text` child, without surrounding white space."""
    return xml.text(child(element, "text"))


def version_tag(element: Element) -> str | None:
    """The author's own label of this version: Camunda 7's attribute, or Camunda 8's extension element."""
    for namespace in CAMUNDA_7:
        label = xml.attribute(element, f"{{{namespace}}}versionTag")
        if label:
            return label
    holder = child(element, "extensionElements")
    found = None if holder is None else next(holder.iterchildren(f"{{{_ZEEBE}}}versionTag"), None)
    return xml.attribute(found, "value") or None if found is not None else None


def imports(root: Element) -> tuple[str, ...]:
    """The namespaces of the models that the file imports."""
    return tuple(xml.attribute(element, "namespace") for element in children(root, "import"))


def variable_name(element: Element) -> str:
    """The name under which the element's value is known: its variable's, else its own."""
    variable = child(element, "variable")
    named = xml.attribute(variable, "name") if variable is not None else ""
    return named or xml.attribute(element, "name")


def line_of_text(element: Element) -> int:
    """The line of the element's text, else its own."""
    holder = child(element, "text")
    return xml.line(element if holder is None else holder)
