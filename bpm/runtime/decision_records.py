"""How a decision was made, as data: the same for the audit, the history and the HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from baton.bpm.decisions import DecisionEvaluation, EvaluatedDecision
from baton.bpm.runtime.told_values import Shape

MAX_BYTES = 256 * 1024
"""Of all decisions of one evaluation; the later ones, which are nearer to the one asked for, are kept."""
NO_LIMIT = 2**62
HIDDEN = "It failed; the reason is not shown, for it may repeat the value of a sensitive variable."
WHOLE = Shape(NO_LIMIT)
"""For whoever asked for the decision: nothing is cut or hidden."""
_SHOWN_NOTES = 50
_encode = msgspec.json.Encoder().encode
Row = dict[str, Any]


def record(evaluation: DecisionEvaluation, shape: Shape, *, total_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """`inputs`, `output`, `decisions`; where there are any `notes`, `failure`, `left_out`.

    Each decision has `id`, `name`, `inputs`, `matched_rules`, `output`.
    Values are in their HTTP form, long and sensitive ones as `shape` says; all are hidden if they were made of a
    sensitive variable. `left_out` counts decisions that did not fit.
    """
    shape = shape.that_hides(evaluation.read)
    decisions, left_out = _decisions(evaluation.decisions, shape, total_bytes)
    asked = decisions[-1] if decisions else {}
    made: dict[str, Any] = {
        "inputs": asked.get("inputs", {}),
        "output": None if evaluation.failure else _value(asked.get("name", ""), evaluation.output, shape),
        "decisions": decisions,
    }
    if evaluation.notes:
        made["notes"] = [note[:500] for note in evaluation.notes[:_SHOWN_NOTES]]
    if evaluation.failure:
        made["failure"] = shape.sensitive.reason(evaluation.failure, evaluation.read)
    if left_out:
        made["left_out"] = left_out
    return made


def row(
    made: Mapping[str, Any],
    *,
    id: int,
    decision_definition_id: int,
    key: str,
    version: int,
    evaluated_at: datetime,
    actor_id: str,
) -> Row:
    """The row of `decision_evaluation` of a record, without a process that called the decision."""
    return {
        "id": id,
        "decision_definition_id": decision_definition_id,
        "key": key,
        "version": version,
        "process_instance_id": None,
        "process_definition_id": None,
        "token_id": None,
        "element_id": None,
        "evaluated_at": evaluated_at,
        "actor_id": actor_id,
        "inputs": _encode(made["inputs"]).decode(),
        "output": _encode(made["output"]).decode(),
        "decisions": _encode(made["decisions"]).decode(),
        "notes": _encode(made.get("notes", [])).decode(),
        "failure": made.get("failure"),
    }


def _decisions(
    decisions: Sequence[EvaluatedDecision], shape: Shape, total_bytes: int
) -> tuple[list[dict[str, Any]], int]:
    kept: list[dict[str, Any]] = []
    size = 0
    for decision in reversed(decisions):
        told_of = _decision(decision, shape)
        size += len(_encode(told_of))
        if size > total_bytes:
            break
        kept.append(told_of)
    return kept[::-1], len(decisions) - len(kept)


def _decision(decision: EvaluatedDecision, shape: Shape) -> dict[str, Any]:
    return {
        "id": decision.id,
        "name": decision.name,
        "inputs": {
            name: _told(shape.derived, f"{name} {decision.sources.get(name, '')}", value)
            for name, value in decision.inputs.items()
        },
        "matched_rules": [
            {
                "table_id": rule.table_id,
                "rule_id": rule.rule_id,
                "index": rule.index,
                "outputs": _values(rule.outputs, shape),
            }
            for rule in decision.matched_rules
        ],
        "output": _value(decision.name, decision.output, shape),
    }


def _values(given: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    return {name: _value(name, value, shape) for name, value in given.items()}


def _value(name: str, value: Any, shape: Shape) -> Any:
    return _told(shape.value, name, value)


def _told(tell: Callable[[str, Any], Any], name: str, value: Any) -> Any:
    try:
        return tell(name, value)
    except UnicodeEncodeError:
        # Half a surrogate pair, which FEEL can make and JSON cannot hold.
        return {"unreadable": "text with half a surrogate pair"}
