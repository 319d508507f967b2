"""`name=value` as people type it."""

from datetime import date

import pytest

from baton.app import variable_texts
from baton.bpm import errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount=100", ("amount", 100)),
        ("amount = 1.5", ("amount", 1.5)),
        ("name=Ada", ("name", "Ada")),
        ('name="100"', ("name", "100")),
        ("approved=true", ("approved", True)),
        ("nothing=null", ("nothing", None)),
        ("items=[1,2]", ("items", [1, 2])),
        ("equation=a=b", ("equation", "a=b")),
        ('due={"type": "date", "value": "2026-01-31"}', ("due", date(2026, 1, 31))),
    ],
)
def test_json_is_json_and_the_rest_is_text(text, expected):
    assert variable_texts.parse(text) == expected


@pytest.mark.parametrize("text", ["amount", "=3", "", " = 3"])
def test_without_name_or_equals_sign_it_is_refused(text):
    with pytest.raises(errors.InvalidCommand) as refused:
        variable_texts.parse(text)

    assert refused.value.field == "variables"


def test_empty_lines_are_left_out():
    assert variable_texts.parse_all(["a=1", "", "  ", "b=2"]) == {"a": 1, "b": 2}


def test_a_text_of_a_thousand_levels_stays_text():
    assert variable_texts.parse("deep=" + "[" * 5000)[1] == "[" * 5000
