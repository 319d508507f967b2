"""Data drawn at activities: what its inputs and outputs are called, and what crosses (BPMN 2.0.2, 10.4).

Data objects and properties are variables of their own names; data stores keep what is written to them. Camunda's and
other dialects say with their own words what crosses; there the drawn associations are documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpm.definition import xml
from baton.bpm.definition.elements import DataMapping
from baton.bpm.definition.language import DataStore, Text, Variable
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.languages import expression_of
from baton.bpm.definition.reader.mappings import check_mappings
from baton.bpm.definition.xml import Element


def read_data(activity: Element, context: Context) -> tuple[tuple[DataMapping, ...], tuple[DataMapping, ...]]:
    """Inputs and outputs of the activity; none where the drawing names no data inputs and outputs."""
    inputs = [mapping for part in xml.children(activity, "dataInputAssociation") for mapping in _read(part, context)]
    outputs = [mapping for part in xml.children(activity, "dataOutputAssociation") for mapping in _read(part, context)]
    if context.dialect.namespaces or not (inputs or outputs):
        _note_documentation(activity, context)
        return (), ()
    check_mappings((*inputs, *outputs), activity, context)
    return (*_declared_outputs(activity), *inputs), tuple(outputs)


def _read(association: Element, context: Context) -> Iterator[DataMapping]:
    """The assignments if there are any, else the source as a whole, transformed if the drawing says how."""
    target = context.data_name(xml.text(xml.child(association, "targetRef")))
    if not target:
        return
    assignments = list(xml.children(association, "assignment"))
    for assignment in assignments:
        source = xml.text(xml.child(assignment, "from"))
        to = xml.text(xml.child(assignment, "to"))
        if source:
            yield DataMapping(context.data_name(to) or to or target, expression_of(source, None, context))
    if assignments:
        return
    is_store = xml.reference(xml.text(xml.child(association, "targetRef"))) in context.data_stores
    yield DataMapping(target, _source(association, context), to_store=is_store)


def _source(association: Element, context: Context) -> Text | Variable | DataStore:
    transformation = xml.text(xml.child(association, "transformation"))
    if transformation:
        return expression_of(transformation, None, context)
    reference = xml.text(xml.child(association, "sourceRef"))
    name = context.data_name(reference) or ""
    return DataStore(name) if xml.reference(reference) in context.data_stores else Variable(name)


def _declared_outputs(activity: Element) -> Iterator[DataMapping]:
    """What the activity gives out is its own until it is done."""
    for specification in xml.children(activity, "ioSpecification"):
        for output in xml.children(specification, "dataOutput"):
            name = xml.attribute(output, "name") or xml.attribute(output, "id")
            if name:
                yield DataMapping(name, Variable(""))


def _note_documentation(activity: Element, context: Context) -> None:
    for name in ("dataInputAssociation", "dataOutputAssociation", "ioSpecification"):
        if xml.child(activity, name) is not None:
            context.note_once(
                "data-association",
                name,
                f"The data drawn at the {called(activity)} is documentation: all variables are visible everywhere.",
                "Nothing has to be done.",
                activity,
            )
