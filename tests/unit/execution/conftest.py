"""Runs a drawing: kept in memory, and as a server after a restart would, from stored records before each command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.bpm.definition.elements import Mode
from tests.support.drawing import draw
from tests.support.drawn_run import DrawnRun


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def reload(request: pytest.FixtureRequest) -> bool:
    """Whether every command begins from stored records alone."""
    return bool(request.param)


@pytest.fixture
def run(reload: bool) -> Callable[..., DrawnRun]:
    """`run(*drawn, at=None, mode=AUTOMATIC, variables=None)` is a process that has begun, at `at` if it is given."""

    def start_run(
        *drawn: Any, at: str | None = None, mode: Mode = Mode.AUTOMATIC, variables: Any = None, **options: Any
    ) -> DrawnRun:
        return DrawnRun(draw(*drawn, mode=mode), reload=reload, **options).start(at, **(variables or {}))

    return start_run


@pytest.fixture
def guided(run: Callable[..., DrawnRun]) -> Callable[..., DrawnRun]:
    """The same in guided mode."""

    def start_run(*drawn: Any, **options: Any) -> DrawnRun:
        return run(*drawn, mode=Mode.GUIDED, **options)

    return start_run
