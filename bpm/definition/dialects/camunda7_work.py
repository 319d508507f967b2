"""Camunda 7's words about how the work of a task or event is done: expressions, fields, errors, skipping, signals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.vocabulary import ErrorWords, Job, UnsupportedWork
from baton.bpm.definition.elements import DataMapping, Text
from baton.bpm.definition.event_definitions import InProcess, SignalContent
from baton.bpm.definition.language import Variable
from baton.bpm.definition.texts import literal_or_expression, optional_text
from baton.bpm.definition.xml import Element

_CALL_OF_A_BEAN = re.compile(r"[$#]\{\s*([A-Za-z_]\w*)\s*\.\s*[A-Za-z_]\w*\s*\(")
_NO_BEANS = frozenset({"execution", "task", "dateTime", "now"})
_UNSUPPORTED = {
    "mail": "Send the mail in a worker: give the task an external topic such as 'mail'.",
    "shell": "Run the program in a worker: give the task an external topic such as 'shell'.",
    "camel": "Call the route in a worker: give the task an external topic.",
    "mule": "Call the flow in a worker: give the task an external topic.",
    "http": "Use the HTTP connector, or do the call in a worker: give the task an external topic.",
    "dmn": "Draw a business rule task with a decision reference (camunda:decisionRef).",
}


class Camunda7Work(Plain):
    """Mixed into the dialect, which knows how to find its attributes."""

    if TYPE_CHECKING:

        def _attribute(self, element: Element, name: str) -> str: ...

        def _extensions(self, element: Element, name: str) -> list[Element]: ...

    def fields(self, holder: Element) -> tuple[DataMapping, ...]:
        """`camunda:field`: what a Java class would get injected."""
        return _fields(self._extensions(holder, "field"))

    def fields_of(self, listener: Element) -> tuple[DataMapping, ...]:
        """The same of a listener, which holds them itself."""
        return _fields([part for part in listener.iterchildren(etree.Element) if xml.local_name(part) == "field"])

    def error_mappings(self, task: Element) -> tuple[ErrorWords, ...]:
        """`camunda:errorEventDefinition` of an external task."""
        return tuple(
            ErrorWords(xml.reference(xml.attribute(part, "errorRef")), xml.attribute(part, "expression"))
            for part in self._extensions(task, "errorEventDefinition")
        )

    def skip(self, activity: Element) -> Text | None:
        """`skipExpression` of Flowable and Activiti."""
        return optional_text(self._attribute(activity, "skipExpression"))

    def signal_content(self, definition: Element) -> SignalContent | None:
        """`camunda:in` of a signal event definition; without any the signal carries nothing."""
        ins = self._extensions(definition, "in")
        whole = [part for part in ins if xml.attribute(part, "variables") == "all"]
        keys = [key for part in ins if (key := xml.attribute(part, "businessKey"))]
        return SignalContent(
            tuple(mappings_of(ins)),
            all_variables=bool(whole),
            all_local=bool(whole) and all(xml.flag(part, "local", False) for part in whole),
            business_key=optional_text(keys[0]) if keys else None,
        )

    def unsupported_work(self, task: Element) -> UnsupportedWork | None:
        """Kinds of service tasks that only their own engine has."""
        kind = self._attribute(task, "type")
        fix = _UNSUPPORTED.get(kind.lower())
        return UnsupportedWork(f"the type '{kind}', which is not run here", fix) if fix else None

    def result_variable(self, work: Element) -> str:
        """`resultVariable`, in older files of Flowable and Activiti `resultVariableName`; empty if there is none."""
        return self._attribute(work, "resultVariable") or self._attribute(work, "resultVariableName")

    def evaluated(self, work: Element) -> Job | None:
        """`camunda:expression`: evaluated by the engine, or a job while the bean that it calls is not registered."""
        text = self._attribute(work, "expression")
        if not text:
            return None
        found = _CALL_OF_A_BEAN.match(text)
        bean = found.group(1) if found and found.group(1) not in _NO_BEANS else ""
        result = self.result_variable(work)
        name = text[2:-1].strip() if text.startswith(("${", "#{")) and text.endswith("}") else text
        return Job(
            name,
            stands_for=f"the expression '{name[:120]}'" if bean else "",
            result_variable=result if bean else "",
            in_process=InProcess(literal_or_expression(text), result or None, bean),
        )


def _fields(parts: list[Element]) -> tuple[DataMapping, ...]:
    return tuple(
        DataMapping(name, literal_or_expression(_field_value(part)))
        for part in parts
        if (name := xml.attribute(part, "name"))
    )


def _field_value(part: Element) -> str:
    """As an attribute, or in an element of its own."""
    for child in part.iterchildren(etree.Element):
        if xml.local_name(child) in ("string", "expression"):
            return xml.text(child)
    return xml.attribute(part, "stringValue") or xml.attribute(part, "expression")


def mappings_of(parts: list[Element]) -> list[DataMapping]:
    """`camunda:in` and `camunda:out` that name a variable or an expression."""
    found: list[DataMapping] = []
    for part in parts:
        target, source = xml.attribute(part, "target"), xml.attribute(part, "source")
        expression = xml.attribute(part, "sourceExpression")
        if target and expression:
            found.append(DataMapping(target, literal_or_expression(expression)))
        elif source:
            found.append(DataMapping(target or source, Variable(source)))
    return found
