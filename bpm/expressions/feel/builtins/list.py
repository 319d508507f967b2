"""List functions (DMN 1.5, 10.3.4.4 and Camunda's). Positions are 1-based; negative ones count from the end."""

from __future__ import annotations

import functools

from baton.bpm.expressions.feel import operators
from baton.bpm.expressions.feel.budget import MAX_NESTING, Budget, too_nested
from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.calls import call_function
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import truncated
from baton.bpm.expressions.feel.operators import equality_key
from baton.bpm.expressions.feel.values import FeelFunction, Value, is_number


@builtin("list contains", "list: list, element: any")
def list_contains(evaluation: Evaluation, items: list[Value], element: Value) -> bool:
    budget = evaluation.budget
    budget.spend(len(items))
    return any(operators.equal(item, element, evaluation) is True for item in items)


@builtin("count", "list: list")
def count(evaluation: Evaluation, items: list[Value]) -> int:
    return len(items)


@builtin("is empty", "list: list")
def is_empty(evaluation: Evaluation, items: list[Value]) -> bool:
    return not items


@builtin("sublist", "list: list, start position: integer, length?: integer")
def sublist(evaluation: Evaluation, items: list[Value], start: int, length: int | None = None) -> list[Value] | None:
    first = _index(items, start)
    if first is None or (length is not None and not 1 <= length <= len(items) - first):
        return None
    last = len(items) if length is None else first + length
    evaluation.budget.elements(last - first)
    return items[first:last]


@builtin("append", "list: list, item...: any")
def append(evaluation: Evaluation, items: list[Value], further: list[Value]) -> list[Value] | None:
    if not further:
        return None
    evaluation.budget.elements(len(items) + len(further))
    return items + further


@builtin("concatenate", "list...: any")
def concatenate(evaluation: Evaluation, lists: list[Value]) -> list[Value] | None:
    return _joined(lists, evaluation.budget)


@builtin("union", "list...: any")
def union(evaluation: Evaluation, lists: list[Value]) -> list[Value] | None:
    joined = _joined(lists, evaluation.budget)
    return None if joined is None else _distinct(joined, evaluation.budget)


@builtin("distinct values", "list: list")
def distinct_values(evaluation: Evaluation, items: list[Value]) -> list[Value]:
    return _distinct(items, evaluation.budget)


@builtin("duplicate values", "list: list")
def duplicate_values(evaluation: Evaluation, items: list[Value]) -> list[Value]:
    """Each value that is there more than once, in the order of first appearance."""
    budget = evaluation.budget
    budget.elements(2 * len(items))
    keys = [equality_key(item, budget) for item in items]
    counts: dict[object, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    repeated = [item for key, item in zip(keys, items, strict=True) if counts[key] > 1]
    return _distinct(repeated, budget)


@builtin("insert before", "list: list, position: integer, newItem: any")
def insert_before(evaluation: Evaluation, items: list[Value], position: int, item: Value) -> list[Value] | None:
    index = _index(items, position)
    if index is None:
        return None
    evaluation.budget.elements(len(items) + 1)
    return [*items[:index], item, *items[index:]]


@builtin("remove", "list: list, position: integer")
def remove(evaluation: Evaluation, items: list[Value], position: int) -> list[Value] | None:
    index = _index(items, position)
    if index is None:
        return None
    evaluation.budget.elements(len(items))
    return items[:index] + items[index + 1 :]


@builtin("list replace", "list: list, position: any, newItem: any", "list: list, match: any, newItem: any")
def list_replace(evaluation: Evaluation, items: list[Value], where: Value, item: Value) -> list[Value] | None:
    """`where` is a position, or a function of old and new item that says whether to replace."""
    evaluation.budget.elements(len(items))
    if type(where) is FeelFunction:
        return _replaced_where(items, where, item, evaluation)
    index = _index(items, truncated(where)) if is_number(where) else None
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


def _replaced_where(items: list[Value], match: FeelFunction, item: Value, evaluation: Evaluation) -> list[Value] | None:
    if match.by_name is None and len(match.parameters) != 2:
        return None
    replaced = []
    for old in items:
        is_match = call_function(match, evaluation, [old, item])
        if type(is_match) is not bool:
            return None
        replaced.append(item if is_match else old)
    return replaced


@builtin("reverse", "list: list")
def reverse(evaluation: Evaluation, items: list[Value]) -> list[Value]:
    evaluation.budget.elements(len(items))
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(evaluation: Evaluation, items: list[Value], match: Value) -> list[int]:
    evaluation.budget.elements(len(items))
    return [position for position, item in enumerate(items, 1) if operators.equal(item, match, evaluation) is True]


@builtin("flatten", "list: list")
def flatten(evaluation: Evaluation, items: list[Value]) -> list[Value]:
    flat: list[Value] = []
    _flatten(items, flat, evaluation.budget, 0)
    return flat


def _flatten(items: list[Value], flat: list[Value], budget: Budget, depth: int) -> None:
    if depth >= MAX_NESTING:
        raise too_nested()
    budget.elements(len(items))
    for item in items:
        if type(item) is list:
            _flatten(item, flat, budget, depth + 1)
        else:
            flat.append(item)


@builtin("sort", "list: list, precedes?: function")
def sort(evaluation: Evaluation, items: list[Value], precedes: FeelFunction | None = None) -> list[Value] | None:
    """By the function of two items, else in the natural order, which all must share."""
    budget = evaluation.budget
    budget.elements(len(items))
    budget.spend(len(items) * len(items).bit_length())
    if precedes is None:
        return _naturally_sorted(items)

    def compare(left: Value, right: Value) -> int:
        if call_function(precedes, evaluation, [left, right]) is True:
            return -1
        return 1 if call_function(precedes, evaluation, [right, left]) is True else 0

    return sorted(items, key=functools.cmp_to_key(compare))


def _naturally_sorted(items: list[Value]) -> list[Value] | None:
    if any(operators.order_keys(items[0], item) is None for item in items):
        return None
    return sorted(items, key=functools.cmp_to_key(_compare_ordered))


def _compare_ordered(left: Value, right: Value) -> int:
    if operators.less(left, right):
        return -1
    return 1 if operators.less(right, left) else 0


@builtin("partition", "list: list, size: integer")
def partition(evaluation: Evaluation, items: list[Value], size: int) -> list[list[Value]] | None:
    """Lists of `size` items, the last with what is left."""
    if size < 1:
        return None
    evaluation.budget.elements(len(items) + len(items) // size)
    return [items[start : start + size] for start in range(0, len(items), size)]


def _index(items: list[Value], position: int) -> int | None:
    """0-based, or None if there is no such position."""
    if position == 0 or abs(position) > len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


def _joined(lists: list[Value], budget: Budget) -> list[Value] | None:
    """Values that are no lists count as lists of one; null as nothing that could be joined."""
    if not lists or any(part is None for part in lists):
        return None
    budget.elements(sum(len(part) if type(part) is list else 1 for part in lists))
    return [item for part in lists for item in (part if type(part) is list else [part])]


def _distinct(items: list[Value], budget: Budget) -> list[Value]:
    """The first of each value; functions are all different."""
    budget.elements(len(items))
    first: dict[object, Value] = {}
    for item in items:
        first.setdefault(equality_key(item, budget), item)
    return list(first.values())
