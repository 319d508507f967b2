"""Camunda 7's words about events, loops and calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.vocabulary import Call, MultiInstanceWords
from baton.bpm.definition.elements import Binding, DataMapping, Text
from baton.bpm.definition.language import Expression, Variable
from baton.bpm.definition.texts import literal_or_expression, optional_text
from baton.bpm.definition.xml import Element

_BINDINGS = {"deployment": Binding.DEPLOYMENT, "version": Binding.VERSION, "versionTag": Binding.VERSION_TAG}


class Camunda7Flow(Plain):
    """Mixed into the dialect, which knows how to find its attributes."""

    if TYPE_CHECKING:

        def _attribute(self, element: Element, name: str) -> str: ...

        def _extensions(self, element: Element, name: str) -> list[Element]: ...

    def error_variables(self, definition: Element) -> tuple[str | None, str | None]:
        return (
            self._attribute(definition, "errorCodeVariable") or None,
            self._attribute(definition, "errorMessageVariable") or None,
        )

    def error_message(self, error: Element) -> Text | None:
        return optional_text(self._attribute(error, "errorMessage"))

    def escalation_variable(self, definition: Element) -> str | None:
        return self._attribute(definition, "escalationCodeVariable") or None

    def condition_variables(self, definition: Element) -> frozenset[str]:
        names = self._attribute(definition, "variableName")
        return frozenset(name.strip() for name in names.split(",") if name.strip())

    def call(self, activity: Element) -> Call:
        """Nothing crosses unless it is mapped; `variables="all"` maps everything."""
        key = xml.attribute(activity, "calledElement")
        binding = _BINDINGS.get(self._attribute(activity, "calledElementBinding"), Binding.LATEST)
        version = {Binding.VERSION: "calledElementVersion", Binding.VERSION_TAG: "calledElementVersionTag"}
        ins, outs = self._extensions(activity, "in"), self._extensions(activity, "out")
        keys = [xml.attribute(part, "businessKey") for part in ins if xml.attribute(part, "businessKey")]
        return Call(
            literal_or_expression(key) if key else None,
            binding,
            optional_text(self._attribute(activity, version[binding])) if binding in version else None,
            literal_or_expression(keys[0]) if keys else None,
            inputs=tuple(_mappings(ins)),
            outputs=tuple(_mappings(outs)),
            all_in=any(xml.attribute(part, "variables") == "all" for part in ins),
            all_out=any(xml.attribute(part, "variables") == "all" for part in outs),
        )

    def multi_instance(self, characteristics: Element) -> MultiInstanceWords:
        """The collection is an expression, or the name of a variable."""
        collection = self._attribute(characteristics, "collection")
        text = literal_or_expression(collection)
        return MultiInstanceWords(
            None if not collection else text if isinstance(text, Expression) else Variable(text),
            self._attribute(characteristics, "elementVariable") or None,
        )


def _mappings(parts: list[Element]) -> Iterator[DataMapping]:
    for part in parts:
        target, source = xml.attribute(part, "target"), xml.attribute(part, "source")
        expression = xml.attribute(part, "sourceExpression")
        if target and expression:
            yield DataMapping(target, literal_or_expression(expression))
        elif source:
            yield DataMapping(target or source, Variable(source))
