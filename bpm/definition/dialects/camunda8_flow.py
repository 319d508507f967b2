"""Camunda 8's words about events, loops, calls and ad-hoc sub-processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.vocabulary import AdHocWords, Call, Job, ListenerWords, Mappings, MultiInstanceWords
from baton.bpm.definition.elements import Binding, DataMapping, Text
from baton.bpm.definition.language import Expression
from baton.bpm.definition.texts import literal_or_expression, optional_text
from baton.bpm.definition.xml import Element

_BINDINGS = {"deployment": Binding.DEPLOYMENT, "versionTag": Binding.VERSION_TAG}


_EVENTS = {
    "creating": "create",
    "assigning": "assignment",
    "completing": "complete",
    "updating": "update",
    "canceling": "delete",
}


class Camunda8Flow(Plain):
    """Mixed into the dialect, which knows how to find its elements."""

    first_loop_counter: ClassVar[int] = 1

    if TYPE_CHECKING:

        def _value(self, element: Element, extension: str, attribute: str) -> str: ...

        def _extensions(self, element: Element, name: str) -> list[Element]: ...

    def correlation_key(self, message: Element) -> Text | None:
        return optional_text(self._value(message, "subscription", "correlationKey"))

    def condition_variables(self, definition: Element) -> frozenset[str]:
        names = self._value(definition, "conditionalFilter", "variableNames")
        return frozenset(name.strip() for name in names.split(",") if name.strip())

    def condition_changes(self, definition: Element) -> frozenset[str]:
        kinds = self._value(definition, "conditionalFilter", "variableEvents")
        return frozenset(kind.strip().lower() for kind in kinds.split(",") if kind.strip())

    def call(self, activity: Element) -> Call:
        """Everything crosses, both ways, unless it is switched off; mappings come besides."""
        key = self._value(activity, "calledElement", "processId")
        binding = _BINDINGS.get(self._value(activity, "calledElement", "bindingType"), Binding.LATEST)
        outputs = tuple(self._mappings(activity, "output"))
        out = self._value(activity, "calledElement", "propagateAllChildVariables")
        return Call(
            literal_or_expression(key) if key else None,
            binding,
            optional_text(self._value(activity, "calledElement", "versionTag")),
            inputs=tuple(self._mappings(activity, "input")),
            outputs=outputs,
            all_in=self._value(activity, "calledElement", "propagateAllParentVariables") != "false",
            all_out=out == "true" or (out != "false" and not outputs),
        )

    def mappings(self, activity: Element) -> Mappings:
        """With outputs, only what they map leaves the activity."""
        outputs = tuple(self._mappings(activity, "output"))
        return Mappings(tuple(self._mappings(activity, "input")), outputs, only_mapped_out=bool(outputs))

    def listeners(self, element: Element) -> tuple[ListenerWords, ...]:
        """Workers that are called around an element or a user task."""
        found: list[ListenerWords] = []
        for holder in ("executionListeners", "taskListeners"):
            for part in self._extensions(element, holder):
                for listener in part.iterchildren(etree.Element):
                    event = xml.attribute(listener, "eventType")
                    type_ = xml.attribute(listener, "type")
                    job = Job(literal_or_expression(type_), optional_text(xml.attribute(listener, "retries")))
                    found.append(ListenerWords(_EVENTS.get(event, event), job=job if type_ else None))
        return tuple(found)

    def multi_instance(self, characteristics: Element) -> MultiInstanceWords:
        collection = self._value(characteristics, "loopCharacteristics", "inputCollection")
        output = optional_text(self._value(characteristics, "loopCharacteristics", "outputElement"))
        return MultiInstanceWords(
            literal_or_expression(collection) if collection else None,
            self._value(characteristics, "loopCharacteristics", "inputElement") or None,
            self._value(characteristics, "loopCharacteristics", "outputCollection") or None,
            output if isinstance(output, Expression) else None,
        )

    def ad_hoc(self, sub_process: Element) -> AdHocWords:
        output = optional_text(self._value(sub_process, "adHoc", "outputElement"))
        return AdHocWords(
            optional_text(self._value(sub_process, "adHoc", "activeElementsCollection")),
            self._value(sub_process, "adHoc", "outputCollection") or None,
            output if isinstance(output, Expression) else None,
        )

    def _mappings(self, activity: Element, kind: str) -> Iterator[DataMapping]:
        for holder in self._extensions(activity, "ioMapping"):
            for part in holder.iterchildren(f"{{{holder.nsmap.get(holder.prefix, '')}}}{kind}"):
                target, source = xml.attribute(part, "target"), xml.attribute(part, "source")
                if target:
                    name, *path = target.split(".")
                    yield DataMapping(name, literal_or_expression(source), path=tuple(path))
