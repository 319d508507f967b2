"""What every part of the reader needs: mode, dialect, checks, and where problems go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from baton.bpm.definition import xml
from baton.bpm.definition.checks import Checks
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.elements import Expression, Language, Mode, Text
from baton.bpm.definition.findings import Findings, Place
from baton.bpm.definition.language import DataStore, Variable
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.texts import shown
from baton.bpm.definition.xml import Element
from baton.bpm.errors import ExpressionError, ExpressionSyntaxError
from baton.bpm.errors import place as place_in

_SNIPPET = 30
_LONGEST_REASON = 400


class Common(TypedDict):
    """The fields every flow node has."""

    id: str
    name: str
    documentation: str
    lane: str | None
    line: int
    message_flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """`roots` are the file's root elements by id, `lanes` the lanes' names by node id, `pool_names` by process id.

    `expression_language` is the one the file names, if it is one of ours. `leaving` and `arriving` (guided mode) are
    message flows by element id, `handlers` the compensating activities by boundary event id, `data_names` variables'
    names by the id of data drawn, `data_stores` the ids of references to data stores, `properties` the file's
    correlation properties, `operations` those of its interfaces by id, `unnamed_signal` what signals without a name are
    called.
    """

    mode: Mode
    dialect: Plain
    checks: Checks
    findings: Findings
    limits: Limits
    roots: Mapping[str, Element] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    pool_names: Mapping[str, str] = field(default_factory=dict)
    expression_language: Language | None = None
    leaving: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arriving: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    data_names: Mapping[str, str] = field(default_factory=dict)
    data_stores: frozenset[str] = frozenset()
    properties: tuple[Element, ...] = ()
    operations: Mapping[str, Element] = field(default_factory=dict)
    unnamed_signal: str = ""
    _flows: dict[tuple[Element, str], dict[str, list[Element]]] = field(default_factory=dict)

    @property
    def guided(self) -> bool:
        """True if people do what the drawing leaves open."""
        return self.mode is Mode.GUIDED

    def error(self, rule: str, message: str, fix: str, element: Element) -> None:
        """Record what keeps the file from being deployed."""
        self.findings.error(rule, message, fix, xml.place(element))

    def warning(self, rule: str, message: str, fix: str, element: Element) -> None:
        """Record what runs, but perhaps not as meant."""
        self.findings.warning(rule, message, fix, xml.place(element))

    def note_once(self, rule: str, kind: str, message: str, fix: str, element: Element) -> None:
        """Record an info once per kind of thing."""
        self.findings.note_once(rule, kind, message, fix, xml.place(element))

    def warn_once(self, rule: str, kind: str, message: str, fix: str, element: Element) -> None:
        """Record a warning once per kind of thing."""
        self.findings.warn_once(rule, kind, message, fix, xml.place(element))

    def common(self, element: Element, lane: str | None) -> Common:
        """The fields every flow node has; `lane` is that of the surrounding sub-process."""
        id_ = xml.attribute(element, "id")
        return Common(
            id=id_,
            name=xml.attribute(element, "name"),
            documentation="\n".join(filter(None, (documentation(element), self.dialect.instructions(element)))),
            lane=self.lanes.get(id_, lane),
            line=xml.line(element),
            message_flows=self.leaving.get(id_, ()),
        )

    def flows_of(self, node: Element, end: str) -> Sequence[Element]:
        """The sequence flows beside the node whose `sourceRef` or `targetRef` it is; each scope is read once."""
        scope, id_ = node.getparent(), xml.attribute(node, "id")
        if scope is None or not id_:
            return ()
        by_end = self._flows.get((scope, end))
        if by_end is None:
            by_end = self._flows[scope, end] = {}
            for flow in xml.children(scope, "sequenceFlow"):
                by_end.setdefault(xml.reference(xml.attribute(flow, end)), []).append(flow)
        return by_end.get(id_, ())

    def message_flows_to(self, element: Element) -> tuple[str, ...]:
        """Guided: the message flows that arrive at the element from another pool that runs."""
        return self.arriving.get(xml.attribute(element, "id"), ())

    def data_name(self, reference: str) -> str | None:
        """The variable that the data of that id is; the text itself if the file has no such data."""
        id_ = xml.reference(reference)
        return self.data_names.get(id_, id_) or None

    def check_text(self, text: Text | Variable | DataStore | None, what: str, place: Place) -> None:
        """Record an error if the text is an expression that does not compile; `what` completes "The ..."."""
        if not isinstance(text, Expression):
            return
        reason = self.syntax_error(text)
        if reason is not None:
            self.findings.error("expression-syntax", f"The {what} {reason}", syntax_fix(text.language), place)

    def syntax_error(self, expression: Expression) -> str | None:
        """Why the expression does not compile, as the end of a sentence; None if it does."""
        try:
            self.checks.check_expression(expression)
        except ExpressionError as error:
            return (
                f"{shown(expression.text)} is not valid {expression.language.upper()}: {where(error, expression.text)}"
            )
        return None


def where(error: ExpressionError, text: str) -> str:
    """The error's own words, with the position if they do not say it."""
    message = error.message.rstrip(".")
    if len(message) > _LONGEST_REASON:
        message = f"{message[:_LONGEST_REASON]}..."
    if not isinstance(error, ExpressionSyntaxError) or "column" in message:
        return f"{message}."
    position = error.position or 0
    snippet = text[position : position + _SNIPPET]
    near = f" before {shown(snippet)}" if snippet.strip() else ""
    return f"{message} (at {place_in(text, position)}{near})."


def syntax_fix(language: Language) -> str:
    """How to write the language right, by example."""
    if language is Language.JUEL:
        return "Correct the expression, for example ${amount > 100}."
    if language is Language.JAVASCRIPT:
        return "Correct the script; its last expression must be true or false, for example amount > 100."
    if language is Language.PYTHON:
        return "Correct the expression, for example amount > 100 and kind == 'new'."
    return "Correct the expression, for example =amount > 100."


def documentation(element: Element) -> str:
    """All `documentation` texts, one below the other."""
    return "\n".join(filter(None, (xml.text(part) for part in xml.children(element, "documentation"))))


def called(element: Element, kind: str = "") -> str:
    """How a message calls the element: its kind in words (`kind` if that says it better), then its name or id."""
    words = kind or xml.words(element)
    label = xml.attribute(element, "name") or xml.attribute(element, "id")
    return f"{words} {shown(label)}" if label else f"{words} without name and id"
