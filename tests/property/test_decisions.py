"""Whatever the DMN file and the data: the reader answers, and what it accepts is a value or an error of ours."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from baton.bpm.decisions.importer import read_decisions
from baton.bpm.errors import BatonError
from baton.bpm.expressions import feel
from tests.fuzz.seeds import decision_table, literal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CELLS = ["-", "< 5", "[1..3]", '"x"', "not(1)", "? > a", "a", "null", "1, 2", "in", "(", "@", "for i in 1..9 return i"]
EXPRESSIONS = ["a", "a + 1", "a.b", "sum(a)", "a[1]", "string(a)", "for i in a return i", "D", "sort(a)", "{b: a}", "]"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=10,
)


def evaluate(content: bytes, a: Any) -> None:
    diagram = read_decisions(content)
    if diagram.model is None or not diagram.ok:
        assert diagram.problems
        return
    for decision in diagram.model.decisions:
        with suppress(BatonError):
            diagram.model.evaluate(decision.id, {"a": a}, now=NOW, budget=feel.Budget(steps=10_000))


@given(st.sampled_from(CELLS) | st.text(max_size=20), values)
def test_a_table_of_any_cell_takes_any_data(cell: str, a: Any) -> None:
    evaluate(decision_table(cell.encode(errors="replace")), a)


@given(st.sampled_from(EXPRESSIONS) | st.text(max_size=20), values)
def test_any_literal_expression_takes_any_data(text: str, a: Any) -> None:
    evaluate(literal(text.encode(errors="replace")), a)


@given(st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=4)), max_size=5), st.booleans())
def test_a_damaged_file_is_answered(damages: list[tuple[int, bytes]], is_table: bool) -> None:
    content = decision_table(b"1") if is_table else literal(b"a")
    for at, piece in damages:
        content = content[:at] + piece + content[at + len(piece) :]

    evaluate(content, 1)
