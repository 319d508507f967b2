"""JSON Schema as a form: drafts, errors by field, typed values, and nothing fetched."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from baton.bpm import forms

DRAFTS = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#",
)


def read(schema: dict[str, Any], name: str = "order.schema.json") -> forms.ReadForm:
    return forms.read_file(name, json.dumps(schema).encode())


def check(schema: dict[str, Any], sent: dict[str, Any], existing: dict[str, Any] | None = None) -> forms.Outcome:
    found = read(schema)
    assert found.form is not None, found.problems
    context = forms.Context(existing or {}, datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 1))
    return forms.check(found.form, sent, context)


ORDER = {
    "type": "object",
    "required": ["day", "amount"],
    "properties": {
        "day": {"type": "string", "format": "date", "title": "Day"},
        "amount": {"type": "number", "minimum": 1, "maximum": 1000},
        "color": {"enum": ["red", "blue"]},
        "code": {"type": "string", "pattern": "^[A-Z]+$"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["n"],
                "properties": {"n": {"type": "integer"}, "on": {"type": "string", "format": "date"}},
            },
        },
        "fixed": {"type": "string", "readOnly": True},
        "kind": {"type": "string", "default": "plain"},
    },
}


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_field_that_is_wrong_is_named_in_each_draft(draft: str) -> None:
    sent = {"amount": 1200, "color": "teal", "code": "a", "items": [{"n": 1}, {"n": "x"}, {}]}

    errors = check({"$schema": draft, **ORDER}, sent).errors

    assert {error.field: error.rule for error in errors} == {
        "day": "required",
        "amount": "maximum",
        "color": "enum",
        "code": "pattern",
        "items[1].n": "type",
        "items[2].n": "required",
    }
    assert "Expected a number of at most 1000, found 1200" in {error.message for error in errors}


def test_values_become_typed_and_defaults_fill_in() -> None:
    sent = {"day": "2026-01-31", "amount": 12.5, "items": [{"n": 1.0, "on": "2026-02-01"}], "fixed": "no", "other": 1}

    assert check(ORDER, sent).variables == {
        "day": date(2026, 1, 31),
        "amount": Decimal("12.5"),
        "items": [{"n": 1, "on": date(2026, 2, 1)}],
        "kind": "plain",
        "other": 1,
    }


def test_typed_values_and_values_that_are_there_are_checked_as_json() -> None:
    assert check(ORDER, {"day": date(2026, 1, 31)}, {"amount": Decimal("5.5")}).errors == ()
    assert [error.field for error in check(ORDER, {"day": date(2026, 1, 31)}, {"amount": 0}).errors] == ["amount"]


def test_a_member_that_is_not_allowed_is_named() -> None:
    schema = {"properties": {"a": {}}, "additionalProperties": False}

    assert [error.field for error in check(schema, {"a": 1, "b": 2}, {"c": 3}).errors] == ["b"]


def test_the_schema_is_shown_as_fields() -> None:
    form = read(ORDER).form

    assert form.id == "order"
    found = {field.path[-1]: (str(field.type), field.required) for field in form.fields()}
    assert found["day"] == ("date", True)
    assert found["color"] == ("choice", False)
    assert found["n"] == ("integer", True)


def test_references_within_the_file_are_followed() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/day"}}, "$defs": {"day": {"type": "string", "format": "date"}}}

    assert check(schema, {"a": "2026-01-01"}).variables == {"a": date(2026, 1, 1)}
    assert [error.field for error in check(schema, {"a": "x"}).errors] == ["a"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "http://example.com/x"}, "within the file"),
        ({"$ref": "file:///etc/passwd"}, "within the file"),
        ({"$ref": "#"}, "refer to itself"),
        ({"properties": {"a": {"$ref": "#/properties/a"}}}, "refer to itself"),
        ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "to be in the file"),
        ({"$dynamicRef": "#x"}, "not supported"),
        ({"properties": {"a": {"$id": "http://example.com/x"}}}, "'$id' at the top only"),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, "draft 2020-12"),
        ({"type": "array"}, "type 'object'"),
        ({"properties": {"a": {"type": "nothing"}}}, "cannot be used"),
        ({"properties": {"a": {"pattern": "["}}}, "cannot be used"),
        ({"properties": {"a": {"pattern": "(?=x)"}}}, "cannot be used"),
    ],
)
def test_a_schema_that_cannot_be_used_is_a_problem(schema: dict[str, Any], words: str) -> None:
    found = read(schema)

    assert found.form is None
    assert words in found.problems[0].message


def test_a_json_file_with_a_schema_is_one_and_other_json_is_not() -> None:
    assert read({"$schema": DRAFTS[0]}, "order.json").form.id == "order"
    assert "other JSON" in read({"a": 1}, "order.json").problems[0].message
