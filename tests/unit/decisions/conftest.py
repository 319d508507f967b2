"""Small DMN files as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest

from baton.bpm.decisions import DecisionDiagram, DecisionModel, read_decisions

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)

Read = Callable[..., DecisionDiagram]
Evaluate = Callable[..., Any]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def read() -> Read:
    """Reads the elements inside `definitions`."""

    def run(body: str, *, version: str = "https://www.omg.org/spec/DMN/20191111/MODEL/", **options: Any) -> Any:
        text = f'<definitions xmlns="{version}" id="model" name="Model" namespace="urn:model">\n{body}</definitions>'
        return read_decisions(text.encode(), **options)

    return run


@pytest.fixture
def evaluate(read: Read) -> Evaluate:
    """The output of the decision 'D' of a file that has no errors."""

    def run(body: str, inputs: dict[str, Any] | None = None) -> Any:
        diagram = read(body)
        assert diagram.ok, diagram.problems
        assert isinstance(diagram.model, DecisionModel)
        return diagram.model.evaluate("D", inputs or {}, now=NOW).output

    return run


@pytest.fixture
def literal() -> Callable[[str], str]:
    """A literal expression."""
    return lambda text: f"<literalExpression><text>{escape(text)}</text></literalExpression>"


@pytest.fixture
def decision() -> Callable[..., str]:
    """A decision with logic, the ids it requires, and perhaps a type."""

    def run(logic: str, *, name: str = "D", requires: Sequence[str] = (), type_: str = "") -> str:
        variable = f'<variable name="{name}"' + (f' typeRef="{type_}"' if type_ else "") + "/>"
        kinds = {"i": "information", "d": "information", "k": "knowledge"}
        targets = {"i": "requiredInput", "d": "requiredDecision", "k": "requiredKnowledge"}
        needed = "".join(
            f'<{kinds[id_[0]]}Requirement><{targets[id_[0]]} href="#{id_}"/></{kinds[id_[0]]}Requirement>'
            for id_ in requires
        )
        return f'<decision id="d_{name}" name="{name}">{variable}{needed}{logic}</decision>'

    return run


@pytest.fixture
def table() -> Callable[..., str]:
    """A decision table: inputs, outputs, and rules as rows of cells; `|` parts inputs from outputs."""

    def run(
        inputs: Sequence[str],
        outputs: Sequence[str],
        rules: Sequence[str],
        *,
        policy: str = "UNIQUE",
        aggregation: str = "",
        input_type: str = "number",
        output_values: str = "",
        input_values: str = "",
        default: str = "",
    ) -> str:
        allowed = f"<inputValues><text>{escape(input_values)}</text></inputValues>" if input_values else ""
        columns = "".join(
            f'<input><inputExpression typeRef="{input_type}"><text>{escape(text)}</text></inputExpression>{allowed}'
            "</input>"
            for text in inputs
        )
        listed = f"<outputValues><text>{escape(output_values)}</text></outputValues>" if output_values else ""
        default = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        results = "".join(f'<output name="{name}">{listed}{default}</output>' for name in outputs)
        rows = "\n".join(_row(rule, number) for number, rule in enumerate(rules, 1))
        collected = f' aggregation="{aggregation}"' if aggregation else ""
        head = f'<decisionTable id="t" hitPolicy="{policy}"{collected}>'
        return f"{head}{columns}{results}\n{rows}</decisionTable>"

    return run


def _row(rule: str, number: int) -> str:
    tests, _, results = rule.partition("|")
    cells = "".join(f"<inputEntry><text>{escape(cell.strip())}</text></inputEntry>" for cell in tests.split(";"))
    ends = "".join(f"<outputEntry><text>{escape(cell.strip())}</text></outputEntry>" for cell in results.split(";"))
    return f'<rule id="r{number}">{cells}{ends}</rule>'
