"""One door to FEEL for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from baton.bpm.expressions import feel

NOW = datetime(2026, 3, 29, 10, 30, tzinfo=UTC)


@pytest.fixture
def value_of() -> Callable[..., Any]:
    """value_of(text, variables) gives the result as Python values."""

    def evaluate(text: str, variables: Mapping[str, Any] | None = None) -> Any:
        return feel.compile_expression(text).evaluate(variables or {}, now=NOW)

    return evaluate


@pytest.fixture
def notes_of() -> Callable[..., list[str]]:
    """notes_of(text, variables) gives the reasons for null; the result must be null."""

    def evaluate(text: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        notes: list[str] = []
        assert feel.compile_expression(text).evaluate(variables or {}, now=NOW, notes=notes) is None
        return notes

    return evaluate


@pytest.fixture
def passes() -> Callable[..., bool]:
    """passes(tests, value, variables) says whether the value passes the unary tests."""

    def evaluate(text: str, value: Any, variables: Mapping[str, Any] | None = None) -> bool:
        return feel.compile_unary_tests(text).evaluate({**(variables or {}), "?": value}, now=NOW)

    return evaluate
