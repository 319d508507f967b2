"""The hot path of every gateway stays within reach of Python's own `eval` of compiled code."""

from __future__ import annotations

import timeit
from datetime import UTC, datetime

from baton.bpm.expressions import feel

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TURNS = 5_000


def test_a_comparison_with_a_number_takes_at_most_twenty_times_as_long_as_python() -> None:
    variables = {"amount": 150}
    compiled = feel.compile_expression("amount > 100")
    code = compile("amount > 100", "<test>", "eval")

    # The smaller of many short runs is the least disturbed one.
    ours = min(timeit.repeat(lambda: compiled.evaluate(variables, now=NOW), number=TURNS, repeat=15))
    python = min(timeit.repeat(lambda: eval(code, {}, variables), number=TURNS, repeat=15))

    assert ours / python < 20


def test_a_table_of_twenty_cells_takes_at_most_one_and_a_half_times_twenty_comparisons() -> None:
    frame = feel.Frame({}, None, feel.Evaluation({"amount": 150}, NOW))
    cells = [feel.compile_unary_tests(f"< {number}").test for number in range(20)]
    comparisons = [feel.compile_expression(f"amount < {number}").code for number in range(20)]

    by_cells = min(timeit.repeat(lambda: [cell(150, frame) for cell in cells], number=500, repeat=15))
    by_comparisons = min(timeit.repeat(lambda: [code(frame) for code in comparisons], number=500, repeat=15))

    assert by_cells / by_comparisons < 1.5
