"""Where an expression went wrong: the part that raised, or the part where the null came from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from baton.bpm.errors import ExpressionSyntaxError
from baton.bpm.expressions import feel

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "column", "variables"),
    [
        ("missing", 1, {}),
        ("a > missing", 5, {"a": 1}),
        ("missing > a", 1, {"a": 1}),
        ('a > "x"', 3, {"a": 1}),
        ("a.b.c", 3, {"a": {}}),
        ("a.b.c", 5, {"a": {"b": {}}}),
        ("a and get or else(b, true)", 1, {}),
        ('get or else(b, 3) > "x"', 19, {}),
        ("a = 1 and number(t) > 2", 11, {"a": 1, "t": "x"}),
        ("[1, 2][5] > 1", 7, {}),
        ("(a + b) * 2", 4, {"a": 1, "b": "x"}),
        ("if missing then 1 else null", 4, {}),
        ("for i in 1..1000000000 return i", 1, {}),
        ("1 + count(for i in 1..1000000000 return i)", 11, {}),
        ('matches("' + "a" * 60 + '!", "^(a|aa)+$")', 1, {}),
        ("a + 1", 3, {"a": 1}),
    ],
)
def test_the_position_is_that_of_the_part_to_blame(text: str, column: int, variables: dict[str, Any]) -> None:
    position = feel.failing_position(text, variables, now=NOW)

    assert position is not None
    assert position + 1 == column


def test_an_error_of_a_text_of_several_lines_names_line_and_column() -> None:
    with pytest.raises(ExpressionSyntaxError, match="at line 2, column 5"):
        feel.compile_expression("a +\n  b ) > 1")
