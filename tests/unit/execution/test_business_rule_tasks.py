"""Business rule tasks make their decision within the step, write its result, and tell how it was made."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest

from baton.bpm.errors import InvalidDiagram
from baton.bpm.execution.events import DecisionEvaluated
from baton.bpm.testing import ProcessRun

BPMN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
    '<process id="p" isExecutable="true"><startEvent id="start"/>{task}<userTask id="after"/>'
    '<sequenceFlow id="a" sourceRef="start" targetRef="rate"/>'
    '<sequenceFlow id="b" sourceRef="rate" targetRef="after"/></process></definitions>'
)
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">'
    "{}</definitions>"
)


def camunda7(mapping: str = "", key: str = "d") -> str:
    how = f'camunda:mapDecisionResult="{mapping}"' if mapping else ""
    task = f'<businessRuleTask id="rate" camunda:decisionRef="{key}" camunda:resultVariable="r" {how}/>'
    return BPMN.format(task=task)


def camunda8() -> str:
    extension = '<zeebe:calledDecision decisionId="d" resultVariable="r"/>'
    return BPMN.format(
        task=f'<businessRuleTask id="rate"><extensionElements>{extension}</extensionElements></businessRuleTask>'
    )


def table(
    rules: list[tuple[str, ...]], outputs: tuple[str, ...] = ("o",), policy: str = "UNIQUE", more: str = ""
) -> bytes:
    rows = "".join(
        f'<rule id="r{number}"><inputEntry><text>{escape(test)}</text></inputEntry>'
        + "".join(f"<outputEntry><text>{escape(result)}</text></outputEntry>" for result in results)
        + "</rule>"
        for number, (test, *results) in enumerate(rules, 1)
    )
    columns = "".join(f'<output name="{name}"/>' for name in outputs)
    body = (
        f'<decision id="d" name="D"><decisionTable id="t" hitPolicy="{policy}" {more}><input label="X">'
        f"<inputExpression><text>x</text></inputExpression></input>{columns}{rows}</decisionTable></decision>"
    )
    return DMN.format(body).encode()


def literal(text: str) -> bytes:
    return DMN.format(
        f'<decision id="d" name="D"><variable name="D"/><literalExpression><text>{escape(text)}</text>'
        "</literalExpression></decision>"
    ).encode()


def run(xml: str, decisions: bytes, **variables: Any) -> ProcessRun:
    return ProcessRun.of_xml(xml, decisions=[decisions]).start(**variables)


ONE = table([("< 5", '"low"'), (">= 5", '"high"')])
TWO = table([("< 5", '"low"', "1"), (">= 5", '"high"', "2")], ("word", "n"))
ALL = table([("< 5", '"low"'), ("< 9", '"mid"'), ("-", '"any"')], policy="COLLECT")
SUM = table([("< 5", "1"), ("-", "2")], policy="COLLECT", more='aggregation="SUM"')
NONE = table([("< 0", '"never"')], policy="FIRST")


@pytest.mark.proves("business rule task with a decision")
@pytest.mark.parametrize(
    ("decisions", "mapping", "expected"),
    [
        (ONE, "singleEntry", "low"),
        (ONE, "singleResult", {"o": "low"}),
        (ONE, "collectEntries", ["low"]),
        (ONE, "", [{"o": "low"}]),
        (TWO, "singleResult", {"word": "low", "n": 1}),
        (TWO, "resultList", [{"word": "low", "n": 1}]),
        (ALL, "collectEntries", ["low", "mid", "any"]),
        (ALL, "resultList", [{"o": "low"}, {"o": "mid"}, {"o": "any"}]),
        (SUM, "singleEntry", 3),
        (NONE, "singleEntry", None),
        (NONE, "singleResult", None),
        (NONE, "collectEntries", []),
        (NONE, "resultList", []),
        (literal("x + 1"), "singleEntry", 2),
        (literal("x + 1"), "resultList", [{"D": 2}]),
    ],
)
def test_camunda_7_sees_a_result_as_rows_of_entries(decisions: bytes, mapping: str, expected: Any) -> None:
    found = run(camunda7(mapping), decisions, x=1)

    assert found.incidents == []
    assert found.variables["r"] == expected


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (ONE, "low"),
        (TWO, {"word": "low", "n": 1}),
        (ALL, ["low", "mid", "any"]),
        (SUM, 3),
        (NONE, None),
        (literal("[x, x + 1]"), [1, 2]),
    ],
)
def test_camunda_8_gets_the_value_of_the_decision(decisions: bytes, expected: Any) -> None:
    assert run(camunda8(), decisions, x=1).variables["r"] == expected


@pytest.mark.parametrize(
    ("decisions", "mapping", "reason"),
    [
        (ALL, "singleEntry", "at most one matching rule, found 3"),
        (ALL, "singleResult", "at most one matching rule, found 3"),
        (TWO, "singleEntry", "needs one output, found 2: 'word', 'n'"),
        (TWO, "collectEntries", "needs one output, found 2: 'word', 'n'"),
    ],
)
def test_a_result_that_does_not_fit_its_mapping_is_an_incident(decisions: bytes, mapping: str, reason: str) -> None:
    found = run(camunda7(mapping), decisions, x=1)

    (incident,) = found.incidents
    assert incident.event.type == "decision"
    assert reason in incident.event.message
    assert "r" not in found.variables


def test_several_rules_of_a_unique_table_are_an_incident_that_names_them_and_the_inputs() -> None:
    found = run(camunda8(), table([("> 0", "1"), ("> 1", "2")]), x=7)

    (incident,) = found.incidents
    assert "Decision table 'D': rules 1 and 2 match" in incident.event.message
    assert incident.event.details["inputs"] == {"X": 7}
    assert [rule["rule"] for rule in incident.event.details["rules"]] == ["r1", "r2"]
    (told,) = [event for event in found.events if isinstance(event, DecisionEvaluated)]
    assert told.evaluation.failure is not None

    found.resolve_incident("rate", x=1)

    assert found.variables["r"] == 1
    assert [task.element_id for task in found.user_tasks] == ["after"]


def test_a_decision_that_nobody_gave_is_an_incident_that_says_what_to_do() -> None:
    found = run(camunda7(key="other"), ONE, x=1)

    (incident,) = found.incidents
    assert "'other'" in incident.event.message
    assert "Deploy it" in incident.event.message


def test_a_decision_is_told_with_inputs_rules_and_outputs_before_its_variable_is_written() -> None:
    found = run(camunda8(), TWO, x=8)

    names = [type(event).__name__ for event in found.events]
    assert names.index("DecisionEvaluated") < names.index("VariableCreated", names.index("FlowNodeActivated"))
    (told,) = [event for event in found.events if isinstance(event, DecisionEvaluated)]
    (made,) = told.evaluation.decisions
    (rule,) = made.matched_rules
    assert (told.key, told.version, made.inputs) == ("d", 1, {"X": 8})
    assert (rule.table_id, rule.rule_id, rule.index, rule.outputs) == ("t", "r2", 2, {"word": "high", "n": 2})


SERVICE = DMN.format(
    '<decision id="a" name="A"><variable name="A"/><informationRequirement><requiredInput href="#x"/>'
    "</informationRequirement><literalExpression><text>x + 1</text></literalExpression></decision>"
    '<decision id="b" name="B"><variable name="B"/><informationRequirement><requiredDecision href="#a"/>'
    "</informationRequirement><literalExpression><text>A * 2</text></literalExpression></decision>"
    '<inputData id="x" name="x"><variable name="x"/></inputData>'
    '<decisionService id="d" name="Both"><outputDecision href="#a"/><outputDecision href="#b"/>'
    '<inputData href="#x"/></decisionService>'
).encode()


def test_a_decision_service_is_called_as_a_decision_is() -> None:
    assert run(camunda8(), SERVICE, x=4).variables["r"] == {"A": 5, "B": 10}
    assert run(camunda7("singleResult"), SERVICE, x=4).variables["r"] == {"A": 5, "B": 10}


def test_decisions_with_errors_are_refused_before_the_run() -> None:
    with pytest.raises(InvalidDiagram, match="rule 1"):
        ProcessRun.of_xml(camunda8(), decisions=[table([("> >", "1")])])


def test_an_endless_decision_is_an_incident_and_no_hang() -> None:
    found = run(camunda8(), literal("count(for a in 1..100000, b in 1..100000 return a)"), x=1)

    (incident,) = found.incidents
    assert "Decision 'D'" in incident.event.message
