"""form-js components: what each takes, refuses and gives."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from baton.bpm.definition.problems import Severity
from baton.bpm.forms import read_file
from baton.bpm.values import FileValue

REQUIRED = {"required": True}
COLORS = [{"label": "Red", "value": "red"}, {"label": "Blue", "value": "blue"}]


@pytest.mark.parametrize(
    ("component", "good", "bad", "rule"),
    [
        ({"type": "textfield"}, "Ada", 7, "type"),
        ({"type": "textarea"}, "two\nlines", ["x"], "type"),
        ({"type": "textfield", "validate": REQUIRED}, "x", "", "required"),
        ({"type": "textfield", "validate": REQUIRED}, "x", None, "required"),
        ({"type": "textfield", "validate": {"minLength": 3}}, "abc", "ab", "minLength"),
        ({"type": "textfield", "validate": {"maxLength": 3}}, "abc", "abcd", "maxLength"),
        ({"type": "textfield", "validate": {"maxLength": 3}}, "a😀", "aa😀", "maxLength"),
        ({"type": "textfield", "validate": {"pattern": "^[A-Z]{2}\\d+$"}}, "DE12", "de12", "pattern"),
        ({"type": "textfield", "validate": {"pattern": "^(?=.*\\d).{4,}$"}}, "abc1", "abcd", "pattern"),
        ({"type": "textfield", "validate": {"pattern": "b+"}}, "abc", "ac", "pattern"),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "a@b.org", "a@", "email"),
        ({"type": "textfield", "validate": {"validationType": "phone"}}, "+49301234", "030-1234", "phone"),
        ({"type": "number"}, 5, "5", "type"),
        ({"type": "number"}, 5.5, True, "type"),
        ({"type": "number", "validate": {"min": 1}}, 1, 0, "min"),
        ({"type": "number", "validate": {"max": 1000}}, 1000, 1200, "max"),
        ({"type": "number", "validate": {"max": "=limit * 2"}}, 20, 21, "max"),
        ({"type": "number", "decimalDigits": 2}, 1.25, 1.255, "decimalDigits"),
        ({"type": "number", "decimalDigits": 0}, Decimal("3.0"), 3.5, "decimalDigits"),
        ({"type": "number", "increment": 0.1}, 0.3, 0.35, "increment"),
        ({"type": "number", "increment": "5"}, 15, 16, "increment"),
        ({"type": "number", "serializeToString": True}, "12345678901234567890.5", "12x", "type"),
        ({"type": "number", "serializeToString": True, "validate": {"max": 5}}, "5", "6", "max"),
        ({"type": "checkbox"}, False, "true", "type"),
        ({"type": "checkbox", "validate": REQUIRED}, True, False, "required"),
        ({"type": "radio", "values": COLORS}, "red", "green", "options"),
        ({"type": "select", "values": COLORS}, "blue", 1, "options"),
        ({"type": "select", "values": [{"label": "One", "value": 1}]}, 1.0, True, "options"),
        ({"type": "select", "valuesKey": "colors"}, "teal", "red", "options"),
        ({"type": "select", "valuesKey": "nothing"}, None, "red", "options"),
        ({"type": "select", "valuesExpression": '=for c in colors return c + "ish"'}, "tealish", "teal", "options"),
        ({"type": "checklist", "values": COLORS}, ["red", "blue"], "red", "type"),
        ({"type": "checklist", "values": COLORS, "validate": REQUIRED}, ["red"], [], "required"),
        ({"type": "taglist", "values": COLORS}, ["blue"], ["blue", "green"], "options"),
        ({"type": "taglist", "values": COLORS}, [], ["blue", "blue"], "options"),
        ({"type": "datetime", "subtype": "date"}, "2026-05-01", "2026-02-30", "type"),
        ({"type": "datetime", "subtype": "date"}, date(2026, 5, 1), 20260501, "type"),
        ({"type": "datetime", "subtype": "time"}, "09:30", "25:00", "type"),
        ({"type": "datetime", "subtype": "datetime"}, "2026-05-01T09:30Z", "2026-05-01", "type"),
        ({"type": "datetime", "subtype": "time", "timeInterval": 15}, "09:45", "09:50", "timeInterval"),
        ({"type": "datetime", "disallowPassedDates": True}, "2026-03-01", "2026-02-28", "disallowPassedDates"),
        ({"type": "filepicker", "validate": REQUIRED}, FileValue("a", "text/plain", b"x"), None, "required"),
        ({"type": "filepicker"}, [{"documentId": "1"}], 5, "type"),
        ({"type": "unheard-of", "validate": REQUIRED}, {"any": 1}, None, "required"),
    ],
)
def test_a_component_takes_what_it_should_and_names_the_rule_of_what_it_should_not(
    rules, component, good, bad, rule
) -> None:
    existing = {"limit": 10, "colors": ["teal", "pink"]}

    assert rules({"key": "a", **component}, sent={"a": good}, existing=existing) == {}
    assert rules({"key": "a", **component}, sent={"a": bad}, existing=existing) == {"a": rule}


@pytest.mark.parametrize(
    ("component", "sent", "kept"),
    [
        ({"type": "number"}, 12.5, Decimal("12.5")),
        ({"type": "number"}, 7, 7),
        ({"type": "number", "serializeToString": True}, 12.5, "12.5"),
        ({"type": "datetime", "subtype": "date"}, "2026-05-01", date(2026, 5, 1)),
        ({"type": "datetime", "subtype": "time"}, "09:30", time(9, 30)),
        ({"type": "datetime", "subtype": "datetime"}, "2026-05-01T09:30", datetime(2026, 5, 1, 9, 30)),
        ({"type": "datetime", "subtype": "date"}, "", None),
    ],
)
def test_values_become_those_of_their_types(check, component, sent, kept) -> None:
    value = check({"key": "a", **component}, sent={"a": sent}).variables["a"]

    assert (value, type(value)) == (kept, type(kept))


def test_every_wrong_field_is_named_at_once_with_what_was_expected_and_found(check) -> None:
    amount = {"type": "number", "key": "amount", "label": "Amount", "validate": {"max": 1000}}
    name = {"type": "textfield", "key": "customer.name", "validate": REQUIRED}

    errors = check(amount, name, sent={"amount": 1200}).errors

    assert [(error.field, error.message, error.label) for error in errors] == [
        ("amount", "Expected a number of at most 1000, found 1200", "Amount"),
        ("customer.name", "Expected a value, found nothing", ""),
    ]


def test_keys_with_dots_are_paths_and_groups_have_paths_too(check, rules) -> None:
    name = {"type": "textfield", "key": "name", "validate": REQUIRED}
    group = {"type": "group", "path": "customer.contact", "components": [name]}

    assert rules(group, sent={"customer": {"contact": {"name": "Ada"}}}) == {}
    assert rules(group, sent={"customer": {"contact": {}}}) == {"customer.contact.name": "required"}
    assert rules(group, sent={"customer": "Ada"}) == {"customer": "type"}
    assert rules({**group, "path": ""}, sent={"name": "Ada"}) == {}


def test_a_value_that_is_there_already_need_not_be_sent_again(check, rules) -> None:
    name = {"type": "textfield", "key": "name", "validate": {"required": True, "maxLength": 3}}

    assert check(name, sent={"other": 1}, existing={"name": "Ada"}).variables == {"other": 1}
    assert rules(name, sent={}, existing={"name": "Agatha"}) == {"name": "maxLength"}
    assert rules(name, sent={"name": None}, existing={"name": "Ada"}) == {"name": "required"}


def test_a_default_is_written_where_there_is_no_value(check) -> None:
    plain = {"type": "textfield", "key": "a", "defaultValue": "x"}
    computed = {"type": "number", "key": "b", "defaultValue": "=limit + 1"}
    nested = {"type": "datetime", "key": "c.day", "subtype": "date", "defaultValue": "2026-01-01"}

    found = check(plain, computed, nested, sent={}, existing={"limit": 1, "c": {"kept": 1}}).variables

    assert found == {"a": "x", "b": 2, "c": {"kept": 1, "day": date(2026, 1, 1)}}
    assert check(plain, sent={"a": None}).variables == {"a": None}
    assert check(plain, sent={}, existing={"a": "there"}).variables == {}


def test_a_hidden_field_is_not_required_and_its_value_is_dropped(check, rules) -> None:
    reason = {"type": "textfield", "key": "reason", "conditional": {"hide": "=approved"}, "validate": REQUIRED}
    approved = {"type": "checkbox", "key": "approved"}

    assert check(approved, reason, sent={"approved": True, "reason": "x"}).variables == {"approved": True}
    assert rules(approved, reason, sent={"approved": False}) == {"reason": "required"}


def test_a_hidden_group_hides_what_is_in_it(check) -> None:
    inner = {"type": "number", "key": "n", "validate": REQUIRED}
    group = {"type": "group", "path": "g", "conditional": {"hide": "=true"}, "components": [inner]}

    assert check(group, sent={"g": {"n": "wrong"}}, existing={"g": {"n": 1}}).variables == {"g": {"n": 1}}
    assert check(group, sent={}).variables == {}


def test_of_two_fields_with_one_key_the_shown_one_decides(check, rules) -> None:
    day = {"type": "datetime", "subtype": "date", "key": "v", "conditional": {"hide": "=kind = 1"}}
    text = {"type": "textfield", "key": "v", "conditional": {"hide": "=kind = 2"}}

    assert check(day, text, sent={"v": "2026-01-01", "kind": 1}).variables["v"] == "2026-01-01"
    assert check(day, text, sent={"v": "2026-01-01", "kind": 2}).variables["v"] == date(2026, 1, 1)
    assert rules(day, text, sent={"v": "x", "kind": 2}) == {"v": "type"}


@pytest.mark.parametrize("mark", [{"readonly": True}, {"disabled": True}, {"readonly": "=limit > 5"}])
def test_what_is_sent_for_a_readonly_field_does_not_change_it(check, mark) -> None:
    field = {"type": "number", "key": "a", "validate": {"max": 1}, **mark}
    nested = {"type": "number", "key": "o.a", **mark}
    existing = {"a": 50, "limit": 10, "o": {"a": 1, "b": 2}}

    assert check(field, sent={"a": 1, "x": 2}, existing=existing).variables == {"x": 2}
    assert check(nested, sent={"o": {"a": 9, "b": 3}}, existing=existing).variables == {"o": {"a": 1, "b": 3}}
    assert check(nested, sent={"o": {"b": 3}}, existing=existing).variables["o"]["b"] == 3


def test_a_readonly_value_that_is_sent_opens_no_hidden_field(check) -> None:
    level = {"type": "number", "key": "level", "readonly": True}
    secret = {"type": "textfield", "key": "secret", "conditional": {"hide": "=level < 5"}}

    assert check(level, secret, sent={"level": 9, "secret": "x"}, existing={"level": 1}).variables == {}


def test_a_list_that_repeats_is_checked_row_by_row(check, rules) -> None:
    price = {"type": "number", "key": "price", "validate": {"required": True, "min": "=minimum"}}
    day = {"type": "datetime", "key": "day", "subtype": "date"}
    gift = {"type": "textfield", "key": "gift", "conditional": {"hide": "=i = 1 or price < parent.minimum * 2"}}
    items = {"type": "dynamiclist", "path": "order.items", "components": [price, day, gift]}
    existing = {"minimum": 2}

    rows = [{"price": 2.5, "day": "2026-01-01", "gift": "a"}, {"price": 9, "gift": "b"}]
    assert check(items, sent={"order": {"items": rows}}, existing=existing).variables == {
        "order": {"items": [{"price": Decimal("2.5"), "day": date(2026, 1, 1)}, {"price": 9, "gift": "b"}]}
    }
    wrong = {"order": {"items": [{}, {"price": 1}, "x"]}}
    assert rules(items, sent=wrong, existing=existing) == {
        "order.items[0].price": "required",
        "order.items[1].price": "min",
        "order.items[2]": "type",
    }
    assert rules(items, sent={"order": {"items": 5}}) == {"order.items": "type"}


def test_lists_may_repeat_within_lists(rules) -> None:
    cell = {"type": "number", "key": "n", "validate": REQUIRED}
    inner = {"type": "dynamiclist", "path": "cells", "components": [cell]}
    outer = {"type": "dynamiclist", "path": "rows", "components": [inner]}

    assert rules(outer, sent={"rows": [{"cells": [{"n": 1}, {}]}, {}]}) == {"rows[0].cells[1].n": "required"}


def test_a_computed_field_is_calculated_here_whatever_is_sent(check) -> None:
    items = {"type": "dynamiclist", "path": "items", "components": [{"type": "number", "key": "n"}]}
    total = {"type": "expression", "key": "total", "expression": "=sum(items.n)"}

    found = check(items, total, sent={"items": [{"n": 1.5}, {"n": 2}], "total": 0}).variables

    assert found["total"] == Decimal("3.5")


def test_choices_in_a_variable_are_those_of_before(rules) -> None:
    field = {"type": "select", "key": "a", "valuesKey": "offered"}

    assert rules(field, sent={"a": "z", "offered": ["z"]}, existing={"offered": ["x"]}) == {"a": "options"}
    assert rules(field, sent={"a": "z", "offered": ["z"]}) == {}


def test_choices_of_two_rows_are_calculated_for_each(rules) -> None:
    color = {"type": "select", "key": "c", "valuesExpression": "=mine"}
    items = {"type": "dynamiclist", "path": "items", "components": [color]}

    sent = {"items": [{"mine": ["a"], "c": "a"}, {"mine": ["b"], "c": "a"}]}
    assert rules(items, sent=sent) == {"items[1].c": "options"}


def test_what_only_shows_something_is_no_field(check) -> None:
    shown = [{"type": type_} for type_ in ("text", "html", "image", "button", "separator", "spacer", "iframe", "table")]

    assert check(*shown, sent={"a": 1}).variables == {"a": 1}


def test_variables_that_are_no_fields_pass(check) -> None:
    assert check({"type": "number", "key": "a"}, sent={"a": 1, "__proto__": {"x": 1}}).variables == {
        "a": 1,
        "__proto__": {"x": 1},
    }


def test_keys_that_would_matter_to_javascript_are_names_like_any_other(check) -> None:
    field = {"type": "number", "key": "__proto__.constructor"}

    assert check(field, sent={"__proto__": {"constructor": 1.5}}).variables == {
        "__proto__": {"constructor": Decimal("1.5")}
    }


@pytest.mark.parametrize("version", [1, 5, 16, 20, None])
def test_every_schema_version_is_read(read, version) -> None:
    members = {} if version is None else {"schemaVersion": version}

    assert read({"type": "textfield", "key": "a"}, **members).problems == ()


def test_a_newer_schema_version_is_a_warning(read) -> None:
    (problem,) = read(schemaVersion=21).problems

    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("component", "rule", "words"),
    [
        ({"type": "textfield"}, "form-key", "Expected a 'key'"),
        ({"type": "textfield", "key": "a..b"}, "form-key", "a..b"),
        ({"type": "dynamiclist"}, "form-key", "Expected a 'path'"),
        ({"key": "a"}, "form-component", "Expected a 'type'"),
        ({"type": "number", "key": "a", "validate": {"min": "much"}}, "form-component", "'min' to be a number"),
        ({"type": "number", "key": "a", "validate": 5}, "form-component", "'validate' to be an object"),
        ({"type": "textfield", "key": "a", "validate": {"pattern": "["}}, "form-pattern", "regular expression"),
        ({"type": "textfield", "key": "a", "conditional": {"hide": "=1 +"}}, "form-expression", "'hide'"),
        ({"type": "textfield", "key": "a", "readonly": "=1 +"}, "form-expression", "'readonly'"),
        ({"type": "textfield", "key": "a", "readonly": "maybe"}, "form-component", "'readonly'"),
        ({"type": "select", "key": "a", "values": 5}, "form-component", "'values' to be a list"),
        ({"type": "datetime", "key": "a", "subtype": "week"}, "form-component", "subtype"),
    ],
)
def test_a_problem_names_the_component_and_its_path(read, component, rule, words) -> None:
    group = {"type": "group", "components": [{"type": "text"}, {"id": "Field_1", **component}]}

    found = read(group)

    (problem,) = found.problems
    assert found.form is None
    assert (problem.rule, problem.severity, problem.element_id) == (rule, Severity.ERROR, "Field_1")
    assert problem.message.startswith("components[0].components[1]")
    assert words in problem.message


def test_a_component_of_an_unknown_type_is_kept_with_an_info(read) -> None:
    found = read({"type": "map", "key": "place", "validate": REQUIRED})

    assert [problem.severity for problem in found.problems] == [Severity.INFO]
    assert [field.path for field in found.form.fields()] == [("place",)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"id": 1}', b'{"components": 1, "id": "a"}', b"\xff"])
def test_what_is_no_form_is_a_problem(content) -> None:
    found = read_file("f.json", content)

    assert found.form is None
    assert found.problems
