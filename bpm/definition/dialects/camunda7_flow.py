"""Camunda 7's words about events, loops and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.dialects import connectors
from baton.bpm.definition.dialects.camunda7_work import mappings_of
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.vocabulary import (
    Call,
    Job,
    ListenerWords,
    MultiInstanceWords,
    Parameter,
    ScriptSource,
)
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

        def fields_of(self, holder: Element) -> tuple[DataMapping, ...]: ...

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

    def condition_changes(self, definition: Element) -> frozenset[str]:
        kinds = self._attribute(definition, "variableEvents")
        return frozenset(kind.strip().lower() for kind in kinds.split(",") if kind.strip())

    def call(self, activity: Element) -> Call:
        """Nothing crosses unless it is mapped; `variables="all"`, or Flowable's `inheritVariables`, maps everything."""
        key = xml.attribute(activity, "calledElement")
        binding = _BINDINGS.get(self._attribute(activity, "calledElementBinding"), Binding.LATEST)
        version = {Binding.VERSION: "calledElementVersion", Binding.VERSION_TAG: "calledElementVersionTag"}
        ins, outs = self._extensions(activity, "in"), self._extensions(activity, "out")
        keys = [xml.attribute(part, "businessKey") for part in ins]
        keys.append(self._attribute(activity, "businessKey"))
        if self._attribute(activity, "inheritBusinessKey") == "true":
            keys.append("${execution.processBusinessKey}")
        keys = [text for text in keys if text]
        inherits = self._attribute(activity, "inheritVariables") == "true"
        whole = [part for part in ins if xml.attribute(part, "variables") == "all"]
        own = {id(part) for part in (*ins, *outs) if xml.flag(part, "local", False)}
        return Call(
            literal_or_expression(key) if key else None,
            binding,
            optional_text(self._attribute(activity, version[binding])) if binding in version else None,
            literal_or_expression(keys[0]) if keys else None,
            inputs=tuple(mappings_of([part for part in ins if id(part) not in own])),
            outputs=tuple(mappings_of([part for part in outs if id(part) not in own])),
            all_in=inherits or bool(whole),
            all_out=any(xml.attribute(part, "variables") == "all" for part in outs if id(part) not in own),
            local_in=not inherits and all(id(part) in own for part in whole),
            own_inputs=tuple(mappings_of([part for part in ins if id(part) in own])),
            own_outputs=tuple(mappings_of([part for part in outs if id(part) in own])),
            own_all_out=any(xml.attribute(part, "variables") == "all" for part in outs if id(part) in own),
            out_when_thrown=True,
        )

    def empty_crossings(self, activity: Element) -> list[str]:
        """`camunda:in` and `camunda:out` without a source, or with an expression but no target."""
        return [
            f"camunda:{word}"
            for word in ("in", "out")
            for part in self._extensions(activity, word)
            if not mappings_of([part])
            and xml.attribute(part, "variables") != "all"
            and not xml.attribute(part, "businessKey")
        ]

    def parameters(
        self, activity: Element
    ) -> tuple[tuple[tuple[str, Parameter], ...], tuple[tuple[str, Parameter], ...]]:
        """`inputOutput`; a connector's are read with the connector."""
        return _parameters(self._extensions(activity, "inputOutput"))

    def connector_parameters(
        self, task: Element
    ) -> tuple[tuple[tuple[str, Parameter], ...], tuple[tuple[str, Parameter], ...]]:
        """The `inputOutput` of a connector."""
        holders = [connectors.input_output(connector) for connector in self._extensions(task, "connector")]
        return _parameters([holder for holder in holders if holder is not None])

    def listeners(self, element: Element) -> tuple[ListenerWords, ...]:
        """Execution and task listeners, in the file's order."""
        found = [*self._extensions(element, "executionListener"), *self._extensions(element, "taskListener")]
        default = "take" if xml.local_name(element) == "sequenceFlow" else ""
        return tuple(
            self._listener(part, event) for part in found for event in _events(xml.attribute(part, "event") or default)
        )

    def _listener(self, part: Element, event: str) -> ListenerWords:
        timer = next(part.iterchildren(xml.tag("timerEventDefinition")), None)
        for child in part.iterchildren(etree.Element):
            if xml.local_name(child) == "script":
                return ListenerWords(event, script=_script(child), timer=timer)
        expression = xml.attribute(part, "expression")
        if expression:
            return ListenerWords(event, expression=literal_or_expression(expression), timer=timer)
        for attribute, words in (("class", "the Java class"), ("delegateExpression", "the bean")):
            value = xml.attribute(part, attribute)
            if value:
                name = value[2:-1].strip() if value.startswith(("${", "#{")) and value.endswith("}") else value
                job = Job(name, stands_for=f"{words} '{name[:120]}'")
                return ListenerWords(event, job=job, fields=self.fields_of(part), timer=timer)
        return ListenerWords(event, timer=timer)

    def initiator(self, start: Element) -> str | None:
        return self._attribute(start, "initiator") or None

    def multi_instance(self, characteristics: Element) -> MultiInstanceWords:
        """The collection is an expression, or the name of a variable."""
        collection = self._attribute(characteristics, "collection")
        text = literal_or_expression(collection)
        return MultiInstanceWords(
            None if not collection else text if isinstance(text, Expression) else Variable(text),
            self._attribute(characteristics, "elementVariable") or None,
        )


def _parameters(
    holders: list[Element],
) -> tuple[tuple[tuple[str, Parameter], ...], tuple[tuple[str, Parameter], ...]]:
    inputs: list[tuple[str, Parameter]] = []
    outputs: list[tuple[str, Parameter]] = []
    for holder in holders:
        for part in holder.iterchildren(etree.Element):
            kind, name = xml.local_name(part), xml.attribute(part, "name")
            if name and kind in ("inputParameter", "outputParameter"):
                (inputs if kind == "inputParameter" else outputs).append((name, _parameter(part)))
    return tuple(inputs), tuple(outputs)


def _events(event: str) -> tuple[str, ...]:
    """Activiti's `all` stands for every event of a task that it has."""
    return ("create", "assignment", "complete", "delete") if event == "all" else (event,)


def _parameter(holder: Element) -> Parameter:
    """What stands in a parameter, list item or map entry; nesting is bounded by the file's depth."""
    for child in holder.iterchildren(etree.Element):
        match xml.local_name(child):
            case "script":
                return Parameter(script=_script(child))
            case "list":
                return Parameter(items=tuple(_item(item) for item in child.iterchildren(etree.Element)))
            case "map":
                entries = [item for item in child.iterchildren(etree.Element) if xml.local_name(item) == "entry"]
                return Parameter(entries=tuple((xml.attribute(item, "key"), _parameter(item)) for item in entries))
    return Parameter(xml.text(holder))


def _item(item: Element) -> Parameter:
    return Parameter(script=_script(item)) if xml.local_name(item) == "script" else _parameter(item)


def _script(element: Element) -> ScriptSource:
    return ScriptSource(xml.text(element), xml.attribute(element, "scriptFormat"))
