"""Lists, and relations, which are lists of rows (DMN 1.5, 7.3.4 and 7.3.5)."""

from __future__ import annotations

from baton.bpm.decisions import documents
from baton.bpm.decisions.boxed.typed import fitted, typed
from baton.bpm.decisions.item_definitions import read_type
from baton.bpm.decisions.reading import Reading, Scope
from baton.bpm.definition import xml
from baton.bpm.definition.xml import Element
from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.values import Value


def boxed_list(box: Element, scope: Scope, reading: Reading) -> Code:
    items = reading.boxes(box, scope.inside())

    def run(frame: Frame) -> Value:
        frame.evaluation.budget.elements(len(items))
        return [item(frame) for item in items]

    return typed(run, box, scope, reading)


def relation(box: Element, scope: Scope, reading: Reading) -> Code:
    columns = [
        (xml.attribute(column, "name"), read_type(column, scope, reading))
        for column in documents.children(box, "column")
    ]
    rows: list[list[tuple[str, Code]]] = []
    for number, row in enumerate(documents.children(box, "row"), 1):
        place = scope.inside().at(f"row {number}")
        cells = reading.boxes(row, place)
        if len(cells) != len(columns):
            message = f"the row has {len(cells)} cells, expected one for each of the {len(columns)} columns"
            reading.error("row-length", place, row, message, "Give every row a cell for each column.")
        rows.append(
            [
                (name, fitted(cell, expected, f"{place.place}, column '{name}'"))
                for (name, expected), cell in zip(columns, cells, strict=False)
            ]
        )

    def run(frame: Frame) -> Value:
        frame.evaluation.budget.elements(len(rows) * (1 + len(columns)))
        return [{name: cell(frame) for name, cell in row} for row in rows]

    return typed(run, box, scope, reading)
