"""What Camunda 7 writes into decisions: JUEL by attribute, names of the tested value, version tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from baton.bpm.decisions import DecisionError

Make = Callable[..., str]
Read = Callable[..., Any]
Evaluate = Callable[..., Any]
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn"'


def juel(body: str, tag: str) -> str:
    return body.replace(f"<{tag}>", f'<{tag} expressionLanguage="juel">')


@pytest.mark.parametrize("text", ["a + 1", "${a + 1}"])
def test_a_literal_expression_may_be_juel_with_or_without_marks(
    evaluate: Evaluate, decision: Make, literal: Make, text: str
) -> None:
    body = decision(literal(text))

    assert evaluate(juel(body, "literalExpression"), {"a": 2}) == 3


def test_inputs_cells_and_outputs_may_be_juel(evaluate: Evaluate, decision: Make, table: Make) -> None:
    rules = ["${cellInput >= 18 && cellInput < 65} | ${name}", "cellInput < 18 | 'young'"]
    body = decision(table(["person.age"], ["o"], rules))
    for tag in ("inputEntry", "outputEntry", 'inputExpression typeRef="number"'):
        body = juel(body, tag) if " " not in tag else body.replace(f"<{tag}>", f'<{tag} expressionLanguage="juel">')

    assert evaluate(body, {"person": {"age": 30}, "name": "Kim"}) == "Kim"
    assert evaluate(body, {"person": {"age": 3}, "name": "Kim"}) == "young"


def test_the_language_of_the_file_holds_where_the_element_names_none(
    read: Read, decision: Make, literal: Make, now: datetime
) -> None:
    body = decision(literal("a ? 'yes' : 'no'"))

    diagram = read(body, version='https://www.omg.org/spec/DMN/20191111/MODEL/" expressionLanguage="juel')

    assert diagram.model.evaluate("D", {"a": True}, now=now).output == "yes"


@pytest.mark.parametrize("language", ["javascript", "groovy", "jython"])
def test_other_languages_are_refused_with_what_to_use(read: Read, decision: Make, literal: Make, language: str) -> None:
    body = decision(literal("1")).replace("<literalExpression", f'<literalExpression expressionLanguage="{language}"')

    (problem,) = read(body).problems
    assert (problem.rule, problem.severity) == ("expression-language", "error")
    assert language in problem.message
    assert "FEEL" in problem.fix


def test_a_juel_text_that_cannot_be_read_is_told_with_its_column(read: Read, decision: Make, literal: Make) -> None:
    (problem,) = read(juel(decision(literal("a +")), "literalExpression")).problems

    assert problem.rule == "expression-syntax"
    assert "the JUEL text 'a +' cannot be read: Expected a value at column 4" in problem.message


def test_what_fails_in_juel_names_its_place(read: Read, decision: Make, table: Make, now: datetime) -> None:
    body = juel(decision(table(["x"], ["o"], ["1 | nothing"])), "outputEntry")

    with pytest.raises(DecisionError, match=r"Decision table 'D', rule 1 \(r1\), output 'o': .*nothing"):
        read(body).model.evaluate("D", {"x": 1}, now=now)


def test_feel_cells_know_the_tested_value_by_camundas_names(evaluate: Evaluate, decision: Make, table: Make) -> None:
    body = decision(table(["x"], ["o"], ["cellInput > 10 | 1", "age < 5 | 2"], policy="FIRST"))
    body = body.replace("<input>", f'<input {CAMUNDA} camunda:inputVariable="age">')

    assert [evaluate(body, {"x": x}) for x in (20, 3, 7)] == [1, 2, None]


@pytest.mark.parametrize(
    ("attribute", "element"),
    [
        (f'{CAMUNDA} camunda:versionTag="v1" camunda:historyTimeToLive="180"', ""),
        (
            "",
            '<extensionElements><z:versionTag xmlns:z="http://camunda.org/schema/zeebe/1.0" value="v1"/>'
            "</extensionElements>",
        ),
    ],
)
def test_both_camundas_version_tags_are_read(
    read: Read, decision: Make, literal: Make, attribute: str, element: str
) -> None:
    body = decision(literal("1")).replace("<decision ", f"<decision {attribute} ").replace(">", f">{element}", 1)

    diagram = read(body)

    assert diagram.problems == ()
    assert diagram.model.decision("D").version_tag == "v1"


def test_juel_in_a_loop_is_bounded_by_the_budget_of_the_whole_graph(
    read: Read, decision: Make, table: Make, now: datetime
) -> None:
    rules = [f"cellInput == {n} or cellInput == {n} | 1" for n in range(300)]
    body = juel(decision(table(["x"], ["o"], rules, policy="COLLECT")), "inputEntry")

    assert read(body).model.evaluate("D", {"x": 7}, now=now).output == [1]
