"""Decision tables (DMN 1.5, 8): rules whose cells test the inputs, and a hit policy that says what the matches give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar, cast

from baton.bpm.decisions import documents, table_checks
from baton.bpm.decisions.boxed.typed import fitted, typed
from baton.bpm.decisions.elements import TableShape
from baton.bpm.decisions.failure import DecisionError
from baton.bpm.decisions.hit_policies import (
    GIVES_LIST,
    USES_RANKING,
    Aggregation,
    Combine,
    Hit,
    HitPolicy,
    Rankings,
    combiner,
)
from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.item_types import ItemType
from baton.bpm.decisions.reading import Reading, Scope, capital, null
from baton.bpm.decisions.run import Match, Run
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.errors import ExpressionError
from baton.bpm.expressions import feel
from baton.bpm.expressions.feel.code import Code, TestCode
from baton.bpm.expressions.feel.evaluation import Evaluation, Frame
from baton.bpm.expressions.feel.values import Value

_CELL_INPUT: Final = "cellInput"
_CHARACTERS_PER_STEP: Final = 32
"""Cells are not charged for one by one: the whole table's texts are, each time it is evaluated."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class InputColumn:
    """`name` is the label, else the expression's `text`.

    `in_cells` are names by which cells know the value: `cellInput`, and the one that Camunda's modeler lets choose.
    """

    name: str
    text: str
    value: Code
    type: ItemType | None = None
    in_cells: tuple[str, ...] = (_CELL_INPUT,)


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """`name` may be empty where there is only one; `ranking` are its values, the most important first."""

    name: str
    type: ItemType | None
    default: Code | None
    ranking: list[Value]


@dataclass(frozen=True, slots=True)
class Rule:
    """`tests` are the column and the test of each cell that does not accept everything."""

    id: str | None
    tests: tuple[tuple[int, TestCode], ...]
    outputs: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A compiled decision table. `place` names it in messages."""

    id: str | None
    place: str
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]
    only_first: bool
    gives_list: bool
    counts: bool
    combine: Combine
    rankings: Rankings
    cost: int
    """Steps of the budget for one evaluation."""

    def evaluate(self, frame: Frame) -> Value:
        """The table's result. Raises DecisionError when the matches break the hit policy."""
        run = cast(Run, frame.evaluation)
        values = [column.value(frame) for column in self.inputs]
        for column, value in zip(self.inputs, values, strict=True):
            run.saw(column.name, value, column.text)
        run.budget.spend(self.cost)
        hits = self._hits(values, frame)
        if not hits:
            return self._without_hits(frame)
        try:
            combined = self.combine(hits, self.rankings, run)
        except DecisionError as error:
            self._tell(hits, run)
            told = f"{capital(self.place)}: {error.message}."
            raise DecisionError(told, bare=told) from error
        self._tell(combined.hits, run)
        return combined.value

    def _tell(self, hits: Sequence[Hit], run: Run) -> None:
        names = [column.name for column in self.outputs]
        for hit in hits:
            run.matched(Match(self.id, self.rules[hit.number - 1].id, hit.number, names, hit.cells))

    def _hits(self, values: list[Value], frame: Frame) -> list[Hit]:
        hits = []
        for number, rule in enumerate(self.rules, 1):
            for column, test in rule.tests:
                if test(values[column], frame) is not True:
                    break
            else:
                cells = [output(frame) for output in rule.outputs]
                hits.append(Hit(number, cells, self._joined(cells)))
                if self.only_first:
                    break
        return hits

    def _joined(self, cells: list[Value]) -> Value:
        if len(self.outputs) == 1:
            return cells[0]
        return {column.name: cell for column, cell in zip(self.outputs, cells, strict=True)}

    def _without_hits(self, frame: Frame) -> Value:
        if any(column.default is not None for column in self.outputs):
            cells = [None if column.default is None else column.default(frame) for column in self.outputs]
            return [self._joined(cells)] if self.gives_list else self._joined(cells)
        if self.counts:
            return 0
        if self.gives_list:
            return []
        frame.evaluation.note(f"no rule matches in {self.place}")
        return None


def decision_table(box: Element, scope: Scope, reading: Reading) -> Code:
    here = _named(scope) if scope.depth == 0 else scope.at("decision table")
    policy = _choice(box, "hitPolicy", HitPolicy, here, reading) or HitPolicy.UNIQUE
    aggregation = _choice(box, "aggregation", Aggregation, here, reading)
    inputs = tuple(_input(column, here.inside(), reading) for column in documents.children(box, "input"))
    outputs = _outputs(box, here, reading, ranked=policy in USES_RANKING)
    rows = list(documents.children(box, "rule"))
    rules = tuple(_rule(row, number, inputs, outputs, here, reading) for number, row in enumerate(rows, 1))
    if aggregation is not None and len(outputs) > 1:
        message = f"{aggregation} needs one output, found {len(outputs)}"
        reading.error("aggregation", here, box, message, "Remove the aggregation or outputs.")
        return null
    if not outputs:
        reading.error("output-missing", here, box, "the table has no output", "Add an output column.")
        return null
    has_default = any(column.default is not None for column in outputs)
    if policy is HitPolicy.UNIQUE:
        table_checks.check(box, [(column.name, column.type) for column in inputs], here, reading, may_miss=has_default)
    table = Table(
        id=xml.attribute(box, "id") or None,
        place=here.place,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        only_first=policy is HitPolicy.FIRST,
        gives_list=policy in GIVES_LIST and aggregation is None,
        counts=aggregation is Aggregation.COUNT,
        combine=combiner(policy, aggregation),
        rankings=[column.ranking for column in outputs],
        cost=1 + len(rules) + len(xml.text(box)) // _CHARACTERS_PER_STEP,
    )
    return typed(table.evaluate, box, scope, reading)


