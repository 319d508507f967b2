"""The FEEL expressions of DMN's technology compatibility kit: decisions that are one expression without inputs.

Whole models are for the decision engine's own run; this one keeps FEEL honest by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions import feel
from baton.bpm.expressions.feel.boundary import from_feel
from baton.bpm.expressions.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time

TCK = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "dmn_tck" / "TestCases"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XML = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
NUMBERS = {"decimal", "double", "integer", "float", "int"}
TEMPORAL = {"date": parse_date, "time": parse_time, "dateTime": parse_date_time}

NOT_FEEL = {
    "0076-feel-external-java": "Java functions are refused",
    "0082-feel-coercion": "a decision's type changes its result",
}


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    expected: Any


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


def children(element: Any, name: str) -> list[Any]:
    return [child for child in element if local(child) == name]


def child(element: Any, name: str) -> Any:
    return next(iter(children(element, name)), None)


def expected_value(element: Any) -> Any:
    """A value of the kit's test format as Python sees FEEL's results."""
    if element is None or element.get(NIL) == "true":
        return None
    items = child(element, "list")
    if items is not None:
        return None if items.get(NIL) == "true" else [expected_value(item) for item in children(items, "item")]
    components = children(element, "component")
    if components:
        return {component.get("name"): expected_value(component) for component in components}
    value = child(element, "value")
    if value is None or value.get(NIL) == "true":
        return None
    return scalar((value.get(TYPE) or "string").rpartition(":")[2], value.text or "")


def scalar(kind: str, text: str) -> Any:
    if kind == "string":
        return text
    if kind == "boolean":
        return text.strip() == "true"
    if kind in NUMBERS:
        return Decimal(text.strip())
    parse = TEMPORAL.get(kind, parse_duration)
    return from_feel(parse(text.strip()), feel.Budget())


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, Decimal):
        close = Decimal("1e-8") * max(1, abs(expected))
        return type(found) in (int, Decimal) and abs(found - expected) <= close
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    return type(found) is type(expected) and bool(found == expected)


def expressions(model: Any) -> dict[str, str]:
    """Decisions that are one literal expression and need nothing else, no types of the model either."""
    found = {}
    types = {definition.get("name") for definition in children(model, "itemDefinition")}
    for decision in children(model, "decision"):
        literal = child(decision, "literalExpression")
        needs = child(decision, "informationRequirement") is not None
        needs = needs or child(decision, "knowledgeRequirement") is not None
        text = (child(literal, "text").text or "") if literal is not None else ""
        if text and not needs and not types.intersection(re.findall(r"\w+", text)):
            found[decision.get("name")] = text
    return found


def cases(folder: Path) -> Iterator[Case]:
    for file in sorted(folder.glob("*-test-*.xml")):
        tests = etree.parse(file, XML).getroot()
        model = etree.parse(folder / child(tests, "modelName").text.strip(), XML).getroot()
        texts = expressions(model)
        for test in children(tests, "testCase"):
            for result in children(test, "resultNode"):
                if result.get("name") in texts:
                    expected = expected_value(child(result, "expected"))
                    yield Case(f"{folder.name}/{test.get('id')}", texts[result.get("name")], expected)


def evaluate(text: str) -> Any:
    try:
        return feel.compile_expression(text).evaluate({}, now=NOW)
    except ExpressionSyntaxError:
        return None


def test_the_expressions_of_the_kit_have_the_results_it_expects() -> None:
    folders = [folder for folder in sorted(TCK.glob("compliance-level-*/*-feel-*")) if folder.name not in NOT_FEEL]
    if not folders:
        pytest.skip("the conformance kit is not beside this checkout")
    found = [case for folder in folders for case in cases(folder)]

    misses = {case.name for case in found if not same(evaluate(case.text), case.expected)}

    assert len(found) > 1_000
    assert misses == set()
