"""Every word that diagrams carry (attributes and elements of `camunda:`, `zeebe:` and their relatives) has a test.

The list is the contract's, kept here as names.
"""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent

CAMUNDA_7 = [
    "class",
    "delegateExpression",
    "expression",
    "resultVariable",
    "type",
    "topic",
    "decisionRef",
    "decisionRefBinding",
    "decisionRefVersion",
    "decisionRefVersionTag",
    "decisionRefTenantId",
    "mapDecisionResult",
    "formData",
    "formField",
    "value",
    "validation",
    "constraint",
    "formKey",
    "formRef",
    "formRefBinding",
    "formRefVersion",
    "assignee",
    "candidateGroups",
    "candidateUsers",
    "dueDate",
    "followUpDate",
    "priority",
    "in",
    "out",
    "businessKey",
    "variables=all",
    "local",
    "sourceExpression",
    "calledElementBinding",
    "calledElementVersion",
    "calledElementVersionTag",
    "calledElementTenantId",
    "inputOutput",
    "inputParameter",
    "outputParameter",
    "list",
    "map",
    "entry",
    "script",
    "scriptFormat",
    "initiator",
    "errorMessage",
    "errorCodeVariable",
    "errorMessageVariable",
    "escalationCodeVariable",
    "errorEventDefinition",
    "collection",
    "elementVariable",
    "field",
    "variableName",
    "variableEvents",
    "modelerTemplate",
    "caseRef",
    "formProperty",
    "formHandlerClass",
    "variableMappingClass",
    "variableMappingDelegateExpression",
    "asyncBefore",
    "asyncAfter",
    "async",
    "exclusive",
    "failedJobRetryTimeCycle",
    "jobPriority",
    "taskPriority",
    "candidateStarterGroups",
    "candidateStarterUsers",
    "isStartableInTasklist",
    "historyTimeToLive",
    "versionTag",
    "properties",
    "property",
    "connector",
    "connectorId",
]
LISTENERS = [f"executionListener {event}" for event in ("start", "end", "take")] + [
    f"taskListener {event}" for event in ("create", "assignment", "update", "complete", "delete", "timeout")
]
CAMUNDA_8 = [
    *("taskDefinition type", "taskDefinition retries", "ioMapping input", "ioMapping output"),
    *("subscription correlationKey", "taskHeaders", "userTask", "userTaskForm", "versionTag", "script"),
    *("calledElement processId", "calledElement propagateAllChildVariables"),
    *("calledElement propagateAllParentVariables", "calledElement bindingType"),
    *("calledDecision decisionId", "calledDecision resultVariable", "calledDecision bindingType"),
    *(f"loopCharacteristics {word}" for word in ("inputCollection", "inputElement")),
    *(f"loopCharacteristics {word}" for word in ("outputCollection", "outputElement")),
    *(f"formDefinition {word}" for word in ("formId", "formKey", "externalReference")),
    *(f"assignmentDefinition {word}" for word in ("assignee", "candidateGroups", "candidateUsers")),
    *(f"adHoc {word}" for word in ("activeElementsCollection", "outputCollection", "outputElement")),
    *("executionListeners", "taskListeners", "modelerTemplate", "linkedResources", "conditionalFilter"),
    *("agentDefinition", "taskSchedule", "priorityDefinition", "jobPriorityDefinition", "properties"),
    "modelerTemplate io.camunda:http-json:1",
]
RELATIVES = [
    *("operaton:", "cibseven:", "flowable:", "activiti:", "flowable:skipExpression", "activiti:skipExpression"),
    *("flowable:resultVariableName", "activiti:resultVariableName", "flowable:inheritVariables"),
    *("flowable:businessKey", "flowable:inheritBusinessKey"),
    *("flowable:taskListener", "flowable:field", "activiti:formProperty", "flowable:type"),
    *("flowable:candidateStarterGroups", "flowable:calledElementType"),
    *("camunda: unknown words", "flowable: unknown words", "hostile texts"),
    *(f"spiffworkflow:{word}" for word in ("serviceTaskOperator", "preScript", "postScript", "calledDecisionId")),
    *("spiffworkflow:instructionsForEndUser", "spiffworkflow:properties", "spiffworkflow: other words"),
]
WORDS = {
    *(f"camunda:{word}" for word in (*CAMUNDA_7, *LISTENERS)),
    *(f"zeebe:{word}" for word in CAMUNDA_8),
    *RELATIVES,
}


def _tests_by_word() -> dict[str, list[str]]:
    """The names of the tests of each word, from the marks in the source."""
    found: dict[str, list[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef) or not function.name.startswith("test_"):
                continue
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "covers":
                    for word in mark.args:
                        assert isinstance(word, ast.Constant)
                        found.setdefault(str(word.value), []).append(f"{path.name}::{function.name}")
    return found


def test_every_word_has_a_test_of_its_own() -> None:
    missing = WORDS - set(_tests_by_word())

    assert sorted(missing) == []


def test_no_test_is_of_a_word_that_is_not_listed() -> None:
    known = WORDS | {"activiti:taskListener"}

    assert sorted(set(_tests_by_word()) - known) == []