def shape_of(box: Element | None) -> TableShape | None:
    """How the table gives its result; None for None."""
    if box is None:
        return None
    policy = xml.attribute(box, "hitPolicy").upper().replace("_", " ")
    columns = tuple(xml.attribute(column, "name") for column in documents.children(box, "output"))
    return TableShape(columns, policy in GIVES_LIST and not xml.attribute(box, "aggregation"))


def _named(scope: Scope) -> Scope:
    """A decision that is a table is called by the table: people know them as one."""
    return replace(scope, place=scope.place.replace("decision '", "decision table '", 1))


def _choice(box: Element, attribute: str, choices: type[_Choice], scope: Scope, reading: Reading) -> _Choice | None:
    text = xml.attribute(box, attribute)
    if not text:
        return None
    try:
        return choices(text.upper().replace("_", " "))
    except ValueError:
        known = ", ".join(choices)
        message = f"'{attribute}' is '{text[:100]}', expected one of {known}"
        reading.error("hit-policy", scope, box, message, "Choose one in the modeler.")
        return None


def _input(column: Element, scope: Scope, reading: Reading) -> InputColumn:
    holder = documents.child(column, "inputExpression")
    text = documents.text(holder) if holder is not None else ""
    name = xml.attribute(column, "label") or text or "?"
    place = scope.at(f"input '{name}'")
    if holder is None or not text:
        message = "the input has no expression and is null"
        reading.warning("expression-missing", place, column, message, "Say which value is tested.")
        return InputColumn(name, text, null)
    chosen = (xml.attribute(column, f"{{{namespace}}}inputVariable") for namespace in documents.CAMUNDA_7)
    in_cells = (_CELL_INPUT, *(name for name in chosen if name))
    return InputColumn(name, text, reading.expression(holder, place), read_type(holder, place, reading), in_cells)


def _outputs(box: Element, scope: Scope, reading: Reading, *, ranked: bool) -> tuple[OutputColumn, ...]:
    found = list(documents.children(box, "output"))
    columns = tuple(_output(column, scope, reading, len(found) == 1, ranked) for column in found)
    names = [column.name for column in columns]
    if len(columns) > 1 and (not all(names) or len(set(names)) < len(names)):
        message = "several outputs need different names"
        reading.error("output-name", scope, box, message, "Name each output column.")
    if ranked and columns and not any(column.ranking for column in columns):
        message = "the hit policy needs the output values in their order, found none"
        reading.warning("output-values", scope, box, message, "List the output values, the most important first.")
    return columns


def _output(column: Element, scope: Scope, reading: Reading, is_only: bool, ranked: bool) -> OutputColumn:
    name = xml.attribute(column, "name")
    place = scope.at(f"output '{name or xml.attribute(column, 'label')}'" if name else "output")
    expected = read_type(column, place, reading)
    holder = documents.child(column, "defaultOutputEntry")
    default = fitted(reading.expression(holder, place), expected, place.place) if holder is not None else None
    ranking: list[Value] = []
    if ranked:
        ranking = _ranking(column, expected or _result_type(name, scope, is_only))
    return OutputColumn(name, expected, default, ranking)


def _result_type(name: str, scope: Scope, is_only: bool) -> ItemType | None:
    return scope.result if is_only or scope.result is None else scope.result.component(name)


def _ranking(column: Element, expected: ItemType | None) -> list[Value]:
    """The output values as they are listed, else the type's allowed values."""
    listed = documents.text(documents.child(column, "outputValues")) if _has_values(column) else ""
    text = listed or (expected.allowed_text if expected is not None else "")
    try:
        values = feel.compile_expression(f"[{text}]").code(Frame({}, None, Evaluation({}, _EPOCH)))
    except ExpressionError:
        return []
    return values if isinstance(values, list) else []


def _has_values(column: Element) -> bool:
    return documents.child(column, "outputValues") is not None


def _rule(
    row: Element,
    number: int,
    inputs: tuple[InputColumn, ...],
    outputs: tuple[OutputColumn, ...],
    scope: Scope,
    reading: Reading,
) -> Rule:
    id_ = xml.attribute(row, "id")
    place = scope.at(f"rule {number} ({id_})" if id_ else f"rule {number}").inside()
    tests = list(documents.children(row, "inputEntry"))
    results = list(documents.children(row, "outputEntry"))
    if len(tests) != len(inputs) or len(results) != len(outputs):
        message = f"found {len(tests)} input and {len(results)} output cells, expected {len(inputs)} and {len(outputs)}"
        reading.error("rule-length", place, row, message, "Give every rule a cell for each column.")
    compiled = [
        (index, reading.tests(cell, place.at(f"input '{column.name}'"), column.in_cells))
        for index, (cell, column) in enumerate(zip(tests, inputs, strict=False))
    ]
    given = [
        fitted(
            reading.expression(cell, place.at(f"output '{column.name}'")),
            column.type,
            f"the output '{column.name}' of {place.place}",
        )
        for cell, column in zip(results, outputs, strict=False)
    ]
    return Rule(
        id=id_ or None,
        tests=tuple((index, test) for index, test in compiled if test is not None),
        outputs=(*given, *[null] * (len(outputs) - len(given))),
    )
