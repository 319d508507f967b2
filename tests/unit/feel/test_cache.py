"""Compiled texts are kept within bounds and may be shared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from baton.bpm.expressions import feel
from baton.bpm.expressions.feel.cache import CompiledTexts

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache: CompiledTexts[str] = CompiledTexts(capacity=3 * 50)
    for text in ("a" * 10, "b" * 10, "c" * 10):
        cache.get(text, None, lambda text=text: text)
    cache.get("a" * 10, None, lambda: "compiled again")

    cache.get("d" * 10, None, lambda: "d")

    assert len(cache) == 3
    assert cache.get("a" * 10, None, lambda: "compiled again") == "a" * 10
    assert cache.get("b" * 10, None, lambda: "compiled again") == "compiled again"


def test_a_text_larger_than_the_cache_is_compiled_but_not_kept() -> None:
    cache: CompiledTexts[str] = CompiledTexts(capacity=100)

    assert cache.get("x" * 200, None, lambda: "compiled") == "compiled"
    assert len(cache) == 0


def test_an_error_is_not_kept() -> None:
    cache: CompiledTexts[str] = CompiledTexts()

    def fail() -> str:
        raise ValueError("not readable")

    with pytest.raises(ValueError, match="not readable"):
        cache.get("x", None, fail)
    assert cache.get("x", None, lambda: "compiled") == "compiled"


def test_threads_share_a_compiled_expression_without_mixing_their_values() -> None:
    compiled = feel.compile_expression("sum(for i in 1..n return {k: i * f}.k)")

    def run(n: int) -> Decimal:
        return compiled.evaluate({"n": n, "f": Decimal("0.5")}, now=NOW)  # type: ignore[no-any-return]

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(run, range(1, 100)))

    assert results == [Decimal(n * (n + 1)) / 4 for n in range(1, 100)]
