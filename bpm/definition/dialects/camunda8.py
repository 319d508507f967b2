"""The `zeebe:` words of Camunda 8."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from baton.bpm.definition import xml
from baton.bpm.definition.dialects import connectors, form_fields
from baton.bpm.definition.dialects.camunda8_flow import Camunda8Flow
from baton.bpm.definition.dialects.vocabulary import (
    READ,
    DecisionSource,
    Job,
    ScriptSource,
    Treatment,
    ignored,
)
from baton.bpm.definition.elements import Assignment, CronForm, DecisionResultMapping, FormPlace, FormSource, Text
from baton.bpm.definition.texts import literal_or_expression, optional_text
from baton.bpm.definition.xml import Element

NAMESPACE = "http://camunda.org/schema/zeebe/1.0"


class Camunda8(Camunda8Flow):
    """Values with a leading `=` are FEEL, all others literals."""

    name: ClassVar[str] = "camunda8"
    cron_form: ClassVar[CronForm] = CronForm.SPRING
    namespaces: ClassVar[tuple[str, ...]] = (NAMESPACE,)
    attributes: ClassVar[Mapping[str, Treatment]] = {
        "modelerTemplate": READ,
        "modelerTemplateVersion": READ,
        "modelerTemplateIcon": READ,
    }
    elements: ClassVar[Mapping[str, Treatment]] = {
        "taskDefinition": READ,
        "taskHeaders": READ,
        "assignmentDefinition": READ,
        "taskSchedule": READ,
        "priorityDefinition": READ,
        "formDefinition": READ,
        "userTask": READ,
        "script": READ,
        "versionTag": READ,
        "subscription": READ,
        "properties": READ,
        "userTaskForm": READ,
        "linkedResources": ignored("is not used: resources are not handed to workers", "Let the worker fetch them."),
        "jobPriorityDefinition": READ,
        "ioMapping": READ,
        "executionListeners": READ,
        "taskListeners": READ,
        "calledDecision": READ,
        "calledElement": READ,
        "loopCharacteristics": READ,
        "adHoc": READ,
        "conditionalFilter": READ,
        "agentDefinition": ignored("is not used: the task's job type says who does it"),
    }

    def assignment(self, task: Element, roots: Mapping[str, Element]) -> Assignment:
        """`assignmentDefinition`, `taskSchedule` and `priorityDefinition`; else the standard's roles."""
        standard = super().assignment(task, roots)
        return Assignment(
            assignee=optional_text(self._value(task, "assignmentDefinition", "assignee")) or standard.assignee,
            candidate_users=optional_text(self._value(task, "assignmentDefinition", "candidateUsers"))
            or standard.candidate_users,
            candidate_groups=optional_text(self._value(task, "assignmentDefinition", "candidateGroups"))
            or standard.candidate_groups,
            due_date=optional_text(self._value(task, "taskSchedule", "dueDate")),
            follow_up_date=optional_text(self._value(task, "taskSchedule", "followUpDate")),
            priority=optional_text(self._value(task, "priorityDefinition", "priority")),
        )

    def form(self, node: Element) -> str:
        """The form's id, its outside reference, or its key."""
        for attribute in ("formId", "externalReference", "formKey"):
            value = self._value(node, "formDefinition", attribute)
            if value:
                return value
        return ""

    def form_source(self, node: Element) -> FormSource | None:
        """By the form's id and binding, or by its key; `camunda-forms:bpmn:ID` is in the process itself."""
        id_ = self._value(node, "formDefinition", "formId")
        if id_:
            return FormSource(
                place=FormPlace.ID,
                reference=literal_or_expression(id_),
                binding=form_fields.binding(self._value(node, "formDefinition", "bindingType")),
                version=self._value(node, "formDefinition", "versionTag"),
                line=xml.line(node),
            )
        key = self.form(node)
        if not key:
            return None
        return FormSource(
            place=FormPlace.KEY,
            reference=literal_or_expression(key),
            embedded=self._embedded_form(node, key.removeprefix(form_fields.EMBEDDED)),
            line=xml.line(node),
        )

    def _embedded_form(self, node: Element, id_: str) -> str:
        """The JSON of the process's `userTaskForm` of that id, empty if there is none."""
        for process in node.iterancestors(xml.tag("process")):
            for form in self._extensions(process, "userTaskForm"):
                if xml.attribute(form, "id") == id_:
                    return xml.text(form)
        return ""

    def job(self, task: Element) -> Job | None:
        """`taskDefinition`; a connector's job is for a worker of its type, unless the server does it itself."""
        type_ = self._value(task, "taskDefinition", "type")
        if not type_:
            return super().job(task)
        template = task.get(f"{{{NAMESPACE}}}modelerTemplate")
        return Job(
            literal_or_expression(type_),
            optional_text(self._value(task, "taskDefinition", "retries")),
            self._headers(task),
            connectors.stands_for(str(template)) if template and self._needs_worker(type_) else "",
            priority=self._job_priority(task),
        )

    @staticmethod
    def _needs_worker(type_: str) -> bool:
        return type_.startswith("io.camunda") and type_ not in connectors.HTTP_JSON_TYPES

    def called_decision(self, task: Element) -> DecisionSource | None:
        """`calledDecision`; the result is the decision's value."""
        decision = self._value(task, "calledDecision", "decisionId")
        if not decision:
            return None
        return DecisionSource(
            decision,
            binding=self._value(task, "calledDecision", "bindingType"),
            version_tag=self._value(task, "calledDecision", "versionTag"),
            result_variable=self._value(task, "calledDecision", "resultVariable"),
            mapping=DecisionResultMapping.VALUE,
        )

    def script(self, task: Element) -> ScriptSource | None:
        """A FEEL expression with its result variable."""
        for element in self._extensions(task, "script"):
            expression = xml.attribute(element, "expression")
            return ScriptSource(expression, "feel", xml.attribute(element, "resultVariable") or None)
        return super().script(task)

    def version_tag(self, process: Element) -> str | None:
        """`zeebe:versionTag`."""
        return self._value(process, "versionTag", "value") or None

    def _job_priority(self, task: Element) -> Text | None:
        """Of the task, else of its process."""
        process = next(task.iterancestors(xml.tag("process")), None)
        own = optional_text(self._value(task, "jobPriorityDefinition", "priority"))
        if own is not None or process is None:
            return own
        return optional_text(self._value(process, "jobPriorityDefinition", "priority"))

    def _headers(self, task: Element) -> dict[str, str]:
        """Extension properties reach the worker too; a task header of the same name comes before them."""
        properties = {
            name: xml.attribute(item, "value")
            for holder in self._extensions(task, "properties")
            for item in holder.iterchildren(f"{{{NAMESPACE}}}property")
            if (name := xml.attribute(item, "name"))
        }
        return properties | {
            key: xml.attribute(header, "value")
            for holder in self._extensions(task, "taskHeaders")
            for header in holder.iterchildren(f"{{{NAMESPACE}}}header")
            if (key := xml.attribute(header, "key"))
        }

    def _value(self, element: Element, extension: str, attribute: str) -> str:
        for found in self._extensions(element, extension):
            return xml.attribute(found, attribute)
        return ""

    def _extensions(self, element: Element, name: str) -> list[Element]:
        return [found for found in xml.extensions(element) if found.tag == f"{{{NAMESPACE}}}{name}"]
