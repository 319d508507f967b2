"""`list[3]`, `list[-1]` and `list[item > 2]` (DMN 1.5, 10.3.2.5)."""

from __future__ import annotations

from baton.bpm.expressions.feel.code import Code
from baton.bpm.expressions.feel.evaluation import Frame
from baton.bpm.expressions.feel.numbers import Number, whole
from baton.bpm.expressions.feel.values import Value, is_number, type_name


def item_frame(item: Value, frame: Frame) -> Frame:
    """The names inside the brackets: `item`, and the entries of an item that is a context."""
    inner = frame.inner({"item": item})
    return inner.inner(item) if type(item) is dict else inner


def compile_index(base: Code, index: Number) -> Code:
    """A position that is written down."""

    def run(frame: Frame) -> Value:
        value = base(frame)
        return _at(value if type(value) is list else [value], index, frame) if value is not None else None

    return run


def compile_selection(base: Code, condition: Code, weight: int) -> Code:
    """What is in the brackets decides: a number picks one item, conditions keep those for which they are true."""

    def run(frame: Frame) -> Value:
        value = base(frame)
        if value is None:
            return None if is_number(condition(item_frame(None, frame))) else []
        items = value if type(value) is list else [value]
        if not items:
            return _of_empty(condition(item_frame(None, frame)))
        budget = frame.evaluation.budget
        kept: list[Value] = []
        for item in items:
            budget.spend(weight)
            result = condition(item_frame(item, frame))
            if result is True:
                kept.append(item)
            elif is_number(result):
                return _at(items, result, frame)
            elif result is not False and result is not None:
                frame.evaluation.note(f"cannot filter by {type_name(result)}: a number or a condition is needed")
                return None
        budget.elements(len(kept))
        return kept

    return run


def _of_empty(result: Value) -> Value:
    return [] if result is None or type(result) is bool else None


def _at(items: list[Value], position: Number, frame: Frame) -> Value:
    """1 is the first item, -1 the last."""
    index = whole(position)
    if index is not None and 0 < index <= len(items):
        return items[index - 1]
    if index is not None and -len(items) <= index < 0:
        return items[index]
    frame.evaluation.note(f"no item at that position of a list of {len(items)}")
    return None
