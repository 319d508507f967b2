"""Functions of many values, given as one list or as arguments (DMN 1.5, 10.3.4.4): `sum`, `mean`, `all` and others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from baton.bpm.expressions.feel import operators
from baton.bpm.expressions.feel.builtins.registry import builtin
from baton.bpm.expressions.feel.evaluation import Evaluation
from baton.bpm.expressions.feel.numbers import CONTEXT, Number
from baton.bpm.expressions.feel.values import MonthsDuration, TimeDuration, Value, is_number


def _values(arguments: list[Value], evaluation: Evaluation) -> list[Value] | None:
    """The items of the one list, or the arguments themselves; None without any or for null instead of a list."""
    if not arguments or (len(arguments) == 1 and arguments[0] is None):
        return None
    values = arguments[0] if len(arguments) == 1 and type(arguments[0]) is list else arguments
    evaluation.budget.spend(len(values))
    return values


def _numbers(arguments: list[Value], evaluation: Evaluation) -> list[Number] | None:
    values = _values(arguments, evaluation)
    return values if values is not None and all(is_number(value) for value in values) else None


def _extreme(values: list[Value] | None, precedes: Callable[[Value, Value], bool | None]) -> Value:
    if not values or not operators.is_ordered(values[0]):
        return None
    best = values[0]
    for value in values[1:]:
        result = precedes(value, best)
        if result is None:
            return None
        if result:
            best = value
    return best


@builtin("min", "list...: any")
def minimum(evaluation: Evaluation, arguments: list[Value]) -> Value:
    return _extreme(_values(arguments, evaluation), operators.less)


@builtin("max", "list...: any")
def maximum(evaluation: Evaluation, arguments: list[Value]) -> Value:
    return _extreme(_values(arguments, evaluation), operators.greater)


@builtin("sum", "list...: any")
def total(evaluation: Evaluation, arguments: list[Value]) -> Value:
    """Of numbers, or of durations of one type; null for none."""
    return _sum(_values(arguments, evaluation))


def _sum(values: list[Value] | None) -> Value:
    if not values:
        return None
    result = values[0]
    if not is_number(result) and type(result) not in (MonthsDuration, TimeDuration):
        return None
    for value in values[1:]:
        if type(value) is not type(result) and not (is_number(value) and is_number(result)):
            return None
        result = operators.add(result, value)
    return result


@builtin("mean", "list...: any")
def mean(evaluation: Evaluation, arguments: list[Value]) -> Value:
    values = _values(arguments, evaluation)
    result = _sum(values)
    return None if result is None or not values else operators.divide(result, len(values))


@builtin("median", "list...: any")
def median(evaluation: Evaluation, arguments: list[Value]) -> Value:
    numbers = _numbers(arguments, evaluation)
    if not numbers:
        return None
    evaluation.budget.elements(len(numbers))
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return operators.divide(operators.add(ordered[middle - 1], ordered[middle]), 2)


@builtin("stddev", "list...: any")
def standard_deviation(evaluation: Evaluation, arguments: list[Value]) -> Decimal | None:
    """Of a sample; null for fewer than two numbers."""
    numbers = _numbers(arguments, evaluation)
    if numbers is None or len(numbers) < 2:
        return None
    average = CONTEXT.divide(Decimal(_sum(numbers)), Decimal(len(numbers)))
    squares = Decimal(0)
    for number in numbers:
        distance = CONTEXT.subtract(Decimal(number), average)
        squares = CONTEXT.add(squares, CONTEXT.multiply(distance, distance))
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


@builtin("mode", "list...: any")
def mode(evaluation: Evaluation, arguments: list[Value]) -> list[Number] | None:
    """The numbers that are there most often, in order."""
    numbers = _numbers(arguments, evaluation)
    if numbers is None:
        return None
    evaluation.budget.elements(len(numbers))
    counts: dict[Number, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


@builtin("product", "list...: any")
def product(evaluation: Evaluation, arguments: list[Value]) -> Value:
    numbers = _numbers(arguments, evaluation)
    if not numbers:
        return None
    result: Value = 1
    for number in numbers:
        result = operators.multiply(result, number)
    return result


def _decide(arguments: list[Value], evaluation: Evaluation, *, decided_by: bool) -> bool | None:
    """Three-valued: one deciding value decides, else null if any is no Boolean."""
    values = [None] if not arguments else _values(arguments, evaluation)
    if values is None:
        return None
    if any(value is decided_by for value in values):
        return decided_by
    return not decided_by if all(type(value) is bool for value in values) else None


@builtin("all", "list...: any")
def all_of(evaluation: Evaluation, arguments: list[Value]) -> bool | None:
    return _decide(arguments, evaluation, decided_by=False)


@builtin("and", "list...: any")
def and_of(evaluation: Evaluation, arguments: list[Value]) -> bool | None:
    return _decide(arguments, evaluation, decided_by=False)


@builtin("any", "list...: any")
def any_of(evaluation: Evaluation, arguments: list[Value]) -> bool | None:
    return _decide(arguments, evaluation, decided_by=True)


@builtin("or", "list...: any")
def or_of(evaluation: Evaluation, arguments: list[Value]) -> bool | None:
    return _decide(arguments, evaluation, decided_by=True)
