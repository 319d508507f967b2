"""Form fields that a diagram holds itself: `formData` of Camunda 7, `formProperty` of Flowable and Activiti."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.elements import Binding, FormField, FormPlace, FormSource
from baton.bpm.definition.texts import optional_text
from baton.bpm.definition.xml import Element

EMBEDDED = "camunda-forms:bpmn:"
OF_THE_DEPLOYMENT = "camunda-forms:deployment:"
_BINDINGS = {str(binding).lower(): binding for binding in Binding}


def binding(word: str) -> Binding:
    """The binding of that name; the latest version for none and for a word that is not known."""
    return _BINDINGS.get(word.strip().lower(), Binding.LATEST)


def read_form_data(data: Sequence[Element], properties: Sequence[Element], *, line: int) -> FormSource | None:
    """The fields in document order, None if there are none."""
    fields = [_field(element) for holder in data for element in _inside(holder, "formField")]
    fields += [_property(element) for element in properties]
    if not fields:
        return None
    keys = [xml.attribute(holder, "businessKey") for holder in data]
    return FormSource(
        place=FormPlace.FIELDS, fields=tuple(fields), business_key=next(filter(None, keys), ""), line=line
    )


def _field(element: Element) -> FormField:
    constraints = tuple(
        (xml.attribute(constraint, "name"), xml.attribute(constraint, "config"))
        for validation in _inside(element, "validation")
        for constraint in _inside(validation, "constraint")
    )
    return FormField(
        id=xml.attribute(element, "id"),
        label=xml.attribute(element, "label"),
        type=xml.attribute(element, "type") or "string",
        default=optional_text(xml.attribute(element, "defaultValue")),
        date_pattern=xml.attribute(element, "datePattern"),
        options=_options(element),
        constraints=constraints,
        line=xml.line(element),
    )


def _property(element: Element) -> FormField:
    """Written to `variable` where that is a plain name; `writable` false is readonly."""
    constraints = []
    if xml.flag(element, "required", False):
        constraints.append(("required", "true"))
    if not xml.flag(element, "writable", True):
        constraints.append(("readonly", "true"))
    variable = xml.attribute(element, "variable")
    default = xml.attribute(element, "default") or xml.attribute(element, "expression")
    return FormField(
        id=variable if variable and "{" not in variable else xml.attribute(element, "id"),
        label=xml.attribute(element, "name"),
        type=xml.attribute(element, "type") or "string",
        default=optional_text(default),
        date_pattern=xml.attribute(element, "datePattern"),
        options=_options(element),
        constraints=tuple(constraints),
        line=xml.line(element),
    )


def _options(element: Element) -> tuple[tuple[str, str], ...]:
    return tuple(
        (id_, xml.attribute(value, "name") or id_)
        for value in _inside(element, "value")
        if (id_ := xml.attribute(value, "id"))
    )


def _inside(element: Element, name: str) -> Iterator[Element]:
    """Children of that name, whichever vendor's namespace they are in."""
    return (child for child in element.iterchildren(etree.Element) if xml.local_name(child) == name)
