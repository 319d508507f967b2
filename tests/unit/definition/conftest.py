"""Draws small BPMN files as text and reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.bpm.definition.checks import Checks
from baton.bpm.definition.elements import Expression, FlowNode, Script, TimerEventDefinition
from baton.bpm.definition.importer import Diagram, read_diagram
from baton.bpm.definition.problems import Problem, Severity
from baton.bpm.errors import ExpressionError, ExpressionSyntaxError

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:other="urn:example:other" {root}>\n'
)


class BrokenMarks:
    """Finds a fault in every text that holds `???`, at its place."""

    def check_expression(self, expression: Expression) -> None:
        self._check(expression.text)

    def check_script(self, script: Script) -> None:
        self._check(script.text)

    def check_timer(self, timer: TimerEventDefinition) -> None:
        if not str(timer.value).startswith(("P", "R", "2")):
            raise ExpressionError("Expected a duration such as PT15M")

    def _check(self, text: str) -> None:
        if "???" in text:
            raise ExpressionSyntaxError("Expected a value", position=text.index("???"))


def draw(body: str, *, executable: bool = True, root: str = "", around: str = "", process: str = "") -> bytes:
    """A file with one process `P` that holds `body` from line 4 on; `around` stands behind the process.

    `root` and `process` are more attributes of these.
    """
    flag = "true" if executable else "false"
    return (
        HEAD.format(root=root)
        + f'<bpmn:process id="P" name="Order" isExecutable="{flag}" {process}>\n{body}\n</bpmn:process>\n{around}\n'
        + "</bpmn:definitions>"
    ).encode()


@pytest.fixture
def read() -> Callable[..., Diagram]:
    """`read(body, executable=True, root="", around="")` reads the drawn file with checks."""

    def _read(body: str, *, checks: Checks | None = None, **how: Any) -> Diagram:
        return read_diagram(draw(body, **how), checks=checks or BrokenMarks())

    return _read


@pytest.fixture
def node() -> Callable[[Diagram, str], Any]:
    """`node(diagram, id)` finds a flow node of an accepted diagram."""

    def _node(diagram: Diagram, id_: str) -> FlowNode:
        assert diagram.ok, diagram.problems
        return next(node for process in diagram.processes for node in process.elements.walk() if node.id == id_)

    return _node


@pytest.fixture
def problem() -> Callable[..., Problem]:
    """`problem(diagram, rule)` is the one problem of that rule; it has a message and a fix."""

    def _problem(diagram: Diagram, rule: str, severity: Severity | None = None) -> Problem:
        found = [problem for problem in diagram.problems if problem.rule == rule]
        assert len(found) == 1, diagram.problems
        assert found[0].message.endswith((".", ")"))
        assert found[0].fix.endswith(".")
        if severity is not None:
            assert found[0].severity is severity
        return found[0]

    return _problem


@pytest.fixture
def rules() -> Callable[[Diagram], set[str]]:
    """The names of all rules that found something."""

    def _rules(diagram: Diagram) -> set[str]:
        return {problem.rule for problem in diagram.problems}

    return _rules
