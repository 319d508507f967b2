"""The `camunda:` words of Camunda 7, and of the engines that took them over under their own namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from baton.bpm.definition import xml
from baton.bpm.definition.dialects import connectors, form_fields
from baton.bpm.definition.dialects.camunda7_flow import Camunda7Flow
from baton.bpm.definition.dialects.camunda7_jobs import Camunda7Jobs
from baton.bpm.definition.dialects.camunda7_work import Camunda7Work
from baton.bpm.definition.dialects.vocabulary import (
    READ,
    DecisionSource,
    Job,
    ScriptSource,
    Treatment,
    ignored,
    refused,
    warned,
)
from baton.bpm.definition.elements import Assignment, CronForm, DecisionResultMapping, FormPlace, FormSource, Text
from baton.bpm.definition.texts import literal_or_expression, optional_text
from baton.bpm.definition.xml import Element

_NO_TENANTS = ignored("is not used: there are no tenants")
_NO_CASES = refused("cannot be run: cases (CMMN) are not supported", "Draw the case as a sub-process.")
_MAPPED_BY_JAVA = refused(
    "cannot be run: Java classes and beans do not map variables here",
    "Map the variables by camunda:in and camunda:out.",
)
_STORED_SCRIPT = refused("cannot be read from outside the diagram", "Write the script or condition into the diagram.")


class Camunda7(Camunda7Jobs, Camunda7Work, Camunda7Flow):
    """CIB seven uses Camunda's namespace; Operaton, Flowable and Activiti have their own with the same words."""

    name: ClassVar[str] = "camunda7"
    cron_form: ClassVar[CronForm] = CronForm.QUARTZ
    receive_tasks_name_messages: ClassVar[bool] = False
    names_are_expressions: ClassVar[bool] = True
    # Of an exclusive gateway without a default flow, the only one without a condition is taken for it.
    lone_flow_is_default: ClassVar[bool] = True
    namespaces: ClassVar[tuple[str, ...]] = (
        "http://camunda.org/schema/1.0/bpmn",
        "http://operaton.org/schema/1.0/bpmn",
        "http://cibseven.org/schema/1.0/bpmn",
        "http://flowable.org/bpmn",
        "http://activiti.org/bpmn",
        "http://activiti.com/modeler",
    )
    attributes: ClassVar[Mapping[str, Treatment]] = {
        "assignee": READ,
        "candidateUsers": READ,
        "candidateGroups": READ,
        "dueDate": READ,
        "followUpDate": READ,
        "priority": READ,
        "formKey": READ,
        "formRef": READ,
        "type": READ,
        "topic": READ,
        "class": READ,
        "delegateExpression": READ,
        "expression": READ,
        "versionTag": READ,
        "errorCodeVariable": READ,
        "errorMessageVariable": READ,
        "errorMessage": READ,
        "escalationCodeVariable": READ,
        "variableName": READ,
        "variableEvents": READ,
        "collection": READ,
        "elementVariable": READ,
        "calledElementBinding": READ,
        "calledElementVersion": READ,
        "calledElementVersionTag": READ,
        "modelerTemplate": READ,
        "modelerTemplateVersion": READ,
        "modelerTemplateIcon": READ,
        "diagramRelationId": READ,
        "async": READ,
        "asyncBefore": READ,
        "asyncAfter": READ,
        "exclusive": ignored(
            "makes no difference: one instance's jobs always run one after the other", "Nothing has to be done."
        ),
        "historyTimeToLive": READ,
        "taskPriority": READ,
        "jobPriority": READ,
        "isStartableInTasklist": READ,
        "candidateStarterGroups": READ,
        "candidateStarterUsers": READ,
        "formRefBinding": READ,
        "formRefVersion": READ,
        "formHandlerClass": warned(
            "is not called: Java classes do not run here, the form is checked by its own fields",
            "Check what the class checks by the fields' constraints, or in a task behind the form.",
        ),
        "variableMappingClass": _MAPPED_BY_JAVA,
        "variableMappingDelegateExpression": _MAPPED_BY_JAVA,
        "calledElementTenantId": _NO_TENANTS,
        "calledElementType": warned(
            "is not used: a called process is always found by its key",
            "Give calledElement the key of the process, the id attribute in its file.",
        ),
        "caseBinding": _NO_CASES,
        "caseVersion": _NO_CASES,
        "caseTenantId": _NO_CASES,
        "initiator": READ,
        "resultVariable": READ,
        "resultVariableName": READ,
        "mapDecisionResult": READ,
        "decisionRef": READ,
        "decisionRefBinding": READ,
        "decisionRefVersion": READ,
        "decisionRefVersionTag": READ,
        "decisionRefTenantId": _NO_TENANTS,
        "resource": _STORED_SCRIPT,
        "caseRef": _NO_CASES,
        "skipExpression": READ,
        "businessKey": READ,
        "inheritBusinessKey": READ,
        "inheritVariables": READ,
    }
    elements: ClassVar[Mapping[str, Treatment]] = {
        "properties": READ,
        "executionListener": READ,
        "taskListener": READ,
        "inputOutput": READ,
        "in": READ,
        "out": READ,
        "connector": READ,
        "errorEventDefinition": READ,
        "formData": READ,
        "formProperty": READ,
        "failedJobRetryTimeCycle": READ,
        "field": READ,
    }

    def assignment(self, task: Element, roots: Mapping[str, Element]) -> Assignment:
        """Camunda's attributes; the standard's elements where an attribute is missing."""
        standard = super().assignment(task, roots)
        return Assignment(
            assignee=self._text(task, "assignee") or standard.assignee,
            candidate_users=self._text(task, "candidateUsers") or standard.candidate_users,
            candidate_groups=self._text(task, "candidateGroups") or standard.candidate_groups,
            due_date=self._text(task, "dueDate"),
            follow_up_date=self._text(task, "followUpDate"),
            priority=self._text(task, "priority"),
        )

    def form(self, node: Element) -> str:
        """The form key, else the reference to a Camunda form."""
        return self._attribute(node, "formKey") or self._attribute(node, "formRef")

    def form_source(self, node: Element) -> FormSource | None:
        """The form key or reference; else the fields of `formData`, or `formProperty` of Flowable and Activiti."""
        key, reference = self._attribute(node, "formKey"), self._attribute(node, "formRef")
        if key:
            return FormSource(place=FormPlace.KEY, reference=literal_or_expression(key), line=xml.line(node))
        if reference:
            return FormSource(
                place=FormPlace.ID,
                reference=literal_or_expression(reference),
                binding=form_fields.binding(self._attribute(node, "formRefBinding")),
                version=self._attribute(node, "formRefVersion"),
                line=xml.line(node),
            )
        return form_fields.read_form_data(
            self._extensions(node, "formData"), self._extensions(node, "formProperty"), line=xml.line(node)
        )

    def job(self, task: Element) -> Job | None:
        """An external topic, else a connector, else the Java class, bean or expression by its name."""
        topic = self._attribute(task, "topic")
        if self._attribute(task, "type") == "external":
            return self._job(literal_or_expression(topic), task) if topic else None
        return self._connector(task) or self._java(task) or super().job(task)

    def called_decision(self, task: Element) -> DecisionSource | None:
        """`camunda:decisionRef` and what belongs to it; the result is a list of rows unless it is mapped."""
        decision = self._attribute(task, "decisionRef")
        if not decision:
            return None
        return DecisionSource(
            decision,
            binding=self._attribute(task, "decisionRefBinding"),
            version=self._attribute(task, "decisionRefVersion"),
            version_tag=self._attribute(task, "decisionRefVersionTag"),
            result_variable=self.result_variable(task),
            mapping=self._attribute(task, "mapDecisionResult") or DecisionResultMapping.RESULT_LIST,
        )

    def script(self, task: Element) -> ScriptSource | None:
        """With the result variable of the `camunda:` attribute."""
        source = super().script(task)
        if source is None:
            return None
        return ScriptSource(source.text, source.format, self.result_variable(task) or None)

    def version_tag(self, process: Element) -> str | None:
        """`camunda:versionTag`."""
        return self._attribute(process, "versionTag") or None

    def _connector(self, task: Element) -> Job | None:
        for connector in self._extensions(task, "connector"):
            id_ = connectors.connector_id(connector)
            if id_:
                return self._job(id_, task, stands_for=connectors.stands_for(id_))
        return None

    def _java(self, task: Element) -> Job | None:
        for attribute, words in (
            ("class", "the Java class"),
            ("delegateExpression", "the bean"),
        ):
            value = self._attribute(task, attribute)
            if value:
                name = _without_marks(value)
                return self._job(
                    name,
                    task,
                    stands_for=f"{words} '{name[:120]}'",
                    result_variable=self.result_variable(task),
                )
        return self.evaluated(task)

    def _job(self, type_: Text, task: Element, *, stands_for: str = "", result_variable: str = "") -> Job:
        """What Camunda would do in the engine has the job priority there; an external task has its own."""
        words = self.retry_words(task)
        priority = self.task_priority(task)
        return Job(
            type_,
            words.retries,
            headers=self._headers(task),
            stands_for=stands_for,
            result_variable=result_variable,
            retry_pauses=words.pauses,
            unread_retry_cycle=words.unread,
            retry_cycle=words.cycle,
            priority=self._priority(task, "jobPriority") if priority is None and stands_for else priority,
        )

    def _headers(self, task: Element) -> dict[str, str]:
        return {
            name: str(item.get("value") or "")
            for holder in self._extensions(task, "properties")
            for item in holder.iterchildren(*(f"{{{namespace}}}property" for namespace in self.namespaces))
            if (name := str(item.get("name") or item.get("id") or ""))
        }

    def _attribute(self, element: Element, name: str) -> str:
        for namespace in self.namespaces:
            value = element.get(f"{{{namespace}}}{name}")
            if value is not None and value.strip():
                return str(value).strip()
        return ""

    def _text(self, element: Element, name: str) -> Text | None:
        return optional_text(self._attribute(element, name))

    def _extensions(self, element: Element, name: str) -> list[Element]:
        wanted = {f"{{{namespace}}}{name}" for namespace in self.namespaces}
        return [extension for extension in xml.extensions(element) if extension.tag in wanted]


def _without_marks(value: str) -> str:
    """`${bean}` is `bean`."""
    if value.startswith(("${", "#{")) and value.endswith("}"):
        return value[2:-1].strip()
    return value
