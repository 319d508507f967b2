"""The door: versions, unreadable files, problems that name table, rule and cell, and bounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.bpm.decisions import read_decisions
from baton.bpm.decisions.documents import VERSIONS
from baton.bpm.errors import ExpressionLimitError

Make = Callable[..., str]
Read = Callable[..., Any]


NO_INPUT = '<informationRequirement><requiredInput href="#no"/></informationRequirement>'


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(read: Read, decision: Make, literal: Make, now: datetime, version: str) -> None:
    diagram = read(decision(literal("x + 1"), type_="feel:number"), version=version)

    assert diagram.ok
    assert diagram.model.evaluate("D", {"x": 1}, now=now).output == 2


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "not-xml"),
        (b"<a", "not-xml"),
        (b"<definitions/>", "not-dmn"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "doctype"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "not-dmn"),
    ],
)
def test_what_is_no_dmn_file_has_one_problem_and_no_model(content: bytes, rule: str) -> None:
    diagram = read_decisions(content)

    assert (diagram.model, diagram.ok, [problem.rule for problem in diagram.problems]) == (None, False, [rule])


def test_a_cell_that_cannot_be_read_is_named_by_table_rule_and_input(read: Read, decision: Make, table: Make) -> None:
    diagram = read(decision(table(["age"], ["o"], ["> 1 | 1", "> | 2"], policy="FIRST")))

    (problem,) = diagram.problems
    assert problem.message.startswith(
        "Decision table 'D', rule 2 (r2), input 'age': the FEEL text '>' cannot be read: "
    )
    assert (problem.rule, problem.line, diagram.ok) == ("expression-syntax", 4, False)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (('hitPolicy="UNIQUE"', 'hitPolicy="BEST"'), "hit-policy"),
        (("<outputEntry><text>1</text></outputEntry>", ""), "rule-length"),
        (('<output name="o"></output>', ""), "rule-length"),
        (("<text>x</text>", ""), "expression-missing"),
        (('typeRef="number"', 'typeRef="tNone"'), "unknown-type"),
        (("<decisionTable", f"{NO_INPUT}<decisionTable"), "reference"),
        (('hitPolicy="UNIQUE"', 'expressionLanguage="juel"'), None),
        (("<inputEntry>", '<inputEntry expressionLanguage="groovy">'), "expression-language"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_told(
    read: Read, decision: Make, table: Make, now: datetime, change: tuple[str, str], rule: str | None
) -> None:
    body = decision(table(["x"], ["o"], ["1 | 1", "not(1) | 2"])).replace(*change, 1)

    diagram = read(body)

    problems = diagram.problems
    assert diagram.model.evaluate("D", {"x": 1}, now=now).outputs.keys() == {"D"}
    if rule is None:
        assert problems == ()
    else:
        assert rule in {problem.rule for problem in problems}
        assert all(problem.message and problem.fix for problem in problems)


def test_boxes_may_not_nest_without_end(read: Read, decision: Make, literal: Make) -> None:
    diagram = read(decision("<list>" * 80 + literal("1") + "</list>" * 80))

    assert [problem.rule for problem in diagram.problems] == ["too-deep"]


def test_a_type_may_not_be_itself_but_may_contain_itself(read: Read, decision: Make, literal: Make) -> None:
    itself = '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>'
    itself += '<itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>'
    tree = '<itemDefinition name="t"><itemComponent name="next"><typeRef>t</typeRef></itemComponent></itemDefinition>'

    assert {problem.rule for problem in read(itself + decision(literal("1"))).problems} == {"type-cycle"}
    assert read(tree + decision(literal("1"), type_="t")).ok


DOUBLING = "".join(
    f'<contextEntry><variable name="x{number}"/><literalExpression><text>'
    f"{f'{{a: x{number - 1}, b: x{number - 1}}}' if number else 'null'}</text></literalExpression></contextEntry>"
    for number in range(60)
)
PAIR = "<itemDefinition name='p'>" + "".join(
    f"<itemComponent name='{name}'><typeRef>p</typeRef></itemComponent>" for name in "ab"
) + "</itemDefinition>"  # fmt: skip


@pytest.mark.parametrize("result", ["x59", "x59 instance of p", "for i in 1..1000000 return x12 instance of p"])
def test_data_that_is_small_in_memory_and_large_to_walk_is_stopped(
    read: Read, decision: Make, literal: Make, now: datetime, result: str
) -> None:
    body = PAIR + decision(f"<context>{DOUBLING}<contextEntry>{literal(result)}</contextEntry></context>", type_="Any")

    with pytest.raises(ExpressionLimitError):
        read(body).model.evaluate("D", {}, now=now)


TAGS = ["decision", "context", "contextEntry", "list", "for", "in", "return", "decisionTable", "rule", "input", "text"]
TAGS += ["itemDefinition", "itemComponent", "typeRef", "decisionService", "inputData", "literalExpression", "relation"]
TREES = st.recursive(
    st.sampled_from(["", "1", "a b", "<text>1 +</text>", "<text>x</text>", '<variable name="v"/>']),
    lambda inner: st.builds(
        lambda tag, parts: f'<{tag} id="{tag}" name="a" typeRef="a">{"".join(parts)}</{tag}>',
        st.sampled_from(TAGS),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_no_file_makes_the_reader_or_the_evaluation_raise(read: Read, now: datetime, body: str) -> None:
    diagram = read(body)

    assert diagram.model is not None
    for made in diagram.model.decisions:
        diagram.model.evaluate(made.id, {}, now=now)
