"""Decisions as they are written in the file: the texts of tables and expressions, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from baton.bpm.decisions import documents
from baton.bpm.definition import xml
from baton.bpm.definition.limits import Limits
from baton.bpm.definition.xml import Element, UnreadableXml


@dataclass(frozen=True, slots=True)
class WrittenColumn:
    """`label` is what people call it, `expression` the tested text of an input or the name of an output.

    `type` and `allowed` (the texts of its possible values) may be empty.
    """

    label: str
    expression: str
    type: str
    allowed: str


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """`number` counts from 1; `inputs` and `outputs` are the texts of its cells, `-` for one that takes everything."""

    id: str | None
    number: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """`aggregation` is empty but for collecting tables that calculate."""

    hit_policy: str
    aggregation: str
    inputs: tuple[WrittenColumn, ...]
    outputs: tuple[WrittenColumn, ...]
    rules: tuple[WrittenRule, ...]


@dataclass(frozen=True, slots=True)
class WrittenDecision:
    """Its `table`, or the text of its `expression`; neither for other logic."""

    id: str
    name: str
    description: str
    table: WrittenTable | None
    expression: str | None


def read_written(content: bytes, limits: Limits | None = None) -> Mapping[str, WrittenDecision]:
    """The decisions of a file that was deployed, by id; empty if it cannot be read any more."""
    try:
        root = documents.parse(content, limits or Limits())
    except UnreadableXml:
        return {}
    found = (_decision(element) for element in documents.children(root, "decision"))
    return {decision.id: decision for decision in found}


def _decision(element: Element) -> WrittenDecision:
    table = documents.child(element, "decisionTable")
    literal = documents.child(element, "literalExpression")
    name = xml.attribute(element, "name")
    return WrittenDecision(
        id=xml.attribute(element, "id") or name,
        name=name,
        description=xml.text(documents.child(element, "description")),
        table=None if table is None else _table(table),
        expression=None if literal is None else documents.text(literal),
    )


def _table(table: Element) -> WrittenTable:
    return WrittenTable(
        hit_policy=xml.attribute(table, "hitPolicy") or "UNIQUE",
        aggregation=xml.attribute(table, "aggregation"),
        inputs=tuple(_input(column) for column in documents.children(table, "input")),
        outputs=tuple(_output(column) for column in documents.children(table, "output")),
        rules=tuple(_rule(number, rule) for number, rule in enumerate(documents.children(table, "rule"), 1)),
    )


def _input(column: Element) -> WrittenColumn:
    expression = documents.child(column, "inputExpression")
    text = "" if expression is None else documents.text(expression)
    return WrittenColumn(
        label=xml.attribute(column, "label") or text,
        expression=text,
        type="" if expression is None else xml.attribute(expression, "typeRef"),
        allowed=documents.text(documents.child(column, "inputValues")),
    )


def _output(column: Element) -> WrittenColumn:
    name = xml.attribute(column, "name")
    return WrittenColumn(
        label=xml.attribute(column, "label") or name,
        expression=name,
        type=xml.attribute(column, "typeRef"),
        allowed=documents.text(documents.child(column, "outputValues")),
    )


def _rule(number: int, rule: Element) -> WrittenRule:
    annotations = [documents.text(entry) for entry in documents.children(rule, "annotationEntry")]
    description = xml.text(documents.child(rule, "description"))
    return WrittenRule(
        id=xml.attribute(rule, "id") or None,
        number=number,
        inputs=tuple(documents.text(cell) or "-" for cell in documents.children(rule, "inputEntry")),
        outputs=tuple(documents.text(cell) for cell in documents.children(rule, "outputEntry")),
        note=" ".join(note for note in (description, *annotations) if note),
    )
