"""Requirement graphs: decisions, knowledge, services, imports, types."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from baton.bpm.errors import ExpressionLimitError, NotFound

Make = Callable[..., str]
Read = Callable[..., Any]
Evaluate = Callable[..., Any]

STATUS = (
    '<itemDefinition name="tStatus"><typeRef>string</typeRef>'
    '<allowedValues><text>"new", "old"</text></allowedValues></itemDefinition>'
)
STATUSES = '<itemDefinition name="tStatuses" isCollection="true"><typeRef>tStatus</typeRef></itemDefinition>'
PERSON = (
    '<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues>'
    "</itemComponent></itemDefinition>"
)


def input_data(name: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    return f'<inputData id="i_{name}" name="{name}"><variable name="{name}"{typed}/></inputData>'


def knowledge(name: str, body: str, *, requires: str = "") -> str:
    needed = f'<knowledgeRequirement><requiredKnowledge href="#{requires}"/></knowledgeRequirement>' if requires else ""
    return (
        f'<businessKnowledgeModel id="k_{name}" name="{name}"><variable name="{name}"/><encapsulatedLogic>'
        f'<formalParameter name="n"/>{body}</encapsulatedLogic>{needed}</businessKnowledgeModel>'
    )


def test_required_decisions_are_made_first_and_told_in_order(
    read: Read, decision: Make, literal: Make, now: datetime
) -> None:
    body = decision(literal("first + 1"), requires=["d_first"]) + decision(literal("x * 2"), name="first")

    evaluation = read(body).model.evaluate("D", {"x": 5}, now=now)

    assert [(made.name, made.inputs, made.output) for made in evaluation.decisions] == [
        ("first", {}, 10),
        ("D", {"first": 10}, 11),
    ]
    assert evaluation.outputs == {"D": 11}


def test_a_decision_that_two_require_is_made_once(read: Read, decision: Make, literal: Make, now: datetime) -> None:
    body = (
        decision(literal("a + b"), requires=["d_a", "d_b"])
        + decision(literal("base"), name="a", requires=["d_base"])
        + decision(literal("base"), name="b", requires=["d_base"])
        + decision(literal("1"), name="base")
    )

    evaluation = read(body).model.evaluate("D", {}, now=now)

    assert sorted(made.name for made in evaluation.decisions) == ["D", "a", "b", "base"]


def test_a_decision_that_is_not_required_is_not_known(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    assert evaluate(decision(literal("other")) + decision(literal("1"), name="other")) is None


def test_a_chain_of_two_thousand_decisions_is_evaluated(
    read: Read, decision: Make, literal: Make, now: datetime
) -> None:
    body = decision(literal("0"), name="n0")
    for number in range(1, 2_000):
        body += decision(literal(f"n{number - 1} + 1"), name=f"n{number}", requires=[f"d_n{number - 1}"])

    assert read(body).model.evaluate("n1999", {}, now=now).output == 1_999


def test_decisions_that_require_each_other_are_an_error(read: Read, decision: Make, literal: Make) -> None:
    body = decision(literal("a"), requires=["d_a"]) + decision(literal("D"), name="a", requires=["d_D"])

    diagram = read(body + decision(literal("a"), name="user", requires=["d_a"]))

    assert [problem.element_id for problem in diagram.problems] == ["d_D", "d_a"]
    assert {problem.rule for problem in diagram.problems} == {"requirement-cycle"}


def test_knowledge_is_called_and_may_call_itself(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    body = knowledge("factorial", literal("if n <= 1 then 1 else n * factorial(n - 1)"))

    assert evaluate(body + decision(literal("factorial(5)"), requires=["k_factorial"])) == 120


def test_knowledge_without_an_end_uses_up_its_budget(read: Read, decision: Make, literal: Make, now: datetime) -> None:
    body = knowledge("endless", literal("endless(n + 1)")) + decision(literal("endless(1)"), requires=["k_endless"])

    with pytest.raises(ExpressionLimitError, match=r"Decision 'D': .* too deeply"):
        read(body).model.evaluate("D", {}, now=now)


SERVICE = (
    '<decisionService id="s" name="S"><variable name="S"/><outputDecision href="#d_D"/>'
    '<inputDecision href="#d_rate"/><inputData href="#i_x"/></decisionService>'
)


def test_a_service_takes_input_decisions_from_outside(read: Read, decision: Make, literal: Make, now: datetime) -> None:
    body = SERVICE + input_data("x", "number")
    body += decision(literal("x * rate"), requires=["d_rate", "i_x"]) + decision(literal("1"), name="rate")

    evaluation = read(body).model.evaluate_service("S", {"x": 4, "rate": 3}, now=now)

    assert evaluation.outputs == {"D": 12}
    assert [made.name for made in evaluation.decisions] == ["D"]


def test_a_service_is_a_function_of_inputs_and_then_input_decisions(
    evaluate: Evaluate, read: Read, decision: Make, literal: Make, now: datetime
) -> None:
    body = SERVICE + input_data("x") + decision(literal("x - rate"), requires=["d_rate", "i_x"])
    body += decision(literal("1"), name="rate") + decision(literal("S(10, 3)"), name="caller", requires=["k"])
    body = body.replace('href="#k"', 'href="#s"')

    assert read(body).model.evaluate("caller", {}, now=now).output == 7


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("tStatus", "new", "new"),
        ("tStatus", "gone", None),
        ("tStatus", ["old"], "old"),
        ("tStatuses", ["new", "old"], ["new", "old"]),
        ("tStatuses", ["new", "gone"], None),
        ("tStatuses", "new", ["new"]),
        ("tPerson", {"full name": "Ada", "age": 36}, {"full name": "Ada", "age": 36}),
        ("tPerson", {"full name": "Ada", "age": 360}, None),
        ("tPerson", {"full name": "Ada"}, None),
        ("number", "1", None),
        ("Any", "1", "1"),
        ("integer", 5, 5),
    ],
)
def test_inputs_are_made_to_fit_their_types(
    evaluate: Evaluate, decision: Make, literal: Make, type_: str, value: Any, expected: Any
) -> None:
    body = STATUS + STATUSES + PERSON + input_data("x", type_) + decision(literal("x"), requires=["i_x"])

    assert evaluate(body, {"x": value}) == expected


def test_components_with_blanks_are_read_after_a_dot(evaluate: Evaluate, decision: Make, literal: Make) -> None:
    body = (
        PERSON + input_data("x", "tPerson") + decision(literal("x.full name + '!'".replace("'", '"')), requires=["i_x"])
    )

    assert evaluate(body, {"x": {"full name": "Ada", "age": 36}}) == "Ada!"


def test_an_imported_model_is_used_under_the_name_of_its_import(
    read: Read, decision: Make, literal: Make, now: datetime
) -> None:
    lib = knowledge("Say Hello", literal('"Hello, " + n'))
    library = read(lib).model
    body = '<import name="my lib" namespace="urn:model" importType="DMN"/>'
    body += decision(literal('my lib.Say Hello("Ada")'), requires=["k"])
    body = body.replace('href="#k"', 'href="urn:model#k_Say Hello"')

    diagram = read(body, imports={"urn:model": library})

    assert diagram.ok, diagram.problems
    assert diagram.model.evaluate("D", {}, now=now).output == "Hello, Ada"


def test_an_import_that_is_not_there_is_an_error(read: Read, decision: Make, literal: Make) -> None:
    diagram = read('<import name="lib" namespace="urn:other" importType="DMN"/>' + decision(literal("1")))

    assert [problem.rule for problem in diagram.problems] == ["import-not-found"]
    assert "urn:other" in diagram.problems[0].message


def test_an_unknown_decision_is_refused_with_those_there_are(
    read: Read, decision: Make, literal: Make, now: datetime
) -> None:
    with pytest.raises(NotFound, match="'E', found 'D'"):
        read(decision(literal("1"))).model.evaluate("E", {}, now=now)


def test_a_decision_without_a_variable_is_known_by_id_and_by_its_outputs(
    evaluate: Evaluate, decision: Make, literal: Make, table: Make
) -> None:
    required = (
        f'<decision id="d_season" name="Which season">{table(["t"], ["season"], ["> 20 | 1", "<= 20 | 2"])}</decision>'
    )

    assert evaluate(required + decision(literal("[season, d_season]"), requires=["d_season"]), {"t": 30}) == [1, 1]


def test_threads_share_a_model(read: Read, decision: Make, table: Make, now: datetime) -> None:
    model = read(decision(table(["x"], ["o"], ["< 50 | x", ">= 50 | -x"]))).model

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: model.evaluate("D", {"x": x}, now=now).output, range(100)))

    assert found == [x if x < 50 else -x for x in range(100)]
