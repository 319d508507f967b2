"""Random forms and submissions: reading and checking never raise, and what is accepted can be kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from baton.bpm import forms, values

CONTEXT = forms.Context(
    {"a": 1, "o": {"x": "y"}, "l": [1, {"a": 2}]}, datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1)
)
NAMES = some.sampled_from(["a", "b", "o", "l", "o.x", "l.a", "__proto__", ".", ""])
LEAVES = (
    some.none()
    | some.booleans()
    | some.integers(-(10**20), 10**20)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.sampled_from(["=a > 1", "=b", "=1 +", "2026-01-01", "09:30", "^(a+)+$", "[", "x", "=l", "true", "5"])
)
JSON = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
TYPES = (
    *("textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "taglist"),
    *("datetime", "filepicker", "expression", "text", "other"),
)
MEMBERS = some.fixed_dictionaries(
    {},
    optional={
        "key": NAMES | JSON,
        "path": NAMES | JSON,
        "label": JSON,
        "validate": some.dictionaries(
            some.sampled_from(["required", "min", "max", "minLength", "maxLength", "pattern", "validationType"]), JSON
        )
        | JSON,
        "conditional": some.fixed_dictionaries({"hide": JSON}) | JSON,
        "readonly": JSON,
        "disabled": JSON,
        "defaultValue": JSON,
        "values": JSON,
        "valuesKey": JSON,
        "valuesExpression": JSON,
        "subtype": some.sampled_from(["date", "time", "datetime"]) | JSON,
        "decimalDigits": JSON,
        "increment": JSON,
        "timeInterval": JSON,
        "serializeToString": JSON,
        "expression": JSON,
    },
)
FIELDS = some.builds(lambda type_, members: {**members, "type": type_}, some.sampled_from(TYPES), MEMBERS)
COMPONENTS = some.recursive(
    FIELDS | JSON,
    lambda inner: some.builds(
        lambda type_, members, parts: {**members, "type": type_, "components": parts},
        some.sampled_from(["group", "dynamiclist"]),
        MEMBERS,
        some.lists(inner, max_size=3) | JSON,
    ),
    max_leaves=6,
)
SENT = some.dictionaries(some.sampled_from(["a", "b", "o", "l", "__proto__"]), JSON, max_size=4)


@given(parts=some.lists(COMPONENTS, max_size=5), sent=SENT)
def test_a_random_form_never_raises_and_what_it_accepts_can_be_kept(parts: list[Any], sent: dict[str, Any]) -> None:
    found = forms.read_file("f.form", json.dumps({"id": "f", "components": parts}).encode())

    assert (found.form is None) == any(problem.severity == "error" for problem in found.problems)
    if found.form is not None:
        _check(found.form, sent)


KEYWORDS = some.sampled_from(
    [
        *("type", "properties", "required", "items", "enum", "const", "$ref", "allOf", "anyOf", "not"),
        *("if", "then", "format", "minimum", "pattern", "default"),
    ]
)
SCHEMAS = some.recursive(
    some.dictionaries(KEYWORDS, JSON | some.sampled_from(["string", "object", "#", "#/properties/a", "date"])),
    lambda inner: some.dictionaries(KEYWORDS, inner | some.lists(inner) | some.dictionaries(NAMES, inner)),
    max_leaves=8,
)


@given(schema=SCHEMAS, sent=SENT)
def test_a_random_schema_never_raises_either(schema: dict[str, Any], sent: dict[str, Any]) -> None:
    found = forms.read_file("f.schema.json", json.dumps(schema).encode())

    if found.form is not None:
        _check(found.form, sent)


@given(content=some.binary(max_size=200), name=some.sampled_from(["f.form", "f.json", "f.schema.json"]))
def test_random_bytes_are_a_form_or_a_problem_and_never_an_error(content: bytes, name: str) -> None:
    found = forms.read_file(name, content)

    assert found.ok or found.problems


def _check(form: forms.Form, sent: dict[str, Any]) -> None:
    before = json.dumps(sent)
    outcome = forms.check(form, sent, CONTEXT)
    assert json.dumps(sent) == before
    for value in outcome.variables.values():
        values.encode(value)
    assert outcome.errors or set(outcome.variables) <= {*sent, "a", "b", "o", "l", "__proto__"}
    forms.show(form, CONTEXT)
