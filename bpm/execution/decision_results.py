"""What a business rule task writes of a decision's value: as it is, or in Camunda 7's view as rows of named entries.

In that view a decision has one row per rule that counted, and a row has an entry per output; a decision without a
table has one row with one entry, which has the decision's name, and a decision service one row of its outputs.
"""

from __future__ import annotations

from typing import Any

from baton.bpm.decisions import DecisionEvaluation
from baton.bpm.decisions.elements import Decision, DecisionService
from baton.bpm.definition.elements import DecisionResultMapping
from baton.bpm.errors import ExpressionError


def mapped(mapping: DecisionResultMapping, decision: Decision | DecisionService, evaluation: DecisionEvaluation) -> Any:
    """The value to write. Raises ExpressionError when the rows do not fit the mapping; no row at all is null."""
    if mapping is DecisionResultMapping.VALUE:
        return evaluation.output
    rows = _rows(decision, evaluation)
    match mapping:
        case DecisionResultMapping.RESULT_LIST:
            return rows
        case DecisionResultMapping.SINGLE_RESULT:
            return _only_row(rows, mapping)
        case DecisionResultMapping.VARIABLES:
            return _only_row(rows, mapping) or {}
        case DecisionResultMapping.SINGLE_ENTRY:
            row = _only_row(rows, mapping)
            return None if row is None else _only_entry(row, mapping)
        case DecisionResultMapping.COLLECT_ENTRIES:
            return [_only_entry(row, mapping) for row in rows]


def _rows(decision: Decision | DecisionService, evaluation: DecisionEvaluation) -> list[dict[str, Any]]:
    if isinstance(decision, DecisionService):
        return [dict(evaluation.outputs)]
    value, table = evaluation.output, decision.table
    if table is None:
        return [{decision.variable: value}]
    if value is None and not _matched(decision, evaluation):
        return []
    values = value if table.gives_list and isinstance(value, list) else [value]
    if len(table.columns) == 1:
        return [{table.columns[0] or decision.variable: entry} for entry in values]
    return [dict(row) if isinstance(row, dict) else dict.fromkeys(table.columns) for row in values]


def _matched(decision: Decision, evaluation: DecisionEvaluation) -> bool:
    return any(made.id == decision.id and made.matched_rules for made in evaluation.decisions)


def _only_row(rows: list[dict[str, Any]], mapping: DecisionResultMapping) -> dict[str, Any] | None:
    if len(rows) > 1:
        raise ExpressionError(f"the mapping {mapping} needs at most one matching rule, found {len(rows)}")
    return rows[0] if rows else None


def _only_entry(row: dict[str, Any], mapping: DecisionResultMapping) -> Any:
    if len(row) != 1:
        names = ", ".join(f"'{name}'" for name in list(row)[:10])
        raise ExpressionError(f"the mapping {mapping} needs one output, found {len(row)}: {names}")
    return next(iter(row.values()))
