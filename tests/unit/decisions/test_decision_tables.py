"""Decision tables: cells, hit policies, aggregations, defaults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm.decisions import DecisionError

Make = Callable[..., str]
Evaluate = Callable[..., Any]

RANGES = ["< 18 | 1", "[18..65) | 2", ">= 65 | 3"]
OVERLAPPING = ["> 0 | 5", "> 10 | 20", "> 100 | 1"]


@pytest.mark.parametrize(("age", "expected"), [(17, 1), (18, 2), (64.9, 2), (65, 3), (None, None), ("x", None)])
def test_a_unique_table_gives_the_output_of_the_rule_that_matches(
    evaluate: Evaluate, decision: Make, table: Make, age: Any, expected: Any
) -> None:
    assert evaluate(decision(table(["age"], ["o"], RANGES)), {"age": age}) == expected


@pytest.mark.parametrize(
    ("policy", "aggregation", "expected"),
    [
        ("FIRST", "", 5),
        ("PRIORITY", "", 20),
        ("COLLECT", "", [5, 20]),
        ("RULE ORDER", "", [5, 20]),
        ("OUTPUT ORDER", "", [20, 5]),
        ("COLLECT", "SUM", 25),
        ("COLLECT", "COUNT", 2),
        ("COLLECT", "MIN", 5),
        ("COLLECT", "MAX", 20),
    ],
)
def test_each_hit_policy_combines_the_rules_that_match(
    evaluate: Evaluate, decision: Make, table: Make, policy: str, aggregation: str, expected: Any
) -> None:
    logic = table(["x"], ["o"], OVERLAPPING, policy=policy, aggregation=aggregation, output_values="20, 5, 1")

    assert evaluate(decision(logic), {"x": 50}) == expected


@pytest.mark.parametrize(
    ("policy", "aggregation", "expected"),
    [("UNIQUE", "", None), ("FIRST", "", None), ("COLLECT", "", []), ("COLLECT", "COUNT", 0), ("COLLECT", "SUM", None)],
)
def test_no_match_gives_nothing(
    evaluate: Evaluate, decision: Make, table: Make, policy: str, aggregation: str, expected: Any
) -> None:
    logic = table(["x"], ["o"], OVERLAPPING, policy=policy, aggregation=aggregation)

    assert evaluate(decision(logic), {"x": -1}) == expected


def test_no_match_gives_the_default_output(evaluate: Evaluate, decision: Make, table: Make) -> None:
    logic = table(["x"], ["o"], ["> 0 | 1"], default="x * 2")

    assert evaluate(decision(logic), {"x": -4}) == -8


def test_unique_refuses_two_matches_and_names_table_and_rules(evaluate: Evaluate, decision: Make, table: Make) -> None:
    logic = table(["x"], ["o"], OVERLAPPING)

    with pytest.raises(DecisionError, match=r"Decision table 'D': rules 1 and 2 match.*UNIQUE allows one"):
        evaluate(decision(logic), {"x": 50})


def test_any_accepts_equal_outputs_and_refuses_others(evaluate: Evaluate, decision: Make, table: Make) -> None:
    equal = table(["x"], ["o"], ["> 0 | 1", "> 1 | 1.0"], policy="ANY")
    different = table(["x"], ["o"], ["> 0 | 1", "> 1 | 2"], policy="ANY")

    assert evaluate(decision(equal), {"x": 5}) == 1
    with pytest.raises(DecisionError, match="rules 1 and 2 match with different outputs"):
        evaluate(decision(different), {"x": 5})


def test_several_outputs_are_a_context(evaluate: Evaluate, decision: Make, table: Make) -> None:
    logic = table(["x"], ["rate", "text"], ['> 0 | 0.5; "low"', '<= 0 | 0; "none"'])

    assert evaluate(decision(logic), {"x": 1}) == {"rate": Decimal("0.5"), "text": "low"}


def test_priority_goes_by_the_first_output_and_then_by_the_next(
    evaluate: Evaluate, decision: Make, table: Make
) -> None:
    rules = ['- | "b"; "a"', '- | "a"; "b"', '- | "a"; "a"']
    logic = table(["x"], ["p", "q"], rules, policy="OUTPUT ORDER", output_values='"a", "b"')

    found = evaluate(decision(logic), {"x": 1})

    assert [(entry["p"], entry["q"]) for entry in found] == [("a", "a"), ("a", "b"), ("b", "a")]


def test_cells_see_the_tested_value_and_other_names(evaluate: Evaluate, decision: Make, table: Make) -> None:
    logic = table(["x"], ["o"], ["? > limit and ? < 2 * limit | x - limit", "not(5, 6) | 0"], policy="FIRST")

    assert evaluate(decision(logic), {"x": 15, "limit": 10}) == 5
    assert evaluate(decision(logic), {"x": 4, "limit": 10}) == 0


def test_the_evaluation_tells_inputs_matched_rules_and_outputs(
    read: Callable[..., Any], decision: Make, table: Make, now: datetime
) -> None:
    model = read(decision(table(["x", "y"], ["o"], OVER_TWO, policy="COLLECT"))).model

    evaluation = model.evaluate("d_D", {"x": 50, "y": "a"}, now=now)

    (made,) = evaluation.decisions
    assert (made.id, made.name, made.inputs, made.output) == ("d_D", "D", {"x": 50, "y": "a"}, [1, 3])
    assert [(rule.table_id, rule.rule_id, rule.index, rule.outputs) for rule in made.matched_rules] == [
        ("t", "r1", 1, {"o": 1}),
        ("t", "r3", 3, {"o": 3}),
    ]


OVER_TWO = ['> 0; "a" | 1', '> 0; "b" | 2', "-; - | 3"]
