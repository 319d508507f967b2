"""Forms and submissions made to hurt: they end soon, in a problem or an error of a field."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from baton.bpm import forms
from baton.bpm.definition.elements import FormField
from baton.bpm.forms.limits import LIMITS
from tests.unit.forms.conftest import form_js

CONTEXT = forms.Context({}, datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1))


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """Every test here is over in a few seconds of processor time."""
    started = time.thread_time()
    yield
    assert time.thread_time() - started < 5


def schema_of(document: dict[str, Any]) -> forms.ReadForm:
    return forms.read_file("f.schema.json", json.dumps(document).encode())


@pytest.mark.parametrize("length", [30, 1_990, 50_000])
@pytest.mark.parametrize(
    "pattern",
    ["^(a+)+$", "^(a|aa)+$", "(?=(a+)+b)x", "^(a+)+\\1$", "(a*)*b", "^(?=(a|aa)+$)x", "^(([a-z])+.)+[A-Z]([a-z])+$"],
)
def test_a_pattern_cannot_run_away(check, pattern: str, length: int) -> None:
    field = {"type": "textfield", "key": "a", "validate": {"pattern": pattern}}

    errors = check(field, sent={"a": "a" * length + "!"}).errors

    assert [error.rule for error in errors] == ["pattern"]


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", "(?:" * 900 + "a" + ")" * 900, "a" * 2_001])
def test_a_pattern_too_large_to_compile_is_a_problem(read, pattern: str) -> None:
    (problem,) = read({"type": "textfield", "key": "a", "validate": {"pattern": pattern}}).problems

    assert problem.rule == "form-pattern"


def test_ten_thousand_fields_are_too_many_and_five_thousand_are_not(read) -> None:
    fields = [{"type": "number", "key": f"a{number}", "validate": {"required": True}} for number in range(10_000)]

    assert [problem.rule for problem in read(*fields).problems] == ["form-too-large"]
    form = read(*fields[:5_000]).form
    assert len(forms.check(form, {}, CONTEXT).errors) == 500


def test_ten_thousand_fields_of_a_diagram_are_too_many() -> None:
    fields = tuple(FormField(id=f"a{number}") for number in range(10_000))

    assert [problem.rule for problem in forms.read_fields("t", fields).problems] == ["form-too-large"]


def test_deep_nesting_is_a_problem(read) -> None:
    component: dict[str, Any] = {"type": "number", "key": "a"}
    for _ in range(40):
        component = {"type": "group", "path": "g", "components": [component]}

    assert [problem.rule for problem in read(component).problems] == ["form-too-large"]
    assert forms.read_file("f.form", b'{"components":' + b"[" * 100_000).form is None


def test_very_many_choices_are_a_problem(read) -> None:
    found = read({"type": "select", "key": "a", "values": list(range(LIMITS.max_options + 1))})

    assert [problem.rule for problem in found.problems] == ["form-too-large"]


def test_a_file_beyond_the_limit_is_a_problem() -> None:
    found = forms.read_file("f.form", form_js({"type": "text", "text": "x" * LIMITS.max_bytes}))

    assert [problem.rule for problem in found.problems] == ["form-too-large"]


def test_expressions_of_one_form_share_one_budget(check) -> None:
    slow = "=count(for a in 1..1000, b in 1..1000, c in 1..1000 return a) > 0"
    fields = [{"type": "number", "key": f"a{number}", "conditional": {"hide": slow}} for number in range(100)]

    errors = check(*fields, sent={}).errors

    assert {error.rule for error in errors} == {"expression"}


def test_very_many_rows_are_refused(rules) -> None:
    inner = {"type": "dynamiclist", "path": "b", "components": [{"type": "number", "key": "n"}]}
    outer = {"type": "dynamiclist", "path": "a", "components": [inner]}

    sent = {"a": [{"b": [{}] * 300}] * 300}
    assert list(rules(outer, sent=sent).values()) == ["rows"]


def test_huge_numbers_are_compared_quickly(rules) -> None:
    field = {"type": "number", "key": "a", "increment": 0.01, "decimalDigits": 2, "validate": {"max": 5}}

    assert rules(field, sent={"a": 10**100_000}) == {"a": "max"}


def test_a_schema_whose_references_double_at_each_level_is_a_problem() -> None:
    definitions: dict[str, Any] = {"a0": {"type": "string"}}
    for level in range(1, 40):
        definitions[f"a{level}"] = {"allOf": [{"$ref": f"#/$defs/a{level - 1}"}] * 2}

    found = schema_of({"properties": {"x": {"$ref": "#/$defs/a39"}}, "$defs": definitions})

    assert found.form is None
    assert "references" in found.problems[0].message


def test_a_schema_with_a_long_chain_of_references_is_a_problem() -> None:
    definitions: dict[str, Any] = {"a0": {"type": "string"}}
    for level in range(1, 5_000):
        definitions[f"a{level}"] = {"$ref": f"#/$defs/a{level - 1}"}

    found = schema_of({"properties": {"x": {"$ref": "#/$defs/a4999"}}, "$defs": definitions})

    assert found.form is None


@pytest.mark.parametrize("keyword", ["unevaluatedProperties", "anyOf", "oneOf", "not", "if", "contains"])
def test_a_schema_that_is_looked_at_again_at_every_level_is_a_problem(keyword: str) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(25):
        inner = [schema, {"type": "number"}] if keyword in ("anyOf", "oneOf") else schema
        schema = {keyword: inner}

    found = schema_of({"properties": {"x": schema}})

    assert found.form is None


def test_a_large_schema_on_much_data_is_refused() -> None:
    items = {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(1_000)}}
    schema = {"properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/i"}}}, "$defs": {"i": items}}
    form = schema_of(schema).form

    assert [error.rule for error in forms.check(form, {"a": [{}] * 49_000}, CONTEXT).errors] == ["rows"]
