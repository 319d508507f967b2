"""Inputs and outputs in a vendor's words, and whether everything in them compiles."""

from __future__ import annotations

from collections.abc import Iterable

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.vocabulary import Parameter
from baton.bpm.definition.elements import DataMapping, Entries, Items, Script, Source
from baton.bpm.definition.language import Variable
from baton.bpm.definition.reader.context import Context, called
from baton.bpm.definition.reader.scripts import check_script, script_of
from baton.bpm.definition.texts import literal_or_expression
from baton.bpm.definition.xml import Element


def source_of(parameter: Parameter, name: str, activity: Element, context: Context) -> Source:
    """Where the value of a parameter comes from; a script that cannot be read was recorded and gives null."""
    if parameter.items is not None:
        return Items(tuple(source_of(item, name, activity, context) for item in parameter.items))
    if parameter.entries is not None:
        return Entries(
            tuple(
                (literal_or_expression(key), source_of(item, name, activity, context))
                for key, item in parameter.entries
            )
        )
    if parameter.script is not None:
        what = f"mapping to '{name[:80]}' of the {called(activity)}"
        return script_of(parameter.script, what, activity, context) or Variable("")
    return literal_or_expression(parameter.text)


def read_parameters(element: Element, context: Context) -> tuple[tuple[DataMapping, ...], tuple[DataMapping, ...]]:
    """A vendor's input and output parameters; whether they compile is not checked yet."""
    given, taken = context.dialect.parameters(element)
    return (
        tuple(DataMapping(name, source_of(value, name, element, context)) for name, value in given),
        tuple(DataMapping(name, source_of(value, name, element, context)) for name, value in taken),
    )


def check_mappings(mappings: Iterable[DataMapping], activity: Element, context: Context) -> None:
    """Record an error for each expression or script of them that does not compile."""
    for mapping in mappings:
        what = f"mapping to '{mapping.target[:80]}' of the {called(activity)}"
        for source in mapping.expressions():
            if isinstance(source, Script):
                check_script(source, what, activity, context)
            else:
                context.check_text(source, what, xml.place(activity))
