"""Conversions between texts and values (DMN 1.5, 10.3.4.1 and Camunda's JSON functions)."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from baton.bpm.expressions.feel.boundary import to_feel
from baton.bpm.expressions.feel.budget import MAX_NESTING, too_nested
from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import Number, parse_number
from baton.bpm.expressions.feel.texts import json_text, value_text
from baton.bpm.expressions.feel.values import FeelFunction, Value
from baton.bpm.values.json_depth import nests_deeper

_GROUPING = frozenset({".", ",", " "})
_DECIMAL = frozenset({".", ","})


@builtin("string", "from: any")
def string(evaluation: Evaluation, value: Value) -> str | None:
    return None if value is None or type(value) is FeelFunction else value_text(value, evaluation.budget)


@builtin("number", "from: string, grouping separator?: string|null, decimal separator?: string|null")
def number(evaluation: Evaluation, text: str, grouping: str | None = None, decimal: str | None = None) -> Number | None:
    """Grouping by `.`, `,` or a blank, decimals after `.` or `,`, and the two not the same."""
    if grouping is not None and (grouping not in _GROUPING or grouping == decimal):
        return None
    if decimal is not None and decimal not in _DECIMAL:
        return None
    if grouping is not None:
        text = text.replace(grouping, "")
    if decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    return None if text.startswith("+") else parse_number(text)


class _NotFinite(ValueError):
    """NaN and the infinities are no JSON."""


def _refuse(name: str) -> NoReturn:
    raise _NotFinite(name)


def _json_number(text: str) -> Any:
    return parse_number(text)


@builtin("from json", "value: string")
def from_json(evaluation: Evaluation, text: str) -> Value:
    """Null if the text is no JSON; dates stay strings."""
    evaluation.budget.text(len(text))
    # Before anything is built: each value but the first follows one of these.
    evaluation.budget.elements(sum(map(text.count, "[{,:")))
    if nests_deeper(text.encode(errors="replace"), MAX_NESTING):
        raise too_nested()
    try:
        parsed = json.loads(text, parse_float=_json_number, parse_int=_json_number, parse_constant=_refuse)
    except ValueError:
        return None
    except RecursionError as error:
        raise too_nested() from error
    return to_feel(parsed, evaluation.budget, evaluation.notes)


@builtin("to json", "value: any")
def to_json(evaluation: Evaluation, value: Value) -> str:
    """Numbers in plain notation, dates and durations as strings, functions as null."""
    return json_text(value, evaluation.budget)
