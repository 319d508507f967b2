"""SpiffWorkflow's own extensions, as SpiffArena writes them: what means something here is read, the rest is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lxml import etree

from baton.bpm.definition import xml
from baton.bpm.definition.dialects import form_fields
from baton.bpm.definition.dialects.plain import Plain
from baton.bpm.definition.dialects.vocabulary import (
    READ,
    DecisionSource,
    Job,
    ListenerWords,
    Parameter,
    ScriptSource,
    Treatment,
    ignored,
    warned,
)
from baton.bpm.definition.elements import DecisionResultMapping, FormPlace, FormSource, Language
from baton.bpm.definition.xml import Element

_PYTHON = "python"
_SCRIPTS = {"preScript": "start", "postScript": "end"}
_CORRELATION = warned(
    "is not used: a message is matched by its name and by the standard's correlation properties",
    "Draw a correlation key with a correlation property, and send the message with that key.",
)
_CONTENT = warned(
    "is not used: a message carries the variables that its sender sees, by their names",
    "Write the values to variables in a script task before it is sent, or read them by their names behind it.",
)


class SpiffWorkflow(Plain):
    """Conditions, values of parameters and scripts are Python."""

    name: ClassVar[str] = "spiffworkflow"
    expression_language: ClassVar[Language | None] = Language.PYTHON
    manual_tasks_wait: ClassVar[bool] = True
    namespaces: ClassVar[tuple[str, ...]] = ("http://spiffworkflow.org/bpmn/schema/1.0/core",)
    attributes: ClassVar[Mapping[str, Treatment]] = {
        "isOutputSynced": ignored("is not used: data stores are written when they are mapped"),
        "isMatchingCorrelation": _CORRELATION,
    }
    elements: ClassVar[Mapping[str, Treatment]] = {
        "serviceTaskOperator": READ,
        "preScript": READ,
        "postScript": READ,
        "calledDecisionId": READ,
        "instructionsForEndUser": READ,
        "properties": READ,
        "unitTests": ignored("is not run: tests of scripts are no part of the process"),
        "messageVariable": _CONTENT,
        "messagePayload": _CONTENT,
        "processVariableCorrelation": _CORRELATION,
        "payloadExpression": _CONTENT,
        "variableName": warned(
            "is not used: what people send and events bring has names of its own",
            "Read the variables by the names that the form's fields or the event's content have.",
        ),
        "allowGuest": warned(
            "is not used: nobody does a task without being signed in", "Let the people sign in, or remove the mark."
        ),
        "guestConfirmation": ignored("is not used: there are no guests"),
        "signalButtonLabel": ignored("is not used: signals come by the API, not by a button"),
        "category": ignored("is not used"),
        "scriptsOnInstances": warned(
            "is not used: scripts before and after run once for each instance of a loop",
            "Put the scripts into tasks of their own before and behind the activity.",
        ),
        "taskMetadataValues": ignored("is not used: nothing here reads it"),
    }

    def job(self, task: Element) -> Job | None:
        """The operator's id is the job type."""
        operator = self._operator(task)
        type_ = "" if operator is None else xml.attribute(operator, "id")
        if not type_:
            return super().job(task)
        result = "" if operator is None else xml.attribute(operator, "resultVariable")
        return Job(type_, stands_for=f"the operator '{type_[:120]}'", result_variable=result)

    def parameters(
        self, activity: Element
    ) -> tuple[tuple[tuple[str, Parameter], ...], tuple[tuple[str, Parameter], ...]]:
        """The operator's parameters are Python expressions."""
        found: list[tuple[str, Parameter]] = []
        for part in self._parameters(activity):
            name, value = xml.attribute(part, "id") or xml.attribute(part, "name"), xml.attribute(part, "value")
            if name and value:
                found.append((name, Parameter(script=ScriptSource(value, _PYTHON))))
        return tuple(found), ()

    def called_decision(self, task: Element) -> DecisionSource | None:
        """Each output of the decision becomes a variable of its name."""
        for part in self._extensions(task, "calledDecisionId"):
            decision = xml.text(part)
            if decision:
                return DecisionSource(decision, mapping=DecisionResultMapping.VARIABLES)
        return None

    def listeners(self, element: Element) -> tuple[ListenerWords, ...]:
        """`preScript` and `postScript`."""
        return tuple(
            ListenerWords(event, script=ScriptSource(xml.text(part), _PYTHON))
            for word, event in _SCRIPTS.items()
            for part in self._extensions(element, word)
            if xml.text(part)
        )

    def instructions(self, task: Element) -> str:
        """What the person who does the task reads: its text as it is, templates in it are not filled in."""
        return "\n".join(filter(None, (xml.text(part) for part in self._extensions(task, "instructionsForEndUser"))))

    def form(self, node: Element) -> str:
        """The JSON schema's file, which is deployed beside the diagram."""
        for holder in self._extensions(node, "properties"):
            for part in holder.iterchildren(etree.Element):
                if xml.attribute(part, "name") == "formJsonSchemaFilename" and xml.attribute(part, "value"):
                    return f"{form_fields.OF_THE_DEPLOYMENT}{xml.attribute(part, 'value')}"
        return ""

    def form_source(self, node: Element) -> FormSource | None:
        """The same; the file of the form's layout is not read."""
        key = self.form(node)
        return FormSource(place=FormPlace.KEY, reference=key, line=xml.line(node)) if key else None

    def _operator(self, task: Element) -> Element | None:
        return next(iter(self._extensions(task, "serviceTaskOperator")), None)

    def _parameters(self, task: Element) -> list[Element]:
        operator = self._operator(task)
        holders = [] if operator is None else list(operator.iterchildren(etree.Element))
        holders += self._extensions(task, "parameters")
        return [
            part
            for holder in holders
            if xml.local_name(holder) == "parameters"
            for part in holder.iterchildren(etree.Element)
            if xml.local_name(part) == "parameter"
        ]

    def _extensions(self, element: Element, name: str) -> list[Element]:
        return [found for found in xml.extensions(element) if found.tag == f"{{{self.namespaces[0]}}}{name}"]
