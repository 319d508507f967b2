"""Business rule tasks: which decision, which version of it, and what becomes of its result."""

from __future__ import annotations

import pytest

from baton.bpm.definition.elements import (
    Binding,
    BusinessRuleTask,
    CalledDecision,
    DecisionResultMapping,
    Expression,
    Language,
    ServiceTask,
)
from baton.bpm.definition.problems import Severity


def camunda7(attributes: str) -> str:
    return f'<bpmn:businessRuleTask id="E" {attributes}/>'


def camunda8(extension: str) -> str:
    return (
        f'<bpmn:businessRuleTask id="E"><bpmn:extensionElements>{extension}</bpmn:extensionElements>'
        "</bpmn:businessRuleTask>"
    )


def test_camunda_7_calls_the_latest_version_and_gets_rows_unless_it_says_otherwise(read, node) -> None:
    found = node(read(camunda7('camunda:decisionRef="dish" camunda:resultVariable="menu"')), "E")

    assert found.called_decision == CalledDecision(
        decision="dish", result_variable="menu", mapping=DecisionResultMapping.RESULT_LIST
    )


@pytest.mark.parametrize("mapping", ["singleEntry", "singleResult", "collectEntries", "resultList"])
def test_camunda_7_maps_the_result_in_four_ways(read, node, mapping) -> None:
    task = camunda7(f'camunda:decisionRef="dish" camunda:resultVariable="m" camunda:mapDecisionResult="{mapping}"')

    assert node(read(task), "E").called_decision.mapping == mapping


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('camunda:decisionRefBinding="deployment"', (Binding.DEPLOYMENT, None, None)),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="3"', (Binding.VERSION, "3", None)),
        (
            'camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="v1"',
            (Binding.VERSION_TAG, None, "v1"),
        ),
        ('camunda:decisionRefVersion="3"', (Binding.LATEST, None, None)),
    ],
)
def test_camunda_7_binds_to_latest_deployment_version_or_version_tag(read, node, attributes, expected) -> None:
    called = node(read(camunda7(f'camunda:decisionRef="dish" camunda:resultVariable="m" {attributes}')), "E")

    found = called.called_decision
    assert (found.binding, found.version, found.version_tag) == expected


@pytest.mark.parametrize(
    "attributes",
    [
        'camunda:decisionRefBinding="newest"',
        'camunda:mapDecisionResult="first"',
        'camunda:decisionRefBinding="version"',
        'camunda:decisionRefBinding="version" camunda:decisionRefVersion="two"',
        'camunda:decisionRefBinding="version" camunda:decisionRefVersion="0"',
        'camunda:decisionRefBinding="versionTag"',
    ],
)
def test_a_binding_or_mapping_that_means_nothing_is_an_error(read, problem, attributes) -> None:
    diagram = read(camunda7(f'camunda:decisionRef="dish" camunda:resultVariable="m" {attributes}'))

    assert problem(diagram, "decision-reference", Severity.ERROR).element_id == "E"


def test_camunda_8_calls_a_decision_and_gets_its_value(read, node) -> None:
    extension = (
        '<zeebe:calledDecision decisionId="dish" resultVariable="menu" bindingType="versionTag" versionTag="x"/>'
    )

    assert node(read(camunda8(extension)), "E").called_decision == CalledDecision(
        decision="dish",
        binding=Binding.VERSION_TAG,
        version_tag="x",
        result_variable="menu",
        mapping=DecisionResultMapping.VALUE,
    )


def test_a_decision_may_be_an_expression_which_is_checked(read, node, problem) -> None:
    called = node(read(camunda7('camunda:decisionRef="${which}" camunda:resultVariable="m"')), "E").called_decision
    broken = read(camunda8('<zeebe:calledDecision decisionId="=???" resultVariable="m"/>'))

    assert called.decision == Expression("${which}", Language.JUEL)
    assert "decision of the business rule task" in problem(broken, "expression-syntax", Severity.ERROR).message


def test_a_result_that_no_variable_takes_is_a_warning(read, problem) -> None:
    diagram = read(camunda7('camunda:decisionRef="dish"'))

    assert problem(diagram, "decision-result", Severity.WARNING).element_id == "E"


@pytest.mark.parametrize(
    "task",
    [
        camunda7('camunda:type="external" camunda:topic="rate"'),
        camunda7('camunda:class="com.example.Rate"'),
        camunda8('<zeebe:taskDefinition type="rate"/>'),
    ],
)
def test_a_business_rule_task_that_names_a_job_is_one(read, node, task) -> None:
    assert isinstance(node(read(task), "E"), ServiceTask)


def test_a_business_rule_task_that_says_nothing_is_an_error_or_a_to_do(read, node, problem) -> None:
    assert problem(read(camunda7("")), "implementation-required", Severity.ERROR).element_id == "E"
    assert isinstance(node(read(camunda7(""), executable=False), "E"), ServiceTask)


def test_a_decision_is_made_in_guided_mode_too(read, node) -> None:
    task = camunda7('camunda:decisionRef="dish" camunda:resultVariable="m"')

    assert isinstance(node(read(task, executable=False), "E"), BusinessRuleTask)
