"""Context functions (DMN 1.5, 10.3.4.6 and Camunda's `put` and `put all`)."""

from __future__ import annotations

from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.values import Value


@builtin("get value", "m: context, key: any", "context: context, key: any", "context: context, keys: any")
def get_value(evaluation: Evaluation, context: dict[str, Value], key: Value) -> Value:
    """`key` may be a list: a path of keys."""
    if type(key) is not list:
        return context.get(key) if type(key) is str else None
    value: Value = context
    for step in key:
        if type(value) is not dict or type(step) is not str:
            return None
        value = value.get(step)
    return value


@builtin("get entries", "m: context", "context: context")
def get_entries(evaluation: Evaluation, context: dict[str, Value]) -> list[dict[str, Value]]:
    evaluation.budget.elements(3 * len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def context_of(evaluation: Evaluation, entries: list[Value]) -> dict[str, Value] | None:
    """From entries with `key` and `value`; null if one has not both or a key is there twice."""
    evaluation.budget.elements(len(entries))
    context: dict[str, Value] = {}
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            return None
        if entry["key"] in context:
            return None
        context[entry["key"]] = entry["value"]
    return context


@builtin("put", "context: context, key: string, value: any", "context: context, keys: list, value: any")
@builtin("context put", "context: context, key: string, value: any", "context: context, keys: list, value: any")
def context_put(evaluation: Evaluation, context: dict[str, Value], key: Value, value: Value) -> Value:
    """`key` may be a list: a path of keys, all but the last of which lead to contexts."""
    path = key if type(key) is list else [key]
    if not path or any(type(step) is not str for step in path):
        return None
    *outer, last = path
    contexts = [context]
    for step in outer:
        inner = contexts[-1].get(step)
        if type(inner) is not dict:
            return None
        contexts.append(inner)
    for target, step in zip(reversed(contexts), [last, *reversed(outer)], strict=True):
        evaluation.budget.elements(len(target) + 1)
        value = {**target, step: value}
    return value


@builtin("put all", "contexts...: any")
def put_all(evaluation: Evaluation, contexts: list[Value]) -> dict[str, Value] | None:
    items = contexts[0] if len(contexts) == 1 and type(contexts[0]) is list else contexts
    return _merged(items, evaluation)


@builtin("context merge", "contexts: list")
def context_merge(evaluation: Evaluation, contexts: list[Value]) -> dict[str, Value] | None:
    return _merged(contexts, evaluation)


def _merged(contexts: list[Value], evaluation: Evaluation) -> dict[str, Value] | None:
    """Later entries replace earlier ones."""
    merged: dict[str, Value] = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        evaluation.budget.elements(len(context))
        merged.update(context)
    return merged
