"""One function for each reader: from bytes to nothing, raising only what is a fault of ours.

Each also runs what it could read, with small budgets, so that the evaluators are tried too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from baton.bpm import errors
from baton.bpm.decisions.importer import read_decisions
from baton.bpm.definition.elements import CronForm, Mode, TimerKind
from baton.bpm.execution import diagrams
from baton.bpm.execution.specs import build_specs
from baton.bpm.expressions import feel, juel, python_source
from baton.bpm.expressions.context import EvaluationContext
from baton.bpm.expressions.timer import parse_timer

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
SECONDS = 5.0
"""Far above every budget: a reader that takes longer hangs."""
VARIABLES: Mapping[str, Any] = {
    "a": 1,
    "b": "text",
    "c": [1, {"d": None}, [2, 3]],
    "d": {"e": NOW, "f": {"g": Decimal("1.50")}},
    "e": NOW.date(),
    "f": True,
    "?": 5,
}


class Hang(AssertionError):
    """A reader took longer than any limit of its own."""


def feel_target(data: bytes) -> None:
    """Expressions, unary tests, and where they fail."""
    text = data.decode(errors="replace")
    for compile_text in (feel.compile_expression, feel.compile_unary_tests):
        with suppress(errors.ExpressionError):
            compile_text(text).evaluate(VARIABLES, now=NOW, budget=feel.Budget(steps=20_000, seconds=0.5), notes=[])
    feel.failing_position(text[:2_000], VARIABLES, now=NOW)


def juel_target(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(errors.ExpressionError):
        juel.compile_expression(text).evaluate(EvaluationContext(VARIABLES, NOW))


def bpmn_target(data: bytes) -> None:
    """The importer answers in both modes, and what it accepts can be built."""
    for mode in (Mode.AUTOMATIC, Mode.GUIDED):
        diagram = diagrams.read(data, mode=mode)
        if diagram.ok:
            for process in diagram.processes:
                build_specs(process)


def dmn_target(data: bytes) -> None:
    """The importer answers, and what it accepts evaluates to a value or an error of ours."""
    diagram = read_decisions(data)
    if not diagram.ok or diagram.model is None:
        return
    for decision in list(diagram.model.decisions)[:20]:
        with suppress(errors.BatonError):
            diagram.model.evaluate(decision.id, VARIABLES, now=NOW)


def timer_target(data: bytes) -> None:
    text = data.decode(errors="replace")
    for kind in TimerKind:
        for form in CronForm:
            with suppress(errors.ExpressionError):
                parse_timer(kind, text, cron_form=form, zone=ZoneInfo("Europe/Berlin")).first_due(NOW)


def python_target(data: bytes) -> None:
    """The reader of scripts alone; the sandbox is another project's."""
    with suppress(errors.ExpressionSyntaxError):
        python_source.prepare(data.decode(errors="replace"))


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "feel": feel_target,
    "juel": juel_target,
    "bpmn": bpmn_target,
    "dmn": dmn_target,
    "timer": timer_target,
    "python": python_target,
}


def run(name: str, data: bytes) -> None:
    """One input. Raises `Hang`, or what must not be raised."""
    started = time.thread_time()
    TARGETS[name](data)
    used = time.thread_time() - started
    if used > SECONDS:
        raise Hang(f"{name}: {used:.1f} s for {len(data)} bytes")
