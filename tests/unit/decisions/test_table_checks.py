"""Overlaps and gaps of unique tables: told where they are certain, never where they are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.bpm.decisions.cells import EVERYTHING, pieces_of, read_cell
from baton.bpm.expressions import feel

NOW = datetime(2026, 5, 4, tzinfo=UTC)

Make = Callable[..., str]
Read = Callable[..., Any]


def told(read: Read, body: str, rule: str) -> list[str]:
    diagram = read(body)
    assert diagram.ok, diagram.problems
    return [problem.message for problem in diagram.problems if problem.rule == rule]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (["< 18 | 1", "> 18 | 2"], "when 'x' is 18"),
        (["< 18 | 1", ">= 20 | 2"], "when 'x' is 18"),
        (['"a" | 1', '"b","c" | 2'], "when 'x' is any other text"),
        (["true | 1"], "when 'x' is false"),
        (["[1..5] | 1", "> 5 | 2"], "when 'x' is below 1"),
    ],
)
def test_a_gap_is_told_with_an_example(read: Read, decision: Make, table: Make, rules: list[str], words: str) -> None:
    (message,) = told(read, decision(table(["x"], ["o"], rules)), "table-gap")

    assert words in message
    assert message.startswith("Decision table 'D': no rule matches")


@pytest.mark.parametrize(
    "rules",
    [
        ["< 18 | 1", ">= 18 | 2"],
        ["< 18 | 1", "18 | 2", "> 18 | 3"],
        ['"a" | 1', 'not("a") | 2'],
        ["true | 1", "false | 2"],
        ["- | 1"],
        ["< y | 1", "> 5 | 2"],
        ['< date("2026-01-01") | 1'],
        ["< 18 | 1", '"a" | 2'],
    ],
)
def test_no_gap_is_told_where_there_is_none_or_none_is_certain(
    read: Read, decision: Make, table: Make, rules: list[str]
) -> None:
    assert told(read, decision(table(["x"], ["o"], rules)), "table-gap") == []


def test_whole_numbers_have_no_gap_between_neighbours(read: Read, decision: Make, table: Make) -> None:
    rules = ["<= 17 | 1", ">= 18 | 2"]

    assert told(read, decision(table(["x"], ["o"], rules, input_type="integer")), "table-gap") == []
    assert "between 17 and 18" in told(read, decision(table(["x"], ["o"], rules)), "table-gap")[0]


def test_listed_input_values_are_all_that_can_occur(read: Read, decision: Make, table: Make) -> None:
    logic = table(["x"], ["o"], ['"a" | 1', '"b" | 2'], input_values='"a", "b"')

    assert told(read, decision(logic), "table-gap") == []


def test_a_default_output_leaves_no_gap(read: Read, decision: Make, table: Make) -> None:
    assert told(read, decision(table(["x"], ["o"], ["> 1 | 1"], default="0")), "table-gap") == []


def test_an_overlap_is_told_at_the_rule_with_an_example(read: Read, decision: Make, table: Make) -> None:
    rules = ['< 18; "a" | 1', '> 10; "a","b" | 2', '-; not("a", "b") | 3']

    diagram = read(decision(table(["x", "y"], ["o"], rules)))

    (found,) = [problem for problem in diagram.problems if problem.rule == "table-overlap"]
    assert "rules 1 (r1) and 2 (r2) both match when 'x' is between 10 and 18 and 'y' is \"a\"" in found.message
    assert (found.element_id, found.line) == ("r2", 4)


@pytest.mark.parametrize("policy", ["FIRST", "COLLECT", "ANY"])
def test_other_hit_policies_may_overlap(read: Read, decision: Make, table: Make, policy: str) -> None:
    body = decision(table(["x"], ["o"], ["> 1 | 1", "> 2 | 2"], policy=policy))

    assert told(read, body, "table-overlap") == []


@pytest.mark.parametrize("inputs", [["x", "x"], ["x", "x + 1"], ["a.b", "a"]])
def test_inputs_that_depend_on_each_other_are_not_looked_at(
    read: Read, decision: Make, table: Make, inputs: Sequence[str]
) -> None:
    body = decision(table(inputs, ["o"], ["< 5; > 7 | 1", "> 6; < 9 | 2"]))

    assert told(read, body, "table-gap") == []
    assert told(read, body, "table-overlap") == []


NUMBERS = st.integers(-3, 3)
CELLS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), NUMBERS),
    NUMBERS.map(str),
    st.builds(
        lambda open_, ends, close: f"{open_}{min(ends)}..{max(ends)}{close}",
        st.sampled_from("[("),
        st.tuples(NUMBERS, NUMBERS),
        st.sampled_from("])"),
    ),
)
TESTS = st.one_of(
    st.lists(CELLS, min_size=1, max_size=3).map(", ".join),
    st.lists(CELLS, min_size=1, max_size=2).map(lambda cells: f"not({', '.join(cells)})"),
    st.just("-"),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(TESTS, min_size=1, max_size=4))
def test_pieces_accept_exactly_what_feel_accepts(texts: list[str]) -> None:
    cells = [read_cell(text) for text in texts]
    known = [cell or EVERYTHING for cell in cells]
    pieces = pieces_of(known, whole_numbers=False)
    assert pieces is not None

    for half in range(-8, 9):
        value = half / 2
        holding = [1 << index for index, piece in enumerate(pieces.pieces) if _holds(piece, value)]
        for text, cell in zip(texts, cells, strict=True):
            if cell is not None:
                passes = feel.compile_unary_tests(text).evaluate({"?": value}, now=NOW)
                bits = pieces.accepted_by(cell)
                assert len(holding) == 1
                assert bool(bits & holding[0]) is passes, (text, value)


def _holds(piece: Any, value: float) -> bool:
    """Whether the piece is the gap in which the number lies: the words of a gap name its ends."""
    words = piece.words.split()
    numbers = [float(word) for word in words if word.lstrip("-").replace(".", "", 1).isdigit()]
    match words[0]:
        case "below":
            return value < numbers[0]
        case "above":
            return value > numbers[0]
        case "between":
            return numbers[0] < value < numbers[1]
        case "any":
            return True
        case _:
            return value == numbers[0]
