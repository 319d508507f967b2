"""What `for`, `some` and `every` run over: lists, and whole numbers or dates from one to another.

Every combination costs a step, and so does every part of a domain that is found again for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.numbers import whole
from baton.bpm.expressions.feel.operators import less_or_equal
from baton.bpm.expressions.feel.values import (
    OPEN,
    FeelDate,
    FeelRange,
    Value,
    date_from_ordinal,
    is_number,
    type_name,
)


class NoDomain(Exception):
    """There is nothing to run over; the whole expression is null."""


@dataclass(frozen=True, slots=True)
class CompiledIteration:
    """`steps` is what finding the domain costs."""

    name: str
    domain: Code
    end: Code | None
    steps: int


def frames_of(iterations: Sequence[CompiledIteration], frame: Frame, index: int = 0) -> Iterator[Frame]:
    """A frame for each combination, the last iteration running fastest. Raises NoDomain."""
    iteration = iterations[index]
    budget = frame.evaluation.budget
    budget.spend(iteration.steps)
    for value in _domain(iteration, frame):
        budget.spend(1)
        inner = frame.inner({iteration.name: value})
        if index + 1 == len(iterations):
            yield inner
        else:
            yield from frames_of(iterations, inner, index + 1)


def _domain(iteration: CompiledIteration, frame: Frame) -> Iterator[Value]:
    start = iteration.domain(frame)
    if iteration.end is not None:
        return _from_to(start, iteration.end(frame), frame)
    return items_of(start, frame)


def items_of(domain: Value, frame: Frame) -> Iterator[Value]:
    """The items of a list, the members of a closed range, or the one value that is neither. Raises NoDomain."""
    if domain is None:
        frame.evaluation.note("cannot iterate over null")
        raise NoDomain
    if type(domain) is FeelRange:
        return _members(domain, frame)
    return iter(domain) if type(domain) is list else iter((domain,))


def _members(domain: FeelRange, frame: Frame) -> Iterator[Value]:
    if domain.start is OPEN or domain.end is OPEN:
        frame.evaluation.note("cannot iterate over a range without an end")
        raise NoDomain
    first, last = _whole_ends(domain.start, domain.end, frame)
    low = first if domain.start_included else first + 1
    high = last if domain.end_included else last - 1
    if low > high or less_or_equal(domain.start, domain.end) is not True:
        return iter(())
    return _steps(low, high, dates=type(domain.start) is FeelDate)


def _from_to(start: Value, end: Value, frame: Frame) -> Iterator[Value]:
    first, last = _whole_ends(start, end, frame)
    return _steps(first, last, dates=type(start) is FeelDate)


def _whole_ends(start: Value, end: Value, frame: Frame) -> tuple[int, int]:
    if type(start) is FeelDate and type(end) is FeelDate:
        return start.ordinal, end.ordinal
    if is_number(start) and is_number(end):
        first, last = whole(start), whole(end)
        if first is not None and last is not None:
            return first, last
    frame.evaluation.note(f"cannot iterate from {type_name(start)} to {type_name(end)}: whole numbers or dates only")
    raise NoDomain


def _steps(first: int, last: int, *, dates: bool) -> Iterator[Value]:
    """Up or down."""
    step = 1 if first <= last else -1
    for number in range(first, last + step, step):
        yield date_from_ordinal(number) if dates else number
