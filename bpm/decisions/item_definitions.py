"""Reads item definitions, and the references to types that variables, columns and parameters make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from baton.bpm.decisions import documents
from baton.bpm.decisions.item_types import (
    ANY,
    BuiltInType,
    CollectionType,
    ConstrainedType,
    DefinedType,
    FunctionItemType,
    ItemType,
    StructureType,
)
from baton.bpm.decisions.names import Names
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.types import BUILT_IN_TYPES, TypeTest, simple_type
from baton.bpm.expressions.feel.values import Value

_ALIASES: Final[Mapping[str, str]] = {
    "dateTime": "date and time",
    "dateAndTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "integer": "number",
    "int": "number",
    "long": "number",
    "double": "number",
    "float": "number",
    "decimal": "number",
}
"""Older spellings, and those of Camunda's modeler."""
_ANYTHING: Final = ("Any", "any", "object", "json")
_MAX_CHAIN: Final = 50
_NO_NAMES: Final = Names.of(())


def read_item_definitions(reading: Reading) -> None:
    """Fills the reading's types. Imported ones are there already, under their qualified names."""
    own = list(documents.children(reading.root, "itemDefinition"))
    reading.own_types = frozenset(xml.attribute(definition, "name") for definition in own)
    for definition in _without_cycles(own, reading):
        name = xml.attribute(definition, "name")
        scope = Scope(f"item definition '{name}'", _NO_NAMES)
        reading.types[name] = _read(definition, scope, reading)
    reading.type_tests.update({name: type_test(found) for name, found in reading.types.items()})


def read_type(element: Element | None, scope: Scope, reading: Reading) -> ItemType | None:
    """The type that the element's `typeRef` attribute names; None without one."""
    reference = xml.attribute(element, "typeRef") if element is not None else ""
    return None if element is None or not reference else _referred(reference, element, scope, reading)


def type_test(expected: ItemType) -> TypeTest:
    """The type as FEEL's `instance of` asks for it: null is no instance, and constraints do not count."""
    shape = expected.shape()

    def test(value: Value, evaluation: Evaluation) -> bool:
        return value is not None and shape.conforms(value, evaluation)

    return test


def _read(definition: Element, scope: Scope, reading: Reading) -> ItemType:
    base = _base(definition, scope, reading)
    allowed = documents.child(definition, "allowedValues")
    constraint = documents.child(definition, "typeConstraint")
    is_collection = xml.flag(definition, "isCollection", False)
    constrained = base
    if allowed is not None:
        test = reading.tests(allowed, scope.at("allowed values"))
        constrained = ConstrainedType(base, test, None, documents.text(allowed))
    if is_collection:
        constrained = CollectionType(constrained)
    if constraint is not None:
        test = reading.tests(constraint, scope.at("type constraint"))
        constrained = ConstrainedType(constrained, None, test, constrained.allowed_text)
    return constrained


def _base(definition: Element, scope: Scope, reading: Reading) -> ItemType:
    components = list(documents.children(definition, "itemComponent"))
    if components:
        return StructureType(
            {
                xml.attribute(component, "name"): _read(
                    component, scope.at(f"component '{xml.attribute(component, 'name')}'"), reading
                )
                for component in components
            }
        )
    function = documents.child(definition, "functionItem")
    if function is not None:
        result = xml.attribute(function, "outputTypeRef")
        return FunctionItemType(
            parameters=sum(1 for _ in documents.children(function, "parameters")),
            result=_referred(result, function, scope, reading) if result else None,
        )
    reference = documents.child(definition, "typeRef")
    name = xml.text(reference)
    return ANY if not name else _referred(name, reference, scope, reading)


def _referred(reference: str, element: Element, scope: Scope, reading: Reading) -> ItemType:
    name = _local(reference, element, reading)
    if name in _ANYTHING:
        return ANY
    known = _ALIASES.get(name, name)
    if name not in reading.own_types and known in BUILT_IN_TYPES:
        return BuiltInType(simple_type(known), is_list=known == "list")
    if name not in reading.types and name not in reading.own_types:
        reading.warning(
            "unknown-type",
            scope,
            element,
            f"the type '{reference}' is not defined; values are not checked",
            "Define the type, or choose another one.",
        )
        return ANY
    return DefinedType(name, reading.types)


def _local(reference: str, element: Element, reading: Reading) -> str:
    """DMN 1.1 writes `prefix:name`, where the prefix may stand for an imported model's namespace."""
    prefix, separator, name = reference.strip().rpartition(":")
    if not separator:
        return name
    imported = reading.import_names.get(element.nsmap.get(prefix, ""))
    return f"{imported}.{name}" if imported else name


def _without_cycles(definitions: list[Element], reading: Reading) -> list[Element]:
    """A type may contain itself as a component, but not be itself; chains of names have a bound."""
    bases = {
        xml.attribute(found, "name"): _local(xml.text(documents.child(found, "typeRef")), found, reading)
        for found in definitions
    }
    sound = []
    for definition in definitions:
        base: str | None = xml.attribute(definition, "name")
        length = 0
        while base in bases and length <= _MAX_CHAIN:
            base = bases[base]
            length += 1
        if length <= _MAX_CHAIN:
            sound.append(definition)
            continue
        scope = Scope(f"item definition '{xml.attribute(definition, 'name')}'", _NO_NAMES)
        message = f"the type is defined by itself, or over more than {_MAX_CHAIN} other types"
        reading.error("type-cycle", scope, definition, message, "Choose another base type.")
    return sound
