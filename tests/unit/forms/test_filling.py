"""What people type into inputs becomes the variables of the form: groups, rows of lists, values in JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from baton.bpm import forms
from baton.bpm.forms.model import FieldType, Form
from baton.bpm.forms.show import MOST_INPUTS

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
ORDER = {
    "customer": {
        "type": "object",
        "title": "Customer",
        "properties": {"name": {"type": "string", "minLength": 2}, "vip": {"type": "boolean"}},
        "required": ["name"],
    },
    "items": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {
                "what": {"type": "string"},
                "count": {"type": "integer", "minimum": 1},
                "gift": {"type": "boolean"},
                "sizes": {"type": "array", "items": {"type": "number"}},
                "parts": {"type": "array", "items": {"type": "object", "properties": {"no": {"type": "integer"}}}},
            },
            "required": ["what", "count"],
        },
    },
    "tags": {"type": "array", "items": {"type": "string", "maxLength": 5}},
    "days": {"type": "array", "items": {"type": "string", "format": "date"}},
    "matrix": {"type": "array", "items": {"type": "array"}},
    "free": {"type": "object"},
    "note": {"type": "string"},
}


def schema(properties: dict[str, Any], **more: Any) -> Form:
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}
    read = forms.read_file("order.schema.json", json.dumps(document | more).encode())
    assert read.form is not None, read.problems
    return read.form


def context(existing: dict[str, Any]) -> forms.Context:
    return forms.Context(existing, NOW, NOW.date())


def filled(form: Form, texts: dict[str, str | list[str]], existing: dict[str, Any] | None = None) -> dict[str, Any]:
    known = existing or {}
    sent = {name: [text] if isinstance(text, str) else text for name, text in texts.items()}
    return forms.filled(forms.show_parts(form, context(known)), sent, known, without_empty=True)


def test_groups_rows_and_values_in_json_become_variables() -> None:
    typed = {
        "customer.name": "Ada",
        "customer.vip": "true",
        "items[0].what": "Apples",
        "items[0].count": "3",
        "items[0].gift": "",
        "items[0].sizes": ["1.5", "", "2"],
        "items[0].parts[0].no": "7",
        "items[0].parts[1].no": "",
        "items[1].what": "",
        "items[1].count": "",
        "items[1].gift": "",
        "items[4].what": "Pears",
        "items[4].count": "1",
        "items[4].gift": "false",
        "tags": ["new", " ", "old"],
        "days": ["2026-02-03"],
        "matrix": "[[1, 2], []]",
        "free": '{"any": {"depth": null}}',
        "note": "",
    }
    form = schema(ORDER)

    variables = filled(form, typed)

    assert variables["items"] == [
        {"what": "Apples", "count": 3, "sizes": [pytest.approx(1.5), 2], "parts": [{"no": 7}]},
        {"what": "Pears", "count": 1, "gift": False},
    ]
    assert "note" not in variables
    outcome = forms.check(form, variables, context({}))
    assert outcome.errors == ()
    assert outcome.variables["customer"] == {"name": "Ada", "vip": True}
    assert outcome.variables["tags"] == ["new", "old"]
    assert outcome.variables["days"] == [date(2026, 2, 3)]
    assert outcome.variables["matrix"] == [[1, 2], []]
    assert outcome.variables["free"] == {"any": {"depth": None}}


def test_what_is_wrong_is_told_at_the_path_of_the_row_that_is_sent_on() -> None:
    form = schema(ORDER)
    typed: dict[str, str | list[str]] = {
        "customer.name": "A",
        "items[0].what": "",
        "items[0].count": "",
        "items[2].what": "Pears",
        "items[2].count": "many",
        "tags": ["", "fine", "too long"],
        "matrix": "[1",
        "free": "no object",
    }

    errors = {each.field: each.message for each in forms.check(form, filled(form, typed), context({})).errors}

    assert errors.keys() == {"customer.name", "items[0].count", "tags[1]", "matrix", "free"}
    assert "found the text '[1'" in errors["matrix"]


def test_an_empty_form_sends_nothing_and_what_was_there_can_be_emptied() -> None:
    form = schema(ORDER)
    empty: dict[str, str | list[str]] = {
        "customer.name": "",
        "items[0].what": "",
        "items[0].count": "",
        "tags": [""],
        "days": [""],
        "matrix": "",
        "free": "",
        "note": "",
    }

    assert filled(form, empty) == {"customer": {"vip": False}}
    existing = {"items": [{"what": "Apples", "count": 1}], "tags": ["new"], "note": "soon", "customer": {"id": 7}}
    emptied = filled(form, empty | {"items[1].what": ""}, existing)
    assert emptied == {"items": [], "tags": [], "note": "", "customer": {"id": 7, "vip": False}}


def test_a_row_keeps_the_members_that_the_form_does_not_have_also_when_rows_before_it_go() -> None:
    form = schema(ORDER)
    existing = {"items": [{"what": "a", "count": 1, "id": 1}, {"what": "b", "count": 2, "id": 2}]}
    typed: dict[str, str | list[str]] = {
        "items[0].what": "",
        "items[0].count": "",
        "items[1].what": "b",
        "items[1].count": "5",
    }

    assert filled(form, typed, existing)["items"] == [{"what": "b", "count": 5, "id": 2}]


def test_a_list_that_is_too_long_for_a_page_has_no_rows_and_stays() -> None:
    form = schema(ORDER)
    existing = {"items": [{"what": "a", "count": 1}] * MOST_INPUTS, "free": {"long": "x" * 30_000}}

    parts = {part.field: part for part in forms.show_parts(form, context(existing))}

    items, free = parts["items"], parts["free"]
    assert isinstance(items, forms.ShownGroup)
    assert isinstance(free, forms.ShownField)
    assert (items.rows, items.blank) == ((), ())
    assert not free.has_input
    assert filled(form, {"items[0].what": "b", "free": ""}, existing) == {"customer": {"vip": False}}


def test_a_hostile_row_number_costs_nothing() -> None:
    form = schema(ORDER)
    typed: dict[str, str | list[str]] = {
        "items[999999].what": "far",
        "items[99999999999].what": "no number",
        "items" + "[0]" * 5000: "deep",
    }

    assert filled(form, typed)["items"] == [{"what": "far"}]


def test_unchanged_json_keeps_its_value_and_its_types() -> None:
    form = schema({"free": {"type": "object"}})
    existing = {"free": {"when": date(2026, 1, 1), "text": "a\nb"}}
    [shown] = forms.show_parts(form, context(existing))
    assert isinstance(shown, forms.ShownField)
    assert shown.type is FieldType.OBJECT

    assert filled(form, {"free": shown.text}, existing)["free"] is existing["free"]
